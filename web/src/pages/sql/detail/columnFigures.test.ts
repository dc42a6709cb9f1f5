import { expect, test } from 'vitest';
import { Figuring } from './columnFigures';

const over = (kind: 'number' | 'text', cells: (string | number | null)[]) => {
    const figuring = new Figuring({ name: 'c', type: '', kind });
    for (const cell of cells) figuring.add(cell);
    return figuring.result();
};

test('numbers', () => {
    expect(over('number', [5, null, 10, 5, '2.5'])).toMatchObject({
        count: 5,
        nulls: 1,
        distinct: 3,
        least: '2.5',
        most: 10,
        sum: 22.5,
        top: [{ cell: 5, count: 2 }, {}, {}],
    });
});

test('texts', () => {
    const figures = over('text', ['b', 'a', 'b', null]);
    expect(figures).toMatchObject({ least: 'a', most: 'b', sum: undefined });
    expect(figures.top[0]).toEqual({ cell: 'b', count: 2 });
});

test('nothing', () => {
    expect(over('number', [])).toMatchObject({ count: 0, least: null, sum: undefined, top: [] });
});
