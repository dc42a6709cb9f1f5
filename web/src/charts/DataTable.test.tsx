import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Table } from '../api/table';
import { Chart } from './Chart';

let root: HTMLElement;
beforeEach(() => {
    root = document.createElement('div');
    document.body.append(root);
});
afterEach(() => {
    render(null, root);
    root.remove();
});

const HOSTILE = '<img src=x onerror=alert(1)>';
const table: Table = {
    columns: [
        { name: '<b>who</b>', type: 'Utf8', kind: 'text' },
        { name: 'bytes', type: 'Int64', kind: 'number' },
        { name: 'more', type: 'Json', kind: 'other' },
    ],
    rows: [
        [HOSTILE, 1_500_000, { a: HOSTILE }],
        ['W'.repeat(10_000), null, null],
    ],
};

test('markup in cells and names of columns is text', () => {
    render(<Chart spec={{ chart: 'table' }} table={table} title={HOSTILE} zone="UTC" onPick={() => undefined} />, root);
    expect(root.querySelector('img, b, script')).toBeNull();
    expect(root.textContent).toContain(HOSTILE);
    expect(root.textContent).toContain('<b>who</b>');
});

test('a cell of 10,000 characters is cut where it is shown', () => {
    render(<Chart spec={{ chart: 'table' }} table={table} title="" zone="UTC" />, root);
    const longest = Math.max(...[...root.querySelectorAll('td')].map((cell) => cell.textContent.length));
    expect(longest).toBe(300);
});

test('a value is given whole to whom it is picked for', () => {
    const onPick = vi.fn();
    render(<Chart spec={{ chart: 'table' }} table={table} title="" zone="UTC" onPick={onPick} />, root);
    [...root.querySelectorAll<HTMLButtonElement>('button.data-table-value')].at(1)?.click();
    expect(onPick).toHaveBeenCalledWith([{ column: table.columns[0], cell: 'W'.repeat(10_000) }], expect.anything());
});

test('numbers have their unit, and NULL is said', () => {
    render(<Chart spec={{ chart: 'table' }} table={table} title="" zone="UTC" />, root);
    expect(root.textContent.replaceAll('\u00a0', ' ')).toContain('1.5 MB');
    expect(root.querySelectorAll('.is-null').length).toBe(2);
});

test('one number, with its change', () => {
    const one = (value: number): Table => ({
        columns: [{ name: 'bytes', type: 'Int64', kind: 'number' }],
        rows: [[value]],
    });
    render(<Chart spec={{ chart: 'number' }} table={one(1500)} previous={one(1000)} title="" zone="UTC" />, root);
    expect(root.textContent.replaceAll('\u00a0', ' ')).toContain('1.5 kB');
    expect(root.textContent.replaceAll('\u00a0', ' ')).toContain('+50 %');
});

test('no rows are said, and not drawn', () => {
    render(<Chart spec={{ chart: 'bar' }} table={{ ...table, rows: [] }} title="" zone="UTC" />, root);
    expect(root.querySelector('.chart-notice')).not.toBeNull();
});
