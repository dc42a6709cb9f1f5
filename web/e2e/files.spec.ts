/** Files out of the console and into it. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';
import { answered, chooseOf, expectMarks, openDashboard, tileOf } from './support/pages';
import { byAction } from './support/tiles';

/** Does what starts a download; its name and bytes. */
async function downloaded(page: Page, start: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([page.waitForEvent('download'), start()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test('a tile is downloaded as CSV, Excel and PNG', async ({ page, api, dashboard }) => {
    await openDashboard(page, await dashboard([byAction]), { range: '7d' });
    const tile = tileOf(page, 'By action');
    await answered(tile);
    await expectMarks(tile);

    const csv = await downloaded(page, () => chooseOf(tile, 'Download CSV'));
    expect(csv.name).toBe('By action.csv');
    const rows = await api.sql(byAction.sql);
    expect(csv.bytes.toString().trim().split(/\r?\n/)).toEqual([
        'action,records',
        ...rows.map((row) => row.map((cell) => JSON.stringify(cell).replaceAll('"', '')).join(',')),
    ]);

    const excel = await downloaded(page, () => chooseOf(tile, 'Download Excel'));
    expect(excel.name).toBe('By action.xlsx');
    expect(excel.bytes.subarray(0, 2).toString()).toBe('PK');

    const picture = await downloaded(page, () => chooseOf(tile, 'Download PNG'));
    expect(picture.name).toBe('By action.png');
    expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.bytes.length).toBeGreaterThan(2000);
});

test('a dashboard goes out as YAML and comes in again', async ({ page, api, dashboard }) => {
    const name = await dashboard([byAction], { en: 'Out and in', ja: '出し入れ' });
    await openDashboard(page, name);
    const { definition } = await api.dashboard(name);
    const yaml = await downloaded(page, async () => {
        await page.getByRole('button', { name: 'More', exact: true }).click();
        await page.getByRole('menuitem', { name: 'Export as YAML' }).click();
    });
    expect(yaml.name).toBe(`${name}.yaml`);

    await api.remove(name);
    await openDashboard(page, 'network');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Import YAML…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import YAML' });
    await dialog.locator('input[type=file]').setInputFiles({
        name: yaml.name,
        mimeType: 'application/yaml',
        buffer: yaml.bytes,
    });
    await expect(dialog.getByRole('textbox')).toHaveValue(/Out and in/);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expectMarks(tileOf(page, 'By action'));
    expect((await api.dashboard(name)).definition).toEqual(definition);

    // Once more: it is there already, and replaced only when that is said.
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Import YAML…' }).click();
    await dialog.getByRole('textbox').fill(yaml.bytes.toString().replace('Out and in', 'Replaced'));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('already');
    await dialog.getByRole('button', { name: 'Replace it' }).click();
    await expect(page.getByRole('link', { name: 'Replaced' })).toBeVisible();
});

test('every mistake of a dashboard file is named with its line', async ({ page, api, unique }) => {
    const name = unique('wrong');
    const yaml = `dashboard: ${name}
title: Wrong
range: 5y
tiles:
  - id: a
    title: A
    sql: select 1
    chart: bars
    colour: red
    at: {x: 0, y: 0, width: 60, height: 8}
`;
    await openDashboard(page, 'network');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Import YAML…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import YAML' });
    await dialog.getByRole('textbox').fill(yaml);
    await dialog.getByRole('button', { name: 'Save' }).click();
    const problem = dialog.getByRole('alert');
    await expect(problem.getByRole('listitem')).toHaveText([
        /line 3, column 8: range is one of .* not `5y`/,
        /line 8, column 12: chart is one of .* not `bars`; did you mean `bar`\?/,
        /line 9, column 5: a tile has no key `colour`/,
        /line 10, column 29: width is a whole number from 1 to 12, not 60/,
    ]);
    await page.screenshot({ path: 'e2e/shots/mistakes.png' });
    expect((await api.dashboards()).map((entry) => entry.name)).not.toContain(name);

    await dialog.getByRole('textbox').fill('title: nameless');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(problem).toContainText('The file names no dashboard');
});
