/** Sorting rows by a column. NULL is last, whichever way. */
import type { Cell, Table } from '../api/table';
import { plainText, toNumber } from '../format/cell';

export interface Sorting {
    column: number;
    direction: 'ascending' | 'descending';
}

/** The first click shows what one looks for: the biggest number, the first name; the second turns it, the third ends it. */
export function nextSorting(now: Sorting | undefined, column: number, isNumber: boolean): Sorting | undefined {
    const first = isNumber ? 'descending' : 'ascending';
    if (now?.column !== column) return { column, direction: first };
    if (now.direction !== first) return undefined;
    return { column, direction: isNumber ? 'ascending' : 'descending' };
}

function compared(a: Cell, b: Cell, isNumber: boolean): number {
    if (isNumber) return (toNumber(a) ?? 0) - (toNumber(b) ?? 0);
    return plainText(a).localeCompare(plainText(b), undefined, { numeric: true });
}

export function sorted(table: Table, sorting: Sorting | undefined): Table['rows'] {
    if (!sorting) return table.rows;
    const { column } = sorting;
    const isNumber = table.columns[column]?.kind === 'number';
    const turn = sorting.direction === 'ascending' ? 1 : -1;
    return [...table.rows].sort((left, right) => {
        const a = left[column] ?? null;
        const b = right[column] ?? null;
        if (a === null || b === null) return Number(a === null) - Number(b === null);
        return turn * compared(a, b, isNumber);
    });
}
