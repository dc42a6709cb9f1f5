/** What restricts every tile: range, filters, zone; all of it in the address. */
import type { Locator, Page } from '@playwright/test';
import type { Api } from './support/api';
import { expect, test } from './support/fixtures';
import { allAnswered, answered, expectMarks, openDashboard, tileOf } from './support/pages';
import { byAction, bytesOverTime, portTable, recordCount } from './support/tiles';

const HOUR_S = 3600;

function numberOf(page: Page): Locator {
    return tileOf(page, 'Records').locator('.number-figure-value');
}

/** The whole number is in the title; on the tile it is short. */
async function expectNumber(page: Page, count: number): Promise<void> {
    await expect(numberOf(page)).toHaveAttribute('title', count.toLocaleString('en-US'));
}

function chosen(page: Page, key: string): string | null {
    return new URL(page.url()).searchParams.get(key);
}

function countOver(api: Api, scope: Record<string, unknown>): Promise<number> {
    return api.number(recordCount.sql, { scope });
}

test('the range is what the address says, in seconds or days', async ({ page, api, dashboard }) => {
    const name = await dashboard([recordCount]);
    const hour = Math.floor(Date.now() / 1000 / HOUR_S) * HOUR_S;
    const [from, to] = [hour - 30 * HOUR_S, hour - 20 * HOUR_S];
    const expected = await countOver(api, { from, to });
    expect(expected).toBeGreaterThan(0);
    await openDashboard(page, name, { from: String(from), to: String(to) });
    await expectNumber(page, expected);
    await openDashboard(page, name, { range: '7d' });
    await expectNumber(page, await api.number(recordCount.sql));
    await expect(page.getByRole('button', { name: 'Last 7 days' })).toBeVisible();
});

test('a range is chosen, and going back brings the last one', async ({ page, api, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount]));
    await answered(tileOf(page, 'Records'));
    await page.getByRole('button', { name: 'Last 24 hours' }).click();
    await page.getByRole('button', { name: 'Last 30 days' }).click();
    await expect.poll(() => chosen(page, 'range')).toBe('30d');
    await expectNumber(page, await api.number(recordCount.sql));
    await page.goBack();
    await expect(page.getByRole('button', { name: 'Last 24 hours' })).toBeVisible();
});

test('a click on a value filters by it, or filters it out', async ({ page, api, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount, byAction, portTable]), { range: '7d' });
    await allAnswered(page);
    const bars = tileOf(page, 'By action');
    await expectMarks(bars);
    const plot = bars.locator('.plot-canvas');
    const box = await plot.boundingBox();
    // The second of two bars, somewhere along its line.
    await plot.click({ position: { x: (box?.width ?? 0) * 0.4, y: (box?.height ?? 0) * 0.75 } });
    await page.getByRole('menuitem', { name: 'Only action = REJECT' }).click();
    expect(chosen(page, 'filter')).toBe('action = REJECT');
    await expect(page.getByLabel('Filter', { exact: true })).toHaveValue('action = REJECT');
    await expectNumber(page, await api.number(`${recordCount.sql} where action = 'REJECT'`));

    const table = tileOf(page, 'Ports');
    await answered(table);
    await table.locator('.data-row').first().getByRole('button', { name: 'REJECT' }).click();
    await page.getByRole('menuitem', { name: 'Without action = REJECT' }).click();
    expect(chosen(page, 'filter')).toContain('action != REJECT');
});

test('a mistake in the filter line is said at the line, once, with its place', async ({ page, api, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount, byAction]), { range: '7d' });
    await allAnswered(page);
    const line = page.getByLabel('Filter', { exact: true });
    await line.fill('srcadr = 10.0.0.1');
    await line.press('Enter');
    const problem = page.getByRole('search').getByRole('alert');
    await expect(problem).toContainText('no field `srcadr`');
    await expect(problem).toContainText('did you mean srcaddr');
    await expect(problem.locator('pre')).toContainText('^');
    await expect(line).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('.grid').getByText('The filter has a mistake; see above the tiles.')).toHaveCount(2);
    await line.fill('srcaddr in 10.0.0.0/8 and dstport = 22');
    await line.press('Enter');
    await expect(problem).toHaveCount(0);
    const filter = 'srcaddr in 10.0.0.0/8 and dstport = 22';
    await expectNumber(page, await countOver(api, { filter }));
});

test('dragging over a time chart zooms every tile', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([bytesOverTime, recordCount]));
    await allAnswered(page);
    const tile = tileOf(page, 'Bytes over time');
    await expectMarks(tile);
    const before = await numberOf(page).getAttribute('title');
    const box = await tile.locator('.plot-canvas').boundingBox();
    if (!box) throw new Error('no plot');
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => chosen(page, 'from')).not.toBeNull();
    const seconds = (Date.parse(chosen(page, 'to') ?? '') - Date.parse(chosen(page, 'from') ?? '')) / 1000;
    expect(seconds).toBeGreaterThan(2 * HOUR_S);
    expect(seconds).toBeLessThan(10 * HOUR_S);
    await expect(numberOf(page)).not.toHaveAttribute('title', before ?? '');
    await answered(tile);
    await expectMarks(tile);
});

test('accounts are chosen from those there are', async ({ page, api, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount]), { range: '7d' });
    await answered(tileOf(page, 'Records'));
    await page.getByRole('button', { name: 'Accounts' }).click();
    const box = page.getByRole('dialog', { name: 'Accounts' });
    await expect(box.getByRole('checkbox')).toHaveCount(3);
    await box.getByRole('checkbox').first().check();
    const account = chosen(page, 'accounts') ?? '';
    expect(account).toMatch(/^\d{12}$/);
    await expectNumber(page, await countOver(api, { accounts: [account] }));
    await box.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => chosen(page, 'accounts')).toBeNull();
});

test('times are of the chosen zone', async ({ page, dashboard }) => {
    const sql = "select timestamp '2026-11-20 20:30:00Z' as moment";
    await openDashboard(page, await dashboard([{ title: 'Moment', sql, chart: 'table' }]), { tz: 'UTC' });
    const cell = tileOf(page, 'Moment').locator('.data-row td');
    await expect(cell).toHaveText(/2026-11-20 20:30:00/);
    await page.getByRole('button', { name: 'UTC', exact: true }).click();
    await page.getByLabel('Find a time zone').fill('tokyo');
    await page.getByRole('button', { name: /Asia\/Tokyo/ }).click();
    await expect(cell).toHaveText(/2026-11-21 05:30:00/);
    expect(chosen(page, 'tz')).toBe('Asia/Tokyo');
});
