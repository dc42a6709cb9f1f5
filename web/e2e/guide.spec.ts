/** The tiles of the Snowflake guide, added by "+" with its statements word for word, over its own table and view. */
import { readFileSync } from 'node:fs';
import type { Api } from './support/api';
import { expect, test } from './support/fixtures';
import { answered, expectMarks, shoot, statementIn, tileOf } from './support/pages';

function guide(name: string): string {
    return readFileSync(new URL(`guide/${name}.sql`, import.meta.url), 'utf8');
}

const tiles = [
    { title: 'Reject Count', sql: guide('18-tile-reject-count') },
    { title: 'Biggest talkers by source', sql: guide('19-tile-talkers-by-source') },
    { title: 'Biggest talkers by destination', sql: guide('20-tile-talkers-by-destination') },
    { title: 'Biggest talkers by ENI', sql: guide('21-tile-talkers-by-eni') },
];

/** Where the guide copies from a stage, records come from the logs that are loaded already. */
const records = `insert into public.vpc_flow select object_construct(
  'version', version, 'account_id', account_id, 'interface_id', interface_id, 'srcaddr', srcaddr, 'dstaddr', dstaddr,
  'srcport', srcport, 'dstport', dstport, 'protocol', protocol, 'packets', packets, 'bytes', bytes,
  'start', start, 'end', "end", 'action', action, 'log_status', log_status) from flowtrail.logs.vpc_flow;`;

async function prepare(api: Api): Promise<void> {
    const databases = await api.sql('show databases');
    if (databases.some((row) => row.includes('log_analysis'))) return;
    await api.sql(guide('06-create-database'));
    const place = { database: 'log_analysis', schema: 'public' };
    await api.sql(`${guide('07-create-table-variant')};\n${records}\n${guide('14-create-view')}`, place);
}

test("the guide's four tiles are added by +, and stay", async ({ page, api, dashboard }) => {
    await prepare(api);
    const name = await dashboard([], 'Guide');
    await page.goto(`/dashboards/${name}`);
    for (const { title, sql } of tiles) {
        await test.step(title, async () => {
            await page.getByRole('button', { name: 'Add a tile' }).click();
            const editor = page.getByRole('dialog', { name: 'Add a tile' });
            await statementIn(editor).fill(sql);
            await editor.getByRole('button', { name: 'Preview' }).click();
            await expectMarks(editor);
            await editor.getByRole('button', { name: 'Bars', exact: true }).click();
            await editor.getByLabel('Title · English').fill(title);
            await editor.getByRole('button', { name: 'Add to the dashboard' }).click();
            await answered(tileOf(page, title));
            await expectMarks(tileOf(page, title));
        });
    }
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Saved.', { exact: true })).toBeVisible();

    await page.reload();
    for (const { title } of tiles) await expectMarks(tileOf(page, title));
    await shoot(page, 'guide');
    const { definition } = await api.dashboard(name);
    expect(definition.tiles.map((tile) => ({ title: tile.title, sql: tile.sql.trimEnd() }))).toEqual(
        tiles.map(({ title, sql }) => ({ title, sql: sql.trimEnd() })),
    );
});
