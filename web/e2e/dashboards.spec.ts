/** The dashboards there are from the start, over the sample logs. */
import type { Locator } from '@playwright/test';
import { expectNoFindings } from './support/axe';
import { expect, test } from './support/fixtures';
import { allAnswered, expectMarks, openDashboard, shoot } from './support/pages';

/** What the sample logs have nothing of: root stays away, nothing is rejected, no pipe has run. */
const mayBeEmpty: Record<string, string[]> = {
    network: [],
    cloudtrail: ['root-activity', 'logins', 'bucket-changes', 'iam-changes', 'security-group-changes'],
    security: ['rejected-and-accepted', 'failed-logins', 'opened-groups', 'hidden-tracks', 'new-keys'],
    loads: ['lag', 'rejects-over-time', 'reject-reasons', 'rejects-latest', 'problems'],
};

for (const [name, empty] of Object.entries(mayBeEmpty)) {
    test(`dashboard ${name}: every tile is answered, shows something, and has no axe findings`, async ({
        page,
        api,
    }) => {
        const { definition } = await api.dashboard(name);
        await openDashboard(page, name);
        const tiles = await allAnswered(page);
        expect(tiles).toHaveLength(definition.tiles.length);
        const shown = new Map<string, boolean>();
        for (const tile of tiles) {
            const title = (await tile.getAttribute('aria-label')) ?? '';
            await test.step(title, async () => {
                await expect(tile.locator('.problem')).toHaveCount(0);
                // Two tiles may have the same title.
                const shows = await showsSomething(tile);
                shown.set(title, shows || shown.get(title) === true);
            });
        }
        for (const { id, title } of definition.tiles) {
            if (empty.includes(id)) continue;
            const text = typeof title === 'string' ? title : (title.en ?? '');
            expect(shown.get(text), `${id} shows something`).toBe(true);
        }
        for (const theme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme: theme });
            await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
            await shoot(page, `dashboard-${name}-${theme}`);
            await expectNoFindings(page);
        }
    });
}

async function showsSomething(tile: Locator): Promise<boolean> {
    if ((await tile.locator('.chart-notice').count()) > 0) return false;
    if ((await tile.locator('.plot').count()) > 0) await expectMarks(tile);
    else await expect(tile.locator('.number-figure-value, .data-row, .tile-missing').first()).toBeVisible();
    return true;
}
