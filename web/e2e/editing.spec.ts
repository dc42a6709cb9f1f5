/** Dashboards changed in place: tiles edited, moved, sized; saved, or not. */
import type { Page } from '@playwright/test';
import type { TilePlace } from '../src/api/dashboards';
import type { Api } from './support/api';
import { expect, test } from './support/fixtures';
import {
    allAnswered,
    answered,
    chooseOf,
    expectMarks,
    openDashboard,
    shoot,
    statementIn,
    tileOf,
} from './support/pages';
import { byAction, portTable, recordCount } from './support/tiles';

async function save(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
}

async function placeOf(api: Api, name: string, id: string): Promise<TilePlace | undefined> {
    const { definition } = await api.dashboard(name);
    return definition.tiles.find((tile) => tile.id === id)?.at;
}

/** Presses at the middle of a handle and lets go somewhere else. */
async function drag(page: Page, handle: string, across: number, down: number): Promise<void> {
    const box = await page.getByRole('button', { name: handle }).boundingBox();
    if (!box) throw new Error(`no ${handle}`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + across / 2, y + down / 2, { steps: 5 });
    await page.mouse.move(x + across, y + down, { steps: 5 });
    await page.mouse.up();
}

test('a tile is edited, previewed and saved', async ({ page, api, dashboard }) => {
    const name = await dashboard([byAction]);
    await openDashboard(page, name);
    await answered(tileOf(page, 'By action'));
    await chooseOf(tileOf(page, 'By action'), 'Edit…');
    const editor = page.getByRole('dialog', { name: 'Edit the tile' });
    await expectMarks(editor);
    await statementIn(editor).fill(byAction.sql.replaceAll('action', 'region'));
    await statementIn(editor).press('Control+Enter');
    await editor.getByLabel('Categories or time').selectOption('region');
    await expectMarks(editor);
    await editor.getByRole('button', { name: 'Pie', exact: true }).click();
    await editor.getByLabel('Title · English').fill('By region');
    await shoot(page, 'editor');
    await editor.getByRole('button', { name: 'Keep' }).click();
    await expectMarks(tileOf(page, 'By region'));
    await save(page);
    const { definition } = await api.dashboard(name);
    expect(definition.tiles[0]).toMatchObject({ title: 'By region', chart: 'pie', x: 'region' });
    await page.reload();
    await expectMarks(tileOf(page, 'By region'));
});

test('tiles are moved and sized by the pointer', async ({ page, api, dashboard }) => {
    const name = await dashboard([byAction, { ...recordCount, id: 'records' }]);
    await openDashboard(page, name);
    await allAnswered(page);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const column = ((await page.locator('.grid').boundingBox())?.width ?? 0) / 12;
    await drag(page, 'Size of Records', -3 * column, 0);
    await drag(page, 'Move Records', 2 * column, 0);
    await save(page);
    expect(await placeOf(api, name, 'records')).toEqual({ x: 8, y: 0, width: 3, height: 8 });
});

test('tiles are moved and sized by keys, which is read aloud', async ({ page, api, dashboard }) => {
    const name = await dashboard([{ ...recordCount, id: 'records' }, byAction]);
    await openDashboard(page, name);
    await allAnswered(page);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const corner = page.getByRole('button', { name: 'Size of Records' });
    await corner.press('ArrowLeft');
    await corner.press('ArrowUp');
    await page.getByRole('button', { name: 'Move Records' }).press('ArrowRight');
    await expect(page.getByText('Column 2, row 1, 5 wide, 7 high')).toBeAttached();
    await save(page);
    expect(await placeOf(api, name, 'records')).toEqual({ x: 1, y: 0, width: 5, height: 7 });
});

test('what is not saved is asked about, and discarded', async ({ page, api, dashboard }) => {
    const name = await dashboard([byAction, portTable]);
    await openDashboard(page, name);
    await allAnswered(page);
    await chooseOf(tileOf(page, 'Ports'), 'Duplicate');
    await expect(tileOf(page, 'Ports')).toHaveCount(2);
    await chooseOf(tileOf(page, 'By action'), 'Delete');
    await expect(tileOf(page, 'By action')).toHaveCount(0);
    await expect(page.getByText('Changes that are not saved')).toBeVisible();

    await page.getByRole('link', { name: 'SQL' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    expect(new URL(page.url()).pathname).toBe(`/dashboards/${name}`);

    await page.getByRole('button', { name: 'Discard' }).click();
    await expect(tileOf(page, 'By action')).toHaveCount(1);
    await expect(tileOf(page, 'Ports')).toHaveCount(1);
    expect((await api.dashboard(name)).definition.tiles).toHaveLength(2);
});

test.describe('two people edit the same tile', () => {
    /** Both have it open and change its title; Ada saves first. */
    async function bothEdit(ada: Page, ben: Page, name: string): Promise<void> {
        for (const [page, title] of [
            [ada, 'By Ada'],
            [ben, 'By Ben'],
        ] as const) {
            await page.bringToFront();
            await openDashboard(page, name);
            await answered(tileOf(page, 'By action'));
            await chooseOf(tileOf(page, 'By action'), 'Edit…');
            await page.getByLabel('Title · English').fill(title);
            await page.getByRole('button', { name: 'Keep' }).click();
        }
        await ada.bringToFront();
        await save(ada);
        await ben.bringToFront();
        await ben.getByRole('button', { name: 'Save', exact: true }).click();
        const conflict = ben.getByRole('dialog', { name: 'Somebody else changed this dashboard' });
        await expect(conflict).toContainText('Different');
        await expect(conflict.getByRole('listitem')).toHaveText(['By Ben']);
    }

    test('and the second keeps theirs', async ({ page, context, api, dashboard }) => {
        const name = await dashboard([byAction]);
        const ben = await context.newPage();
        await bothEdit(page, ben, name);
        await shoot(ben, 'conflict');
        await ben.getByRole('button', { name: 'Keep mine' }).click();
        await expect(ben.getByText('Saved.', { exact: true })).toBeVisible();
        expect((await api.dashboard(name)).definition.tiles[0]?.title).toBe('By Ben');
        await page.bringToFront();
        await page.reload();
        await expect(tileOf(page, 'By Ben')).toBeVisible();
    });

    test('and the second takes what the first made', async ({ page, context, api, dashboard }) => {
        const name = await dashboard([byAction]);
        const ben = await context.newPage();
        await bothEdit(page, ben, name);
        await ben.getByRole('button', { name: 'Take theirs' }).click();
        await expect(tileOf(ben, 'By Ada')).toBeVisible();
        await expect(ben.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
        expect((await api.dashboard(name)).definition.tiles[0]?.title).toBe('By Ada');
    });
});

test('a dashboard is made, and deleted', async ({ page, api, unique }) => {
    const title = unique('made');
    await openDashboard(page, 'network');
    await page.getByRole('button', { name: 'Dashboards', exact: true }).click();
    await page.getByRole('button', { name: 'New dashboard' }).click();
    const details = page.getByRole('dialog', { name: 'New dashboard' });
    await details.getByLabel('Title · English').fill(title);
    await details.getByLabel('Title · 日本語').fill('新しい');
    await details.getByRole('button', { name: 'New dashboard' }).click();
    await expect(page).toHaveURL(new RegExp(`/dashboards/${title}`));
    await expect(page.getByText('This dashboard has no tiles yet.')).toBeVisible();
    expect((await api.dashboard(title)).definition.title).toEqual({ en: title, ja: '新しい' });

    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete the dashboard…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByText('The dashboard is deleted.')).toBeVisible();
    expect((await api.dashboards()).map((entry) => entry.name)).not.toContain(title);
});

test('a built-in dashboard goes back to its first form', async ({ page, api }) => {
    const { definition, etag } = await api.dashboard('loads');
    await api.put({ ...definition, title: 'Mine', tiles: definition.tiles.slice(0, 2) }, { 'if-match': etag });
    try {
        await openDashboard(page, 'loads');
        await expect(page.locator('.grid .tile')).toHaveCount(2);
        await page.getByRole('button', { name: 'More', exact: true }).click();
        await page.getByRole('menuitem', { name: 'Back to its first form…' }).click();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Bring it back' }).click();
        await expect(page.locator('.grid .tile')).toHaveCount(definition.tiles.length);
        expect((await api.dashboard('loads')).definition).toEqual(definition);
    } finally {
        await api.remove('loads');
    }
});
