import { expect, test } from 'vitest';
import type { Table } from '../api/table';
import { csvOf } from './csv';

const table: Table = {
    columns: [
        { name: 'who', type: 'Utf8', kind: 'text' },
        { name: 'n', type: 'Int64', kind: 'number' },
        { name: 'more', type: 'Json', kind: 'other' },
    ],
    rows: [],
};
const line = (...row: Table['rows'][number]) => csvOf({ ...table, rows: [row] }).split('\n')[1];

test('what a spreadsheet would evaluate is text', () => {
    for (const start of ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t']) {
        expect(line(`${start}cmd|x`, 1, null)).toBe(`'${start}cmd|x,1,`);
    }
    expect(csvOf({ ...table, rows: [['\r=1', 1, null]] })).toContain('"\'\r=1"');
    const named = { ...table.columns[0], name: '=1+1', type: 'Utf8', kind: 'text' as const };
    expect(csvOf({ columns: [named], rows: [] })).toBe("'=1+1\n");
});

test('numbers stay numbers, also below zero and beyond what a number holds', () => {
    expect(line('a', -5, null)).toBe('a,-5,');
    expect(line('a', '-9223372036854775808', null)).toBe('a,-9223372036854775808,');
    // What is no number after all is treated as text.
    expect(line('a', '-1+cmd', null)).toBe("a,'-1+cmd,");
});

test('what has commas, quotes or lines is enclosed; nothing and an empty text differ', () => {
    expect(line('a, "b"', null, { x: [1] })).toBe('"a, ""b""",,"{""x"":[1]}"');
    expect(line('', 0, null)).toBe('"",0,');
});
