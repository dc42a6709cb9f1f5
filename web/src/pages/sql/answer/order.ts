/** The order of rows by one column, without keeping the rows: only that column is taken out of each. */
import type { Cell, Column } from '../../../api/table';
import type { Sorting } from '../../../charts/sorting';
import { plainText, toMoment, toNumber } from '../../../format/cell';
import type { RowStore } from './RowStore';
import { nextTask } from '../run/nextTask';

/** More than these are for ORDER BY. */
export const MOST_SORTED = 200_000;
/** Reading lets the window draw after so long. */
const SLICE_MS = 16;

type Keys = { numbers: Float64Array } | { texts: string[] };

/** 10.0.0.9 comes before 10.0.0.10: addresses in the order of their numbers. */
export function addressNumber(text: string): number | undefined {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
    if (!parts) return undefined;
    return parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}

function numberOf(cell: Cell, column: Column): number | undefined {
    if (column.kind === 'number') return toNumber(cell) ?? undefined;
    if (column.kind === 'boolean') return cell === true ? 1 : 0;
    if (column.kind === 'time' || column.kind === 'date') return toMoment(cell) ?? undefined;
    return typeof cell === 'string' ? addressNumber(cell) : undefined;
}

/** Numbers where every value is one; else texts. */
function keysOf(cells: Cell[], column: Column): Keys {
    const numbers = new Float64Array(cells.length);
    for (const [at, cell] of cells.entries()) {
        if (cell === null) continue;
        const number = numberOf(cell, column);
        if (number === undefined) return { texts: cells.map((one) => plainText(one)) };
        numbers[at] = number;
    }
    return { numbers };
}

export function orderOfCells(cells: Cell[], column: Column, direction: Sorting['direction']): Uint32Array {
    const turn = direction === 'ascending' ? 1 : -1;
    const keys = keysOf(cells, column);
    const order = Uint32Array.from(cells, (_, at) => at);
    const nullsLast = (a: number, b: number) => Number(cells[a] === null) - Number(cells[b] === null);
    const compared = 'numbers' in keys ? compareNumbers(keys.numbers) : compareTexts(keys.texts);
    return order.sort((a, b) => {
        const nulls = nullsLast(a, b);
        if (nulls !== 0 || cells[a] === null) return nulls;
        return turn * compared(a, b);
    });
}

function compareNumbers(numbers: Float64Array) {
    return (a: number, b: number) => (numbers[a] ?? 0) - (numbers[b] ?? 0);
}

/** By code, not by language: the rules of a language take seconds for 200,000 names. */
function compareTexts(texts: string[]) {
    return (a: number, b: number) => {
        const left = texts[a] ?? '';
        const right = texts[b] ?? '';
        return left < right ? -1 : left > right ? 1 : 0;
    };
}

export async function orderOf(
    rows: RowStore,
    columns: Column[],
    sorting: Sorting,
    signal: AbortSignal,
): Promise<Uint32Array | undefined> {
    const column = columns[sorting.column];
    if (!column) return undefined;
    const cells: Cell[] = [];
    let since = performance.now();
    for (const block of rows.blocks()) {
        for (const row of block) cells.push(row[sorting.column] ?? null);
        if (performance.now() - since < SLICE_MS) continue;
        await nextTask();
        if (signal.aborted) return undefined;
        since = performance.now();
    }
    return orderOfCells(cells, column, sorting.direction);
}
