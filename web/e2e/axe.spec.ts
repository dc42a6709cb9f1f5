/** axe over what is opened and edited, in both themes; the dashboards themselves are in their own tests. */
import { expect, test } from './support/fixtures';
import { expectNoFindings } from './support/axe';
import { allAnswered, answered, chooseOf, openDashboard, tileOf } from './support/pages';
import { byAction, oneOfEach } from './support/tiles';

for (const theme of ['light', 'dark']) {
    test(`${theme}: every chart, a problem, and editing`, async ({ page, dashboard }) => {
        const wrong = { title: 'Wrong', chart: 'table' as const, sql: 'select nothing from nowhere' };
        await openDashboard(page, await dashboard([...Object.values(oneOfEach), wrong]), { theme });
        await allAnswered(page);
        await page.getByRole('button', { name: 'Edit', exact: true }).click();
        await expectNoFindings(page);
    });

    test(`${theme}: menus, boxes and dialogs`, async ({ page, dashboard }) => {
        await openDashboard(page, await dashboard([byAction]), { theme, filter: 'srcadr = 1' });
        const tile = tileOf(page, 'By action');
        await answered(tile);
        await expectNoFindings(page);
        for (const opener of ['Last 24 hours', 'By hour', 'Accounts', 'UTC', 'Settings', 'More', 'Dashboards']) {
            await test.step(opener, async () => {
                await page.getByRole('button', { name: opener, exact: true }).click();
                await expect(page.locator('.popover')).toBeVisible();
                await expectNoFindings(page, '.popover');
                await page.keyboard.press('Escape');
            });
        }
        await page.keyboard.press('Control+k');
        await expect(page.getByRole('option').first()).toBeVisible();
        await expectNoFindings(page, 'dialog');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Clear' }).click();
        await answered(tile);
        await chooseOf(tile, 'Edit…');
        await expect(page.getByRole('dialog').locator('.plot')).toBeVisible();
        await expectNoFindings(page, 'dialog');
    });
}
