/** What is around the pages: themes, languages, commands, the first paint. */
import { en } from '../src/messages/en';
import { ja } from '../src/messages/ja';
import { expect, test } from './support/fixtures';
import { answered, expectMarks, openDashboard, shoot, tileOf } from './support/pages';
import { bytesOverTime, recordCount } from './support/tiles';

test('the first paint is quick', async ({ page }) => {
    const paints: number[] = [];
    for (let time = 0; time < 3; time += 1) {
        await page.goto('/');
        const paint = () =>
            page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1);
        await expect.poll(paint).toBeGreaterThan(0);
        paints.push(Math.round(await paint()));
    }
    process.stdout.write(`first contentful paint: ${paints.join(', ')} ms\n`);
    // A second is what it is to be; a machine with other work is given two.
    expect(Math.min(...paints)).toBeLessThan(2000);
});

test('light and dark: chosen, kept, and charts are drawn again', async ({ page, dashboard }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await openDashboard(page, await dashboard([bytesOverTime]));
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const html = page.locator('html');
    await expect(html).toHaveAttribute('data-theme', 'light');
    await answered(tileOf(page, 'Bytes over time'));
    await expectMarks(tileOf(page, 'Bytes over time'));
    const light = await background();
    await page.getByRole('button', { name: en.shell.settings }).click();
    await page.getByRole('menuitemradio', { name: en.shell.dark }).click();
    await expect(html).toHaveAttribute('data-theme', 'dark');
    expect(await background()).not.toBe(light);
    await expectMarks(tileOf(page, 'Bytes over time'));
    await page.reload();
    await expect(html).toHaveAttribute('data-theme', 'dark');

    await page.getByRole('button', { name: en.shell.settings }).click();
    await page.getByRole('menuitemradio', { name: en.shell.auto }).click();
    await expect(html).toHaveAttribute('data-theme', 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect(html).toHaveAttribute('data-theme', 'dark');
});

test('Japanese throughout: chosen, kept, and none of the English left', async ({ page }) => {
    await openDashboard(page, 'network');
    await page.getByRole('button', { name: en.shell.settings }).click();
    await page.getByRole('menuitemradio', { name: '日本語' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await page.reload();
    await expect(page.getByRole('link', { name: ja.shell.dashboards, exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: ja.time.last['24h'] })).toBeVisible();
    await answered(tileOf(page, 'フローレコード数'));
    await expect(page).toHaveTitle(/ネットワーク/);
    const texts = await page.locator('header, .dashboards-bars').allInnerTexts();
    const english = [...Object.values(en.shell), ...Object.values(en.filter), ...Object.values(en.dashboard)]
        .filter((text): text is string => typeof text === 'string')
        .filter((text) => text.length > 3 && !Object.values(ja.filter).includes(text as never));
    const words = texts.join('\n').split('\n');
    expect(words.filter((word) => english.includes(word.trim()))).toEqual([]);
    await expectMarks(tileOf(page, 'バイト数の推移 (アクション別)'));
    await shoot(page, 'dashboard-network-ja');

    await page.getByRole('button', { name: ja.dashboard.addTile }).click();
    await expect(page.getByRole('dialog', { name: ja.editor.add })).toBeVisible();
    await page.screenshot({ path: 'e2e/shots/editor-ja.png' });
});

test('the language of the browser is taken where nobody chose', async ({ browser, server }) => {
    const context = await browser.newContext({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    const page = await context.newPage();
    await page.goto(server.url);
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await expect(page.getByRole('button', { name: /Asia\/Tokyo/ })).toBeVisible();
    await context.close();
});

test('everything by keys: the palette, its commands, and the focus given back', async ({ page }) => {
    await openDashboard(page, 'network');
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: en.palette.title });
    await expect(palette.getByRole('combobox')).toBeFocused();
    await palette.getByRole('combobox').fill('security');
    await expect(palette.getByRole('option')).toHaveText([/Security/]);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/dashboards\/security/);
    await page.keyboard.press('Control+k');
    await palette.getByRole('combobox').fill('nothing is like this');
    await expect(palette.getByText(en.palette.nothing)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(palette).toHaveCount(0);

    await page.getByRole('button', { name: en.shell.settings }).press('Enter');
    await expect(page.getByRole('menuitemradio').first()).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: en.shell.settings })).toBeFocused();
});

test('the skip link comes first, and leads past the bars', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount]));
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: en.shell.skip })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.locator('#content')).toBeFocused();
});

test('a page that is not there says so', async ({ page }) => {
    await page.goto('/nowhere');
    await expect(page.getByText(en.shell.notFound)).toBeVisible();
    await page.getByRole('link', { name: en.shell.toStart }).click();
    await expect(tileOf(page, 'Flow records')).toBeVisible();
    await page.goto('/dashboards/not-there');
    await expect(page.getByRole('alert')).toContainText('not-there');
});

test('without bars, for a wall', async ({ page, dashboard }) => {
    await openDashboard(page, await dashboard([recordCount]), { bare: '1' });
    await answered(tileOf(page, 'Records'));
    await expect(page.getByRole('banner')).toHaveCount(0);
    await page.getByRole('button', { name: en.dashboard.leaveBare }).click();
    await expect(page.getByRole('banner')).toBeVisible();
});
