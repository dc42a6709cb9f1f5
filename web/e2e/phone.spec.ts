/** 360 pixels wide, touched and not clicked. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';
import { allAnswered, answered, openDashboard, shoot, statementIn, tileOf } from './support/pages';
import { byAction, portTable, recordCount } from './support/tiles';

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

async function expectNoSideways(page: Page): Promise<void> {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
}

for (const name of ['network', 'loads']) {
    test(`dashboard ${name}: one column, nothing beyond the edge`, async ({ page }) => {
        await openDashboard(page, name);
        const tiles = await allAnswered(page);
        await expectNoSideways(page);
        for (const tile of tiles) {
            const box = await tile.boundingBox();
            expect(box?.x ?? -1).toBeGreaterThanOrEqual(0);
            expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
        }
        await shoot(page, `phone-${name}`);
    });
}

test('a tile is added with a thumb', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount, portTable]));
    await allAnswered(page);
    await page.getByRole('button', { name: 'Add a tile' }).tap();
    const editor = page.getByRole('dialog', { name: 'Add a tile' });
    await statementIn(editor).fill(byAction.sql);
    await editor.getByRole('button', { name: 'Preview' }).tap();
    await expect(editor.locator('.plot')).toBeVisible();
    await expectNoSideways(page);
    await page.screenshot({ path: 'e2e/shots/phone-editor.png' });
    await editor.getByLabel('Title · English').fill('By thumb');
    await editor.getByRole('button', { name: 'Add to the dashboard' }).tap();
    await answered(tileOf(page, 'By thumb'));
    await page.getByRole('button', { name: 'Save', exact: true }).tap();
    await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
});

test('the range is chosen with a thumb', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount]));
    await answered(tileOf(page, 'Records'));
    await page.getByRole('button', { name: 'Last 24 hours' }).tap();
    await page.screenshot({ path: 'e2e/shots/phone-range.png' });
    await page.getByRole('button', { name: 'Last 7 days' }).tap();
    await expect(page).toHaveURL(/range=7d/);
    await expectNoSideways(page);
});
