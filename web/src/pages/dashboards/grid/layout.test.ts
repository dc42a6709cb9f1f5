import { describe, expect, test } from 'vitest';
import { inReadingOrder, moved, overlap, type Placed, withinGrid } from './layout';

const tile = (id: string, x: number, y: number, width: number, height: number): Placed => ({
    id,
    at: { x, y, width, height },
});
const places = (tiles: Placed[]) =>
    Object.fromEntries(tiles.map(({ id, at }) => [id, [at.x, at.y, at.width, at.height]]));

describe('the grid', () => {
    const three = [tile('a', 0, 0, 6, 4), tile('b', 6, 0, 6, 4), tile('c', 0, 4, 12, 3)];

    test('a tile moved onto another pushes it down', () => {
        expect(places(moved(three, 'a', { x: 6, y: 0, width: 6, height: 4 }))).toEqual({
            a: [6, 0, 6, 4],
            b: [6, 4, 6, 4],
            c: [0, 8, 12, 3],
        });
    });
    test('what is left free is filled from below', () => {
        const two = [tile('a', 0, 0, 12, 4), tile('b', 0, 4, 6, 3)];
        expect(places(moved(two, 'a', { x: 0, y: 9, width: 12, height: 4 }))).toEqual({
            a: [0, 3, 12, 4],
            b: [0, 0, 6, 3],
        });
    });
    test('a bigger tile pushes too', () => {
        expect(places(moved(three, 'a', { x: 0, y: 0, width: 12, height: 5 }))).toEqual({
            a: [0, 0, 12, 5],
            b: [6, 5, 6, 4],
            c: [0, 9, 12, 3],
        });
    });
    test('never do two overlap, wherever one is put', () => {
        const many = Array.from({ length: 12 }, (_, at) =>
            tile(String(at), (at * 4) % 12, Math.floor(at / 3) * 3, 4, 3),
        );
        for (let x = -3; x < 15; x += 3) {
            for (let y = -2; y < 14; y += 2) {
                const after = moved(many, '5', { x, y, width: 7, height: 5 });
                expect(after.length).toBe(many.length);
                for (const a of after) for (const b of after) if (a !== b) expect(overlap(a.at, b.at)).toBe(false);
            }
        }
    });
    test('a box is kept within it', () => {
        expect(withinGrid({ x: 10, y: -1, width: 6, height: 1 })).toEqual({ x: 6, y: 0, width: 6, height: 2 });
        expect(withinGrid({ x: 0, y: 0, width: 99, height: 999 })).toEqual({ x: 0, y: 0, width: 12, height: 40 });
    });
    test('is read row by row', () => {
        expect(
            inReadingOrder([three[2], three[1], three[0]].filter((one) => one !== undefined)).map(({ id }) => id),
        ).toEqual(['a', 'b', 'c']);
    });
});
