import { describe, expect, test } from 'vitest';
import type { Cell, Column } from '../../../api/table';
import { byteLinesOf } from './byteLines';
import { addressNumber, orderOf, orderOfCells } from './order';
import { RowStore } from './RowStore';

const encoder = new TextEncoder();
const line = (rows: Cell[][]) => encoder.encode(JSON.stringify({ event: 'rows', rows }));

function stored(...blocks: Cell[][][]): RowStore {
    const store = new RowStore();
    for (const block of blocks) store.append(line(block));
    return store;
}

describe('rows', () => {
    const odd: Cell[][] = [
        ['a],["b', null],
        ['\\', '"]'],
        [{ x: [[1], '}{'] }, [1, [2]]],
        ['東京 😀', -1.5e-7],
        [true, ''],
    ];
    test('are found in lines, whatever is in them', () => {
        const store = stored([[1, 'x']], odd, [[2, null]]);
        expect(store.length).toBe(7);
        expect(odd.map((_, at) => store.row(at + 1))).toEqual(odd);
        expect(store.row(0)).toEqual([1, 'x']);
        expect(store.row(6)).toEqual([2, null]);
    });
    test('beyond the end are empty', () => {
        expect(stored([[1]]).row(1)).toEqual([]);
        expect(new RowStore().row(0)).toEqual([]);
    });
    test('written in another way are read as well', () => {
        const store = new RowStore();
        store.append(encoder.encode('{ "rows" : [ [1, "a"], [2, "b"] ], "event":"rows" }'));
        expect([store.row(0), store.row(1)]).toEqual([
            [1, 'a'],
            [2, 'b'],
        ]);
    });
    test('with spaces between them are parted well', () => {
        const store = new RowStore();
        store.append(encoder.encode('{"event":"rows","rows":[[1] , [2] ] }'));
        expect([store.row(0), store.row(1)]).toEqual([[1], [2]]);
    });
    test('of no columns, and no rows', () => {
        const store = stored([[], []], []);
        expect(store.length).toBe(2);
        expect(store.row(1)).toEqual([]);
    });
    test('are many, and only those looked at are read', () => {
        const store = new RowStore();
        for (let block = 0; block < 300; block += 1) {
            store.append(line(Array.from({ length: 1000 }, (_, at) => [block * 1000 + at, `row ${String(at)}`])));
        }
        expect(store.length).toBe(300_000);
        expect(store.row(299_999)).toEqual([299_999, 'row 999']);
        for (let at = 0; at < 300_000; at += 77) expect(store.row(at)[0]).toBe(at);
        expect(store.head(3)).toHaveLength(3);
    });
});

test('lines of bytes come whole from pieces cut anywhere', async () => {
    const bytes = encoder.encode('{"a":"東"}\n\n{"b":2}\n{"c":3}');
    for (const size of [1, 2, 5, 100]) {
        const stream = new ReadableStream<Uint8Array>({
            start(controller) {
                for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
                controller.close();
            },
        });
        const lines: unknown[] = [];
        for await (const one of byteLinesOf(stream)) lines.push(JSON.parse(new TextDecoder().decode(one)));
        expect(lines).toEqual([{ a: '東' }, { b: 2 }, { c: 3 }]);
    }
});

describe('order', () => {
    const column = (kind: Column['kind']): Column => ({ name: 'c', type: '', kind });
    const ordered = (cells: Cell[], kind: Column['kind'], direction: 'ascending' | 'descending' = 'ascending') =>
        [...orderOfCells(cells, column(kind), direction)].map((at) => cells[at]);

    test('of numbers, big ones and decimals too', () => {
        expect(ordered([10, '9007199254740993', 2, '1.5'], 'number')).toEqual(['1.5', 2, 10, '9007199254740993']);
    });
    test('NULL is last both ways', () => {
        expect(ordered([null, 2, null, 1], 'number')).toEqual([1, 2, null, null]);
        expect(ordered([null, 2, null, 1], 'number', 'descending')).toEqual([2, 1, null, null]);
    });
    test('of addresses is that of their numbers', () => {
        expect(ordered(['10.0.0.10', '9.255.0.1', '10.0.0.9'], 'text')).toEqual(['9.255.0.1', '10.0.0.9', '10.0.0.10']);
        expect(ordered(['10.0.0.10', 'b', '10.0.0.9'], 'text')).toEqual(['10.0.0.10', '10.0.0.9', 'b']);
        expect(addressNumber('::1')).toBeUndefined();
    });
    test('of times is that of moments, fractions or not', () => {
        expect(ordered(['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00Z'], 'time')).toEqual([
            '2026-01-01T00:00:00Z',
            '2026-01-01T00:00:00.5Z',
        ]);
    });
    test('keeps what is equal as it was', () => {
        const cells = ['b', 'a', 'b', 'a'];
        expect([...orderOfCells(cells, column('text'), 'descending')]).toEqual([0, 2, 1, 3]);
    });
    test('of stored rows, and given up when nobody wants it', async () => {
        const store = stored([[3], [1]], [[2]]);
        const columns = [column('number')];
        const live = new AbortController();
        expect(await orderOf(store, columns, { column: 0, direction: 'ascending' }, live.signal)).toEqual(
            Uint32Array.of(1, 2, 0),
        );
        expect(await orderOf(store, columns, { column: 4, direction: 'ascending' }, live.signal)).toBeUndefined();
    });
});
