/** Links for people without an account: made, opened, asked for a password, revoked. */
import type { Browser, Locator, Page } from '@playwright/test';
import { expectNoFindings } from './support/axe';
import { expect, test } from './support/fixtures';
import { answered, expectMarks, openDashboard, shoot, tileOf } from './support/pages';
import { byAction, recordCount } from './support/tiles';

async function openShare(page: Page, name: string): Promise<Locator> {
    await openDashboard(page, name);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Share…' }).click();
    return page.getByRole('dialog', { name: /^Share / });
}

/** Makes a link; what is to be copied. */
async function makeLink(dialog: Locator, label: string, password?: string): Promise<string> {
    await dialog.getByLabel('What it is for').fill(label);
    if (password !== undefined) await dialog.getByLabel('Password (optional)').fill(password);
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    return await dialog.getByRole('textbox', { name: 'Link', exact: true }).inputValue();
}

/** Somebody else's browser, which knows nothing but the link. */
async function stranger(browser: Browser): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' });
    return await context.newPage();
}

test('a link shows the tiles and nothing else, until it is revoked', async ({ page, browser, dashboard }) => {
    const name = await dashboard([byAction, recordCount], 'Shown to others');
    const dialog = await openShare(page, name);
    const url = await makeLink(dialog, 'for the auditors');
    await page.screenshot({ path: 'e2e/shots/share.png' });
    await expectNoFindings(page);
    const other = await stranger(browser);
    await other.goto(url);
    await expectMarks(tileOf(other, 'By action'));
    await answered(tileOf(other, 'Records'));
    await expect(other.getByText('Read-only')).toBeVisible();
    await expect(other.getByRole('navigation')).toHaveCount(0);
    await expect(other.getByRole('button', { name: 'Edit', exact: true })).toHaveCount(0);
    await expect(other.getByLabel('Filter', { exact: true })).toHaveCount(0);
    await expectNoFindings(other);
    await shoot(other, 'shared');

    await dialog.getByRole('listitem').getByRole('button', { name: 'Revoke' }).click();
    const question = dialog.getByRole('group', { name: 'Revoke for the auditors' });
    await question.getByRole('button', { name: 'Revoke' }).click();
    await expect(dialog.getByText('There are no links to this dashboard.')).toBeVisible();
    await other.reload();
    await expect(other.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
    await expect(other.locator('.tile')).toHaveCount(0);
    await other.context().close();
});

test('a link with a password asks for it', async ({ page, browser, dashboard }) => {
    const dialog = await openShare(page, await dashboard([recordCount]));
    const url = await makeLink(dialog, 'with a password', 'correct horse');
    const other = await stranger(browser);
    await other.goto(url);
    await other.getByLabel('Password').fill('wrong');
    await other.getByRole('button', { name: 'Open' }).click();
    await expect(other.getByRole('alert')).toHaveText('That is not the password.');
    await expect(other.locator('.tile')).toHaveCount(0);
    await other.getByLabel('Password').fill('correct horse');
    await other.getByRole('button', { name: 'Open' }).click();
    await answered(tileOf(other, 'Records'));
    await expect(tileOf(other, 'Records').locator('.number-figure-value')).toHaveText(/\d/);
    await other.context().close();
});

test('what is no link says that it has ended', async ({ page }) => {
    await page.goto('/shared/there-never-was-one');
    await expect(page.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
});
