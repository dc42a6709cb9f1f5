/** The dashboards there are from the start, over the sample logs. */
import type { Locator } from '@playwright/test';
import { expect, test } from './support/fixtures';
import { allAnswered, expectMarks, openDashboard, shoot } from './support/pages';

for (const name of ['network', 'cloudtrail', 'security', 'loads']) {
    test(`dashboard ${name}: every tile is answered and shows something`, async ({ page, api }) => {
        const { definition } = await api.dashboard(name);
        await openDashboard(page, name);
        const tiles = await allAnswered(page);
        expect(tiles).toHaveLength(definition.tiles.length);
        await shoot(page, `dashboard-${name}`);
        const empty: string[] = [];
        for (const tile of tiles) {
            const title = (await tile.getAttribute('aria-label')) ?? '';
            await test.step(title, async () => {
                await expect(tile.locator('.problem')).toHaveCount(0);
                if (!(await isShown(tile))) empty.push(title);
            });
        }
        process.stdout.write(`${name}: ${String(tiles.length)} tiles, empty: ${empty.join(', ')}\n`);
    });
}

async function isShown(tile: Locator): Promise<boolean> {
    if ((await tile.locator('.chart-notice').count()) > 0) return false;
    if ((await tile.locator('.plot').count()) > 0) await expectMarks(tile);
    else await expect(tile.locator('.number-figure-value, .data-row, .tile-missing').first()).toBeVisible();
    return true;
}
