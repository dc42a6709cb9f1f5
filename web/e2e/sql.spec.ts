/** The SQL page: running, stopping, mistakes, large answers. */
import type { Locator, Page } from '@playwright/test';
import type { PastStatement } from '../src/api/statements';
import { expectNoFindings } from './support/axe';
import { expect, test } from './support/fixtures';
import { expectMarks, openDashboard, shoot, tileOf } from './support/pages';

async function openSql(page: Page, sql: string, choices: Record<string, string> = {}): Promise<Locator> {
    await page.goto(`/sql?${new URLSearchParams({ ...choices, q: sql }).toString()}`);
    const editor = page.getByRole('textbox', { name: 'SQL editor' });
    await expect(editor).toContainText(sql.split('\n')[0]?.slice(0, 40) ?? '');
    await editor.focus();
    return editor;
}

function results(page: Page): Locator {
    return page.getByRole('region', { name: 'Results' });
}

const runKey = 'Control+Enter';
const runAllKey = 'Control+Shift+Enter';

test('a statement runs: rows, what they took, and the chart of them', async ({ page, api }) => {
    const sql = 'select action, count(*) as records from logs.flow where action is not null group by 1 order by 1';
    const editor = await openSql(page, sql);
    await editor.press(runKey);
    const grid = results(page).getByRole('grid');
    const rows = await api.sql(sql);
    for (const [at, [action]] of rows.entries()) {
        await expect(grid.locator(`[role=gridcell][data-row="${String(at)}"]`).first()).toHaveText(
            JSON.stringify(action).replaceAll('"', ''),
        );
    }
    await expect(results(page).locator('.sql-result-figures')).toContainText(`${String(rows.length)} rows`);
    await shoot(page, 'sql');
    await results(page).getByRole('button', { name: 'Chart', exact: true }).click();
    await expectMarks(results(page));
    await shoot(page, 'sql-chart');
});

test('an error is at its place in the editor, and what is proposed is taken', async ({ page }) => {
    const editor = await openSql(page, 'select srcaddr\nfrom logs.flow\nwhere srcadr is not null\nlimit 3');
    await editor.press(runKey);
    await expect(editor.locator('.cm-error-mark')).toHaveText('srcadr');
    await expect(editor.locator('.cm-error-note')).toContainText('no column `srcadr`');
    const problem = results(page).getByRole('alert');
    await expect(problem).toContainText('line 3, column 7');
    await expect(problem.locator('pre')).toContainText('^');
    await shoot(page, 'sql-error');
    await results(page).getByRole('button', { name: 'Use srcaddr' }).click();
    await expect(editor.locator('.cm-error-mark')).toHaveCount(0);
    await editor.press(runKey);
    await expect(results(page).locator('.sql-result-figures')).toContainText('3 rows');
});

test('a statement is stopped, and the server stops it too', async ({ page, api, unique }) => {
    const mark = unique('stopped');
    const sql = `select count(*) as n from generate_series(1, 60000) a, generate_series(1, 60000) b
where a.value * b.value % 7 = 3 and '${mark}' <> ''`;
    const editor = await openSql(page, sql);
    await editor.press(runKey);
    const ours = async (): Promise<PastStatement['state'] | undefined> => {
        const past = (await (await api.request('/statements')).json()) as PastStatement[];
        return past.find((one) => one.sql.includes(mark))?.state;
    };
    await expect.poll(ours).toBe('running');
    await page.getByRole('toolbar').getByRole('button', { name: 'Stop' }).click();
    await expect(results(page)).toContainText('Stopped');
    await expect(page.getByRole('toolbar').getByRole('button', { name: 'Run', exact: true })).toBeVisible();
    await expect.poll(ours).toBe('cancelled');
});

test('several statements: each its rows, after a mistake none', async ({ page }) => {
    const editor = await openSql(
        page,
        'select 1 as one;\nselect 2 as two;\nselect nothing_like_it;\nselect 4 as four;',
    );
    await editor.press(runAllKey);
    const tabs = results(page).getByRole('tab');
    await expect(tabs).toHaveText([/select 1.*Done/, /select 2.*Done/, /nothing_like_it.*Failed/, /select 4.*Not run/]);
    await expect(editor.locator('.cm-error-mark')).toHaveText('nothing_like_it');
    await tabs.nth(1).click();
    await expect(results(page).getByRole('gridcell')).toHaveText(['2']);
    await tabs.nth(1).press('ArrowLeft');
    await expect(results(page).getByRole('gridcell')).toHaveText(['1']);
});

test('the statement at the cursor runs alone', async ({ page }) => {
    const editor = await openSql(page, "select 'first' as it;\nselect 'second' as it;\n");
    await editor.press('Control+Home');
    await editor.press(runKey);
    await expect(results(page).getByRole('gridcell')).toHaveText(['first']);
    await expect(results(page).getByRole('tab')).toHaveCount(0);
    await editor.press('ArrowDown');
    await editor.press(runKey);
    await expect(results(page).getByRole('gridcell')).toHaveText(['second']);
});

test('a million rows: all there, scrolled by wheel and keys, few drawn', async ({ page }) => {
    const editor = await openSql(
        page,
        "select value as n, value * 2 as twice, 'row ' || value as name from generate_series(1, 1000000) order by 1",
    );
    await page.getByRole('button', { name: 'Up to 100,000 rows' }).click();
    await page.getByRole('menuitemradio', { name: 'Up to 1,000,000 rows' }).click();
    await editor.press(runKey);
    await expect(results(page).locator('.sql-result-figures')).toContainText('1,000,000 rows');
    await expect(results(page)).toHaveAttribute('aria-busy', 'false');
    const grid = results(page).getByRole('grid');
    await expect(grid).toHaveAttribute('aria-rowcount', '1000001');
    const cell = (row: number, column: number) =>
        grid.locator(`[role=gridcell][data-row="${String(row)}"][data-column="${String(column)}"]`);
    await expect(cell(0, 2)).toHaveText('row 1');

    await grid.hover();
    await page.mouse.wheel(0, 20_000);
    await expect(cell(0, 0)).toHaveCount(0);
    await grid.focus();
    await page.keyboard.press('Control+End');
    await expect(cell(999_999, 2)).toHaveText('row 1000000');
    await expect(cell(999_999, 1)).toHaveText('2,000,000');
    expect(await grid.getByRole('row').count()).toBeLessThan(100);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('Control+Home');
    await expect(cell(0, 2)).toHaveText('row 1');
    // Dragging the bar to its middle.
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await expect(cell(0, 0)).toHaveCount(0);
    const middle = Number(await grid.getByRole('gridcell').first().getAttribute('data-row'));
    expect(Math.abs(middle - 500_000)).toBeLessThan(1000);
    await expect(cell(middle, 2)).toHaveText(`row ${String(middle + 1)}`);
    await page.screenshot({ path: 'e2e/shots/sql-million.png' });
});

test('cells with markup in them are text', async ({ page }) => {
    const markup = '<img src=x onerror=alert(1)>';
    const editor = await openSql(page, `select '${markup}' as "<b>name</b>", '{"a": "<script>"}' as json`);
    await editor.press(runKey);
    const grid = results(page).getByRole('grid');
    await expect(grid.getByRole('gridcell').first()).toHaveText(markup);
    await expect(grid.getByRole('columnheader').nth(1)).toContainText('<b>name</b>');
    await grid.getByRole('gridcell').first().click();
    await grid.press('Enter');
    await expect(page.getByText(markup).nth(1)).toBeVisible();
    await expect(page.locator('main :is(img, script, b, [onerror])')).toHaveCount(0);
});

test('a result is pinned to a dashboard', async ({ page, dashboard }) => {
    const name = await dashboard([{ title: 'Before', chart: 'number', sql: 'select 1 as n' }], 'Pinned here');
    const editor = await openSql(page, 'select region, count(*) as records from logs.flow group by 1 order by 2 desc');
    await editor.press(runKey);
    await expect(results(page).getByRole('grid')).toBeVisible();
    await results(page).getByRole('button', { name: 'Pin', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Pin to a dashboard' });
    await dialog.getByRole('combobox').selectOption({ value: name });
    await dialog.getByLabel('Title').fill('From SQL');
    await dialog.getByRole('button', { name: 'Pin', exact: true }).click();
    await expect(dialog.getByText('Pinned.')).toBeVisible();
    await openDashboard(page, name);
    await expect(tileOf(page, 'From SQL').getByText('us-east-1')).toBeVisible();
});

test('what was run is in the history, and a text is saved', async ({ page, unique }) => {
    const mark = unique('history');
    const editor = await openSql(page, `select '${mark}' as mark`);
    await editor.press(runKey);
    await expect(results(page).getByRole('gridcell')).toHaveText([mark]);
    const side = page.getByRole('complementary', { name: 'Tables, saved texts and history' });
    await side.getByRole('button', { name: 'History', exact: true }).click();
    await expect(side.getByText(mark).first()).toBeVisible();
    await editor.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Save the text' });
    await dialog.getByLabel('Name').fill(mark);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await side.getByRole('button', { name: 'Saved', exact: true }).click();
    await expect(side.getByText(mark).first()).toBeVisible();
});

test('no axe findings in either theme, with rows and with a mistake', async ({ page }) => {
    const editor = await openSql(page, 'select * from logs.flow limit 200');
    await editor.press(runKey);
    await expect(results(page).getByRole('grid')).toBeVisible();
    for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await expectNoFindings(page);
        await shoot(page, `sql-${theme}`);
    }
    await openSql(page, 'select srcadr from logs.flow');
    await editor.press(runKey);
    await expect(editor.locator('.cm-error-mark')).toBeVisible();
    for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await expectNoFindings(page);
    }
});

test.describe('on a phone', () => {
    test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

    test('a statement is written and run', async ({ page }) => {
        await openSql(page, 'select srcaddr, dstaddr, bytes from logs.flow limit 20');
        await page.getByRole('button', { name: 'Run', exact: true }).tap();
        await expect(results(page).getByRole('grid')).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
        await page.screenshot({ path: 'e2e/shots/phone-sql.png' });
    });
});
