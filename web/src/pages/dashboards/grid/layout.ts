/** Where tiles are on a grid of twelve columns. A tile that is moved pushes others down, and all float up again. */
export const COLUMNS = 12;
export const LEAST = { width: 2, height: 2 };
const MOST_HEIGHT = 40;

export interface Box {
    x: number;
    y: number;
    width: number;
    height: number;
}

export interface Placed {
    id: string;
    at: Box;
}

export function overlap(a: Box, b: Box): boolean {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function withinGrid(box: Box): Box {
    const width = Math.max(LEAST.width, Math.min(COLUMNS, Math.round(box.width)));
    const height = Math.max(LEAST.height, Math.min(MOST_HEIGHT, Math.round(box.height)));
    return {
        width,
        height,
        x: Math.max(0, Math.min(COLUMNS - width, Math.round(box.x))),
        y: Math.max(0, Math.round(box.y)),
    };
}

const byPlace = (a: Placed, b: Placed) => a.at.y - b.at.y || a.at.x - b.at.x;

/** The order of reading, which is the order of Tab. */
export function inReadingOrder<T extends Placed>(tiles: T[]): T[] {
    return [...tiles].sort(byPlace);
}

function lowered(box: Box, placed: Placed[]): Box {
    let { y } = box;
    for (;;) {
        const hit = placed.find((one) => overlap({ ...box, y }, one.at));
        if (!hit) return { ...box, y };
        y = hit.at.y + hit.at.height;
    }
}

function raised(box: Box, placed: Placed[]): Box {
    let { y } = box;
    while (y > 0 && !placed.some((one) => overlap({ ...box, y: y - 1 }, one.at))) y -= 1;
    return { ...box, y };
}

/** All tiles with one of them in another place, or of another size. */
export function moved<T extends Placed>(tiles: T[], id: string, to: Box): T[] {
    const target = withinGrid(to);
    const first = tiles.find((tile) => tile.id === id);
    if (!first) return tiles;
    const pushed: T[] = [{ ...first, at: target }];
    for (const tile of inReadingOrder(tiles.filter((one) => one.id !== id))) {
        pushed.push({ ...tile, at: lowered(tile.at, pushed) });
    }
    return floated(pushed, tiles);
}

/** All tiles as high as they go, in the order of `order`. */
export function floated<T extends Placed>(tiles: T[], order: { id: string }[] = tiles): T[] {
    const settled = new Map<string, T>();
    for (const tile of inReadingOrder(tiles)) {
        settled.set(tile.id, { ...tile, at: raised(tile.at, [...settled.values()]) });
    }
    return order.map(({ id }) => settled.get(id)).filter((tile) => tile !== undefined);
}
