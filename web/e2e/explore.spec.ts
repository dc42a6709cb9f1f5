/** Explore: from a chart to a record and what else is known of it; all of it in the address. */
import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './support/axe';
import { expect, test } from './support/fixtures';
import { answered, chooseOf, colouredPoints, expectMarks, openDashboard, shoot, tileOf } from './support/pages';
import { byAction } from './support/tiles';

async function openExplore(page: Page, choices: Record<string, string> = {}): Promise<Locator> {
    await page.goto(`/explore?${new URLSearchParams(choices).toString()}`);
    const card = page.locator('.explore-card').first();
    await drawn(card);
    return card;
}

async function drawn(card: Locator): Promise<void> {
    await expect(card).toHaveAttribute('aria-busy', 'false');
    await expect(card.locator('.explore-waiting')).toHaveCount(0);
}

function facet(page: Page, field: string): Locator {
    return page.getByRole('region', { name: `Values of ${field}`, exact: true });
}

function chosen(page: Page, key: string): string | null {
    return new URL(page.url()).searchParams.get(key);
}

/** The first of the records, opened. */
async function openFirstRecord(page: Page): Promise<Locator> {
    const first = page.getByRole('button', { name: /^Open the record of/ }).first();
    await first.scrollIntoViewIfNeeded();
    await first.click();
    const record = page.getByRole('complementary', { name: 'Record' });
    await expect(record.locator('.record-fields')).toBeVisible();
    return record;
}

test('from a chart to a record, and from its address to other logs', async ({ page }) => {
    const card = await openExplore(page, { table: 'logs.flow', x: 'action', y: 'records', chart: 'bar', range: '7d' });
    await expectMarks(card.locator('.explore-chart'));
    await shoot(page, 'explore-bars');
    const plot = card.locator('.plot-canvas');
    const box = await plot.boundingBox();
    await plot.click({ position: { x: (box?.width ?? 0) * 0.3, y: (box?.height ?? 0) * 0.15 } });
    await page.getByRole('menuitem', { name: /^Only action = / }).click();
    const filter = chosen(page, 'filter') ?? '';
    expect(filter).toMatch(/^action = (ACCEPT|REJECT)$/);
    await drawn(card);

    const record = await openFirstRecord(page);
    await expect(record.locator('.record-fields')).toContainText(filter.replace('action = ', ''));
    await expect.poll(() => chosen(page, 'record')).not.toBeNull();
    const about = record.getByRole('region', { name: /^About / }).first();
    await expect(about.getByRole('link', { name: /flows$/ })).toBeVisible();
    await shoot(page, 'explore-record');

    // The address alone brings the same record.
    const fields = await record.locator('.record-fields').innerText();
    await page.reload();
    await expect(record.locator('.record-fields')).toBeVisible();
    expect(await record.locator('.record-fields').innerText()).toBe(fields);

    await about.getByRole('link', { name: /flows$/ }).click();
    await expect.poll(() => chosen(page, 'filter')).toMatch(/addr = /);
    await drawn(card);
    await expectMarks(card.locator('.explore-chart'));
});

test('a value of a facet filters, another is left out, and all come back', async ({ page }) => {
    const card = await openExplore(page, { table: 'logs.flow', range: '7d' });
    await expectMarks(card.locator('.explore-chart'));
    const before = await colouredPoints(card.locator('.plot'));
    const actions = facet(page, 'action');
    const reject = actions.getByRole('button', { name: /REJECT/ }).first();
    await reject.click();
    expect(chosen(page, 'filter')).toBe('action = REJECT');
    await expect(reject).toHaveAttribute('aria-pressed', 'true');
    await drawn(card);
    await expect.poll(() => colouredPoints(card.locator('.plot'))).not.toBe(before);
    // What is chosen from stays: the other value can be taken instead.
    await expect(actions.getByRole('button', { name: /ACCEPT/ }).first()).toBeVisible();
    await actions.getByRole('button', { name: 'All values of action' }).click();
    await expect.poll(() => chosen(page, 'filter')).toBeNull();
    await actions.locator('li').first().hover();
    await actions.getByRole('button', { name: 'Not action = REJECT' }).click();
    await expect.poll(() => chosen(page, 'filter')).toContain('REJECT');
    await expect.poll(() => chosen(page, 'filter')).not.toBe('action = REJECT');
});

test('the address brings everything back', async ({ page, context }) => {
    const card = await openExplore(page, {
        table: 'logs.flow',
        x: 'dstport',
        y: 'sum(bytes)',
        chart: 'pie',
        filter: 'action = ACCEPT',
        range: '7d',
        top: '5',
        tz: 'Asia/Tokyo',
    });
    await expectMarks(card.locator('.explore-chart'));
    const title = (await card.getAttribute('aria-label')) ?? '';
    expect(title).toMatch(/dstport/);
    const legend = await card.getByRole('list').first().innerText();
    const other = await context.newPage();
    await other.goto(page.url());
    const same = other.locator('.explore-card').first();
    await drawn(same);
    await expectMarks(same.locator('.explore-chart'));
    await expect(same).toHaveAttribute('aria-label', title);
    expect(await same.getByRole('list').first().innerText()).toBe(legend);
    await expect(other.getByRole('button', { name: 'Last 7 days' })).toBeVisible();
    await expect(other.getByRole('button', { name: /Asia\/Tokyo/ })).toBeVisible();
    await expect(
        facet(other, 'action')
            .getByRole('button', { name: /ACCEPT/ })
            .first(),
    ).toHaveAttribute('aria-pressed', 'true');
});

test('the filter line completes fields and values', async ({ page }) => {
    const card = await openExplore(page, { table: 'logs.flow', range: '7d' });
    await page.keyboard.press('/');
    const line = page.getByRole('combobox', { name: 'Filter' });
    await expect(line).toBeFocused();
    await line.pressSequentially('dstpo');
    await expect(page.getByRole('option', { name: /dstport/ }).first()).toBeVisible();
    await line.fill('dstport = 443 and action = ACCEPT');
    await line.press('Enter');
    await expect.poll(() => chosen(page, 'filter')).toBe('dstport = 443 and action = ACCEPT');
    await drawn(card);
    await line.fill('dstprt = 443');
    await line.press('Enter');
    await expect(page.getByRole('alert').first()).toContainText('no field `dstprt`');
    await expect(card.getByText('The filter has a mistake')).toBeVisible();
});

test('from a tile of a dashboard, with its filter', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([byAction]), { range: '7d', filter: 'dstport = 22' });
    await answered(tileOf(page, 'By action'));
    await chooseOf(tileOf(page, 'By action'), 'Open in Explore');
    await expect(page).toHaveURL(/\/explore\?/);
    expect(chosen(page, 'filter')).toBe('dstport = 22');
    expect(chosen(page, 'x')).toBe('action');
    const card = page.locator('.explore-card').first();
    await drawn(card);
    await expectMarks(card.locator('.explore-chart'));
});

test('no axe findings in either theme, with a record open', async ({ page }) => {
    const card = await openExplore(page, { range: '7d' });
    await expectMarks(card.locator('.explore-chart'));
    await shoot(page, 'explore-light');
    await openFirstRecord(page);
    await expectNoFindings(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectMarks(card.locator('.explore-chart'));
    await expectNoFindings(page);
    await shoot(page, 'explore-dark');
});

test.describe('on a phone', () => {
    test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

    test('a record is opened and closed', async ({ page }) => {
        const card = await openExplore(page, { range: '7d' });
        await expectMarks(card.locator('.explore-chart'));
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
        await shoot(page, 'phone-explore');
        const record = await openFirstRecord(page);
        await page.screenshot({ path: 'e2e/shots/phone-record.png' });
        await record.getByRole('button', { name: 'Close' }).tap();
        await expect(record).toHaveCount(0);
    });
});
