/** The server gone in the middle, and back. */
import { expect, test } from './support/fixtures';
import { Server } from './support/server';
import { answered, expectMarks, openDashboard, shoot, tileOf } from './support/pages';

test('the server is killed and started again: said, nothing lost, and asked again', async ({ page }) => {
    test.setTimeout(180_000);
    const server = await Server.overSampleLogs();
    try {
        await page.goto(server.url);
        const records = tileOf(page, 'Flow records').locator('.number-figure-value');
        await answered(tileOf(page, 'Flow records'));
        const before = await records.innerText();

        const port = await server.kill();
        await page.getByRole('button', { name: /Refresh now/ }).click();
        await expect(page.getByText('The server does not answer. What you see is the last answer')).toBeVisible();
        // The last answer stays, and looking on goes on.
        await expect(records).toHaveText(before);
        await page.screenshot({ path: 'e2e/shots/gone.png' });

        await server.start(port);
        await expect(page.getByText('The server is back.')).toBeVisible();
        await expect(page.getByText('The server is back.')).toHaveCount(0);
        await answered(tileOf(page, 'Flow records'));
        await expect(records).toHaveText(/\d/);
        await expectMarks(tileOf(page, 'Bytes over time by action'));
    } finally {
        await server.remove();
    }
});

test('a page opened while there is no server says so, and comes when it does', async ({ page, dashboard }) => {
    const name = await dashboard([{ title: 'Records', chart: 'number', sql: 'select count(*) as n from logs.flow' }]);
    await openDashboard(page, name);
    await page.route('**/api/**', (route) => route.abort('connectionrefused'));
    await page.reload();
    await expect(page.getByRole('status').filter({ hasText: 'The server does not answer' })).toBeVisible();
    await shoot(page, 'never-there');
    await page.unroute('**/api/**');
    await expect(page.getByText('The server is back.')).toBeVisible();
    await answered(tileOf(page, 'Records'));
    await expect(tileOf(page, 'Records').locator('.number-figure-value')).toHaveText(/\d/);
});
