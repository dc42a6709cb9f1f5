/** Every kind of chart, drawn from the same logs. */
import { chartKinds } from '../src/charts/spec';
import { expect, test } from './support/fixtures';
import {
    allAnswered,
    answered,
    chooseOf,
    colouredPoints,
    expectMarks,
    openDashboard,
    shoot,
    tileOf,
} from './support/pages';
import { bytesOverTime, oneOfEach } from './support/tiles';

test('each kind of chart draws', async ({ page, dashboard }) => {
    const name = await dashboard(chartKinds.map((kind) => oneOfEach[kind]));
    await openDashboard(page, name);
    await allAnswered(page);
    for (const kind of chartKinds) {
        await test.step(kind, async () => {
            const tile = tileOf(page, kind);
            await tile.scrollIntoViewIfNeeded();
            await expect(tile.locator('.problem, .chart-notice')).toHaveCount(0);
            if (kind === 'number') await expect(tile.locator('.number-figure-value')).toHaveText(/\d/);
            else if (kind === 'table') await expect(tile.locator('.data-row').first()).toBeVisible();
            else await expectMarks(tile);
        });
    }
    await shoot(page, 'charts');
});

test('a number and a line say how they compare with the previous period', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([oneOfEach.number, oneOfEach.line]));
    await allAnswered(page);
    await expect(tileOf(page, 'number').locator('.number-figure-change')).toHaveText(/vs\. previous period/);
    await expectMarks(tileOf(page, 'line'));
});

test('the legend takes a series out and brings it back', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([bytesOverTime]));
    const tile = tileOf(page, 'Bytes over time');
    await answered(tile);
    await expectMarks(tile);
    const plot = tile.locator('.plot');
    const entry = tile.getByRole('button', { name: 'ACCEPT' });
    await expect(entry).toHaveAttribute('aria-pressed', 'true');
    const before = await colouredPoints(plot);
    await entry.click();
    await expect(entry).toHaveAttribute('aria-pressed', 'false');
    await expect.poll(() => colouredPoints(plot)).not.toBe(before);
    await entry.click();
    await expect(entry).toHaveAttribute('aria-pressed', 'true');
    await expectMarks(tile);
});

test('a chart is shown as its table, and larger', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([oneOfEach.bar]));
    const tile = tileOf(page, 'bar');
    await answered(tile);
    await tile.hover();
    await tile.getByRole('button', { name: 'Show as table' }).click();
    await expect(tile.locator('.data-row').first()).toContainText('22');
    await tile.getByRole('button', { name: 'Show as chart' }).click();
    await expectMarks(tile);
    await chooseOf(tile, 'Enlarge');
    await expectMarks(page.getByRole('dialog', { name: 'bar' }));
});
