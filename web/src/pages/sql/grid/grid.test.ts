import { describe, expect, test } from 'vitest';
import type { Cell, Column } from '../../../api/table';
import { fittingWidth, offsetsOf, seenColumns } from './columns';
import { cellCount, copiedText, sumOf } from './copying';
import { moved, rangeOf, reveal } from './position';
import { heightOf, Scrolling, TALLEST } from './scrolling';

describe('scrolling', () => {
    const view = 600;
    test('few rows are as high as they are', () => {
        const scrolling = new Scrolling();
        scrolling.resize({ content: 5000, view });
        expect(scrolling.moved(1234)).toBeUndefined();
        expect(scrolling.top).toBe(1234);
        expect(heightOf({ content: 5000, view })).toBe(5000);
    });

    const content = 28_000_000;
    const far = TALLEST - view;
    const many = () => {
        const scrolling = new Scrolling();
        scrolling.resize({ content, view });
        return scrolling;
    };
    test('the ends of the scrollbar are the ends of the rows', () => {
        const scrolling = many();
        scrolling.moved(far);
        expect(scrolling.top).toBe(content - view);
        scrolling.moved(0);
        expect(scrolling.top).toBe(0);
        scrolling.moved(far / 2);
        expect(scrolling.top).toBeCloseTo((content - view) / 2, 3);
    });
    test('a turn of the wheel is its pixels, anywhere', () => {
        const scrolling = many();
        scrolling.moved(far / 2);
        const before = scrolling.top;
        scrolling.moved(far / 2 + 100);
        expect(scrolling.top - before).toBeCloseTo(100, 6);
        // And then the scrollbar is put where it should be.
        const settled = scrolling.settled();
        expect(settled).toBeCloseTo((scrolling.top / (content - view)) * far, 6);
        scrolling.moved(settled);
        expect(scrolling.top - before).toBeCloseTo(100, 6);
    });
    test('every row is reached by the wheel, also the last', () => {
        const scrolling = many();
        let seen = scrolling.goTo(content - view - 20_000);
        for (let turns = 0; turns < 400 && scrolling.top < content - view; turns += 1) {
            seen = Math.min(far, seen + 100);
            seen = scrolling.moved(seen) ?? seen;
        }
        expect(scrolling.top).toBe(content - view);
    });
    test('more rows do not move what is seen', () => {
        const scrolling = many();
        scrolling.goTo(5_000_000);
        scrolling.resize({ content: content * 2, view });
        expect(scrolling.top).toBe(5_000_000);
        scrolling.resize({ content: 1000, view });
        expect(scrolling.top).toBe(400);
    });
});

describe('columns', () => {
    const offsets = offsetsOf([100, 50, 200, 80], 40);
    test('begin where those before end', () => expect(offsets).toEqual([40, 140, 190, 390, 470]));
    test.each([
        [0, 100, { from: 0, to: 2 }],
        [150, 60, { from: 0, to: 4 }],
        [400, 500, { from: 2, to: 4 }],
        [0, 5000, { from: 0, to: 4 }],
    ])('seen from %d over %d', (left, width, expected) => expect(seenColumns(offsets, left, width)).toEqual(expected));
    test('fit what is in them, within reason', () => {
        const column: Column = { name: 'a', type: '', kind: 'text' };
        const measure = { rem: 16, width: (text: string) => text.length * 7 };
        expect(fittingWidth(column, ['x'], 'UTC', measure)).toBeLessThan(80);
        expect(fittingWidth(column, ['x'.repeat(30)], 'UTC', measure)).toBeGreaterThan(210);
        expect(fittingWidth(column, ['x'.repeat(5000)], 'UTC', measure)).toBe(416);
    });
});

describe('keys', () => {
    const bounds = { rows: 100, columns: 3, page: 10 };
    const from = { row: 50, column: 1 };
    test.each([
        ['ArrowDown', false, { row: 51, column: 1 }],
        ['ArrowDown', true, { row: 99, column: 1 }],
        ['PageUp', false, { row: 40, column: 1 }],
        ['Home', false, { row: 50, column: 0 }],
        ['End', true, { row: 99, column: 2 }],
        ['ArrowRight', true, { row: 50, column: 2 }],
    ])('%s (ctrl: %s)', (key, isFar, expected) => expect(moved(from, key, isFar, bounds)).toEqual(expected));
    test('end at the edges; the head is above the first row', () => {
        expect(moved({ row: 0, column: 0 }, 'ArrowUp', false, bounds)).toEqual({ row: -1, column: 0 });
        expect(moved({ row: -1, column: 0 }, 'ArrowUp', false, bounds)).toEqual({ row: -1, column: 0 });
        expect(moved({ row: 99, column: 2 }, 'ArrowRight', false, bounds)).toEqual({ row: 99, column: 2 });
        expect(moved(from, 'x', false, bounds)).toBeUndefined();
    });
    test('what is out of view is brought in, and no further', () => {
        expect(reveal(10, 20, 0, 100)).toBeUndefined();
        expect(reveal(10, 20, 15, 100)).toBe(10);
        expect(reveal(100, 120, 0, 100)).toBe(20);
    });
});

describe('copying', () => {
    const columns: Column[] = ['a', 'b\tc'].map((name) => ({ name, type: '', kind: name === 'a' ? 'number' : 'text' }));
    const rows: Cell[][] = [
        [1, 'x'],
        [null, 'two\nlines "quoted"'],
        ['9007199254740993', null],
    ];
    const rowAt = (row: number) => rows[row] ?? [];
    const whole = rangeOf({ anchor: { row: 2, column: 1 }, head: { row: -1, column: 0 }, isRows: false }, 2);
    test('one cell is its value', () => {
        const one = { firstRow: 1, lastRow: 1, firstColumn: 1, lastColumn: 1 };
        expect(copiedText(one, columns, rowAt, false)).toBe('two\nlines "quoted"');
    });
    test('many are a table', () => {
        expect(cellCount(whole)).toBe(6);
        expect(copiedText(whole, columns, rowAt, true)).toBe(
            'a\t"b\tc"\n1\tx\n\t"two\nlines ""quoted"""\n9007199254740993\t',
        );
    });
    test('numbers are summed, nothing else', () => {
        expect(sumOf({ ...whole, lastRow: 1 }, columns, rowAt)).toEqual({ count: 1, sum: 1 });
    });
});
