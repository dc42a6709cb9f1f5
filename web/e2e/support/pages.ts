/** What tests do on pages, in the words of who uses them. */
import { expect, type Locator, type Page } from '@playwright/test';

/** Pictures to look at; none is compared, since fonts differ from machine to machine. */
export async function shoot(page: Page, name: string): Promise<void> {
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: `e2e/shots/${name}.png`, fullPage: true });
}

export async function openDashboard(page: Page, name: string, choices: Record<string, string> = {}): Promise<void> {
    await page.goto(`/dashboards/${name}?${new URLSearchParams(choices).toString()}`);
    await expect(page.locator('.grid .tile').first()).toBeVisible();
}

export function tileOf(page: Page, title: string): Locator {
    return page.locator('.grid').getByRole('region', { name: title, exact: true }).and(page.locator('.tile'));
}

/** Waits until a tile has its answer, whatever it is. */
export async function answered(tile: Locator): Promise<void> {
    await tile.scrollIntoViewIfNeeded();
    await expect(tile.locator('.tile-waiting')).toHaveCount(0);
    await expect(tile).toHaveAttribute('aria-busy', 'false');
}

export async function allAnswered(page: Page): Promise<Locator[]> {
    await expect(page.locator('.grid .tile').first()).toBeVisible();
    const tiles = await page.locator('.grid .tile').all();
    for (const tile of tiles) await answered(tile);
    return tiles;
}

/** Opens a tile's menu and chooses. */
export async function chooseOf(tile: Locator, entry: string): Promise<void> {
    await tile.hover();
    await tile.getByRole('button', { name: /^Menu of/ }).click();
    await tile.page().getByRole('menuitem', { name: entry, exact: true }).click();
}

/** Where a tile's statement is written. */
export function statementIn(editor: Locator): Locator {
    return editor.getByRole('textbox', { name: /^Statement/ });
}

/** A picture's points that have a colour: lines, grid and text are grey, marks are not. */
export async function colouredPoints(plot: Locator): Promise<number> {
    return await plot.locator('canvas').evaluateAll((canvases) => {
        let coloured = 0;
        for (const canvas of canvases as HTMLCanvasElement[]) {
            const drawing = canvas.getContext('2d');
            if (!drawing || canvas.width === 0 || canvas.height === 0) continue;
            const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
            for (let at = 0; at < data.length; at += 4) {
                const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
                if (alpha > 60 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40) coloured += 1;
            }
        }
        return coloured;
    });
}

/** Marks, and not only axes. */
export async function expectMarks(tile: Locator): Promise<void> {
    await expect
        .poll(() => colouredPoints(tile.locator('.plot')), { message: 'marks in the picture' })
        .toBeGreaterThan(20);
}
