/** axe's rules of WCAG A and AA, on each page in both themes. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';
import { allAnswered, answered, chooseOf, openDashboard, tileOf } from './support/pages';
import { byAction, oneOfEach } from './support/tiles';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function expectNoFindings(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    const found = violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    );
    expect(found).toEqual([]);
}

for (const theme of ['light', 'dark']) {
    test.describe(theme, () => {
        for (const name of ['network', 'cloudtrail', 'security', 'loads']) {
            test(`dashboard ${name}`, async ({ page }) => {
                await openDashboard(page, name, { theme });
                await allAnswered(page);
                await expectNoFindings(page);
            });
        }

        test('every chart, a problem, and editing', async ({ page, dashboard }) => {
            const wrong = { title: 'Wrong', chart: 'table' as const, sql: 'select nothing from nowhere' };
            await openDashboard(page, await dashboard([...Object.values(oneOfEach), wrong]), { theme });
            await allAnswered(page);
            await page.getByRole('button', { name: 'Edit', exact: true }).click();
            await expectNoFindings(page);
        });

        test('menus, boxes and dialogs', async ({ page, dashboard }) => {
            await openDashboard(page, await dashboard([byAction]), { theme, filter: 'srcadr = 1' });
            const tile = tileOf(page, 'By action');
            await answered(tile);
            await expectNoFindings(page);
            for (const opener of ['Last 24 hours', 'By hour', 'Accounts', 'UTC', 'Settings', 'More', 'Dashboards']) {
                await test.step(opener, async () => {
                    await page.getByRole('button', { name: opener, exact: true }).click();
                    await expect(page.locator('.popover')).toBeVisible();
                    await expectNoFindings(page);
                    await page.keyboard.press('Escape');
                });
            }
            await page.keyboard.press('Control+k');
            await expect(page.getByRole('option').first()).toBeVisible();
            await expectNoFindings(page);
            await page.keyboard.press('Escape');
            await page.getByRole('button', { name: 'Clear' }).click();
            await answered(tile);
            await chooseOf(tile, 'Edit…');
            await expect(page.getByRole('dialog').locator('.plot')).toBeVisible();
            await expectNoFindings(page);
        });
    });
}
