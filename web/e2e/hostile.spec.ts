/** Log fields are written by attackers, and statements by people: what comes of both. */
import { chartKinds } from '../src/charts/spec';
import { expect, test } from './support/fixtures';
import {
    allAnswered,
    answered,
    chooseOf,
    expectMarks,
    openDashboard,
    shoot,
    statementIn,
    tileOf,
} from './support/pages';

const MARKUP = [
    '<img src=x onerror=alert(1)>',
    '<script>alert(2)</script>',
    '"><svg onload=alert(3)>',
    '{b|bold}{a|<b>}',
    'javascript:alert(4)',
];
const LONG = 'n'.repeat(10_000);

function literal(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}

/** A table of names, with numbers and others to pair them with. */
function tableOf(name: string, values: string[]): string {
    const rows = values.map((value, at) => `select ${literal(value)} as name, ${String(at + 1)} as n`);
    return `create table ${name} as ${rows.join(' union all ')}`;
}

test('cells with markup in them are text, in every chart', async ({ page, api, dashboard, unique }) => {
    const table = `public.${unique('markup').replaceAll('-', '_')}`;
    await api.sql(tableOf(table, MARKUP));
    const pairs = `select a.name as name, b.name as other, a.n * b.n as n from ${table} a, ${table} b where a.n < b.n`;
    const title = '<b>bold</b><img src=x onerror=alert(5)>';
    const name = await dashboard(
        [
            ...chartKinds.map((chart) => ({ title: chart, chart, sql: pairs, x: 'name', series: 'other', y: ['n'] })),
            {
                title,
                chart: 'table' as const,
                sql: `select name as event_name, n as "<i>n</i>" from ${table} order by n`,
            },
        ],
        title,
    );
    await openDashboard(page, name);
    await allAnswered(page);
    for (const kind of chartKinds) {
        if (kind !== 'number' && kind !== 'table') await expectMarks(tileOf(page, kind));
    }
    const tile = tileOf(page, title);
    await expect(tile.getByRole('heading')).toHaveText(title);
    await expect(tile.locator('.data-row td:first-child')).toHaveText(MARKUP);
    await expect(tile.locator('th').nth(1)).toContainText('<i>n</i>');
    await tile.getByRole('button', { name: MARKUP[0] ?? '', exact: true }).click();
    await expect(page.getByRole('menuitem').first()).toContainText(MARKUP[0] ?? '');
    await page.keyboard.press('Escape');

    // What a pointer brings up is made of the same names.
    const bars = tileOf(page, 'stacked_bar').locator('.plot-canvas');
    await bars.scrollIntoViewIfNeeded();
    await bars.hover({ position: { x: 200, y: 60 } });
    await expect(bars.locator('> div').last()).toContainText('<');
    await expect(page.locator('main :is(img, script, b, i, [onerror], [onload])')).toHaveCount(0);
    expect(await page.title()).toContain(title);
    await shoot(page, 'markup');
    await api.sql(`drop table ${table}`);
});

test('names of 10,000 characters are cut where they are shown', async ({ page, api, dashboard, unique }) => {
    const table = `public.${unique('long').replaceAll('-', '_')}`;
    await api.sql(tableOf(table, [LONG, `${LONG}2`, 'short']));
    const name = await dashboard([
        { title: 'Table', chart: 'table', sql: `select name, n as ${LONG.slice(0, 200)} from ${table} order by n` },
        { title: 'Bars', chart: 'bar', sql: `select name, n from ${table}`, x: 'name', y: ['n'] },
        { title: 'Pie', chart: 'pie', sql: `select name, n from ${table}`, x: 'name', y: ['n'] },
        { title: 'Sankey', chart: 'sankey', sql: `select name, name || '!' as other, n from ${table}` },
        { title: LONG.slice(0, 200), chart: 'number', sql: `select count(*) as n from ${table}` },
    ]);
    await openDashboard(page, name);
    await allAnswered(page);
    for (const title of ['Bars', 'Pie', 'Sankey']) await expectMarks(tileOf(page, title));
    const cell = tileOf(page, 'Table').locator('.data-row td').first();
    expect((await cell.innerText()).length).toBeLessThan(400);
    const width = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(width).toBe(0);
    await shoot(page, 'long-names');

    // The whole of it is filtered by, and copied.
    await cell.getByRole('button').click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(((await page.getByRole('menuitem').first().textContent()) ?? '').length).toBeLessThan(200);
    await api.sql(`drop table ${table}`);
});

test('a tile over a dropped table says so, and the others do not mind', async ({ page, api, dashboard, unique }) => {
    const table = `public.${unique('gone').replaceAll('-', '_')}`;
    await api.sql(tableOf(table, ['a', 'b']));
    const name = await dashboard([
        { title: 'Dropped', chart: 'bar', sql: `select name, n\nfrom ${table}` },
        { title: 'Other', chart: 'number', sql: 'select count(*) as n from logs.flow' },
    ]);
    await openDashboard(page, name);
    await expectMarks(tileOf(page, 'Dropped'));
    await api.sql(`drop table ${table}`);
    await page.reload();
    const tile = tileOf(page, 'Dropped');
    await answered(tile);
    await expect(tile.getByRole('alert')).toContainText(`no table \`${table.replace('public.', '')}\``);
    await expect(tile.getByRole('alert')).toContainText('line 2, column 6');
    await answered(tileOf(page, 'Other'));
    await expect(tileOf(page, 'Other').locator('.number-figure-value')).toHaveText(/\d/);
    await shoot(page, 'dropped');
    await chooseOf(tile, 'Edit…');
    await expect(statementIn(page.getByRole('dialog'))).toHaveValue(/from public/);
});

test('a statement that fails shows its words and its caret', async ({ page, dashboard }) => {
    await page.goto(`/dashboards/${await dashboard([])}`);
    await page.getByRole('button', { name: 'Add a tile' }).click();
    const editor = page.getByRole('dialog', { name: 'Add a tile' });
    await statementIn(editor).fill('select srcaddr,\n       srcadr\nfrom logs.flow');
    await statementIn(editor).press('Control+Enter');
    const problem = editor.getByRole('alert');
    await expect(problem).toContainText('no column `srcadr`');
    await expect(problem).toContainText('line 2, column 8');
    await expect(problem).toContainText('did you mean');
    // The caret is under the name it means.
    const [line = '', caret = ''] = (await problem.locator('pre').innerText()).split('\n');
    expect(line.indexOf('srcadr')).toBe(caret.indexOf('^'));
    await statementIn(editor).fill('select srcaddr, count(*) as n from logs.flow group by 1 limit 5');
    await statementIn(editor).press('Control+Enter');
    await expectMarks(editor);
    await expect(problem).toHaveCount(0);
});
