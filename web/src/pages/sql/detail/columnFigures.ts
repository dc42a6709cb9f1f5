/** What is in a column, over all rows that came. */
import type { Cell, Column } from '../../../api/table';
import { plainText, toNumber } from '../../../format/cell';
import type { RowStore } from '../answer/RowStore';
import { nextTask } from '../run/nextTask';

export interface ColumnFigures {
    count: number;
    nulls: number;
    distinct: number;
    /** There are more than were counted. */
    isMore: boolean;
    least: Cell;
    most: Cell;
    sum: number | undefined;
    top: { cell: Cell; count: number }[];
}

const TOP = 12;
/** Values told apart; more of them are said to be more. */
const MOST_DISTINCT = 100_000;
const SLICE_MS = 16;

export class Figuring {
    #count = 0;
    #nulls = 0;
    #least: Cell = null;
    #most: Cell = null;
    #sum = 0;
    #numbers = 0;
    #counts = new Map<string, { cell: Cell; count: number }>();
    #isMore = false;

    constructor(readonly column: Column) {}

    add(cell: Cell): void {
        this.#count += 1;
        if (cell === null) {
            this.#nulls += 1;
            return;
        }
        if (this.column.kind !== 'other' && this.column.kind !== 'boolean') {
            if (this.#least === null || this.#isLess(cell, this.#least)) this.#least = cell;
            if (this.#most === null || this.#isLess(this.#most, cell)) this.#most = cell;
        }
        if (this.column.kind === 'number') {
            this.#sum += toNumber(cell) ?? 0;
            this.#numbers += 1;
        }
        const key = plainText(cell);
        const known = this.#counts.get(key);
        if (known) known.count += 1;
        else if (this.#counts.size < MOST_DISTINCT) this.#counts.set(key, { cell, count: 1 });
        else this.#isMore = true;
    }

    result(): ColumnFigures {
        const top = [...this.#counts.values()].sort((a, b) => b.count - a.count).slice(0, TOP);
        return {
            count: this.#count,
            nulls: this.#nulls,
            distinct: this.#counts.size,
            isMore: this.#isMore,
            least: this.#least,
            most: this.#most,
            sum: this.#numbers > 0 ? this.#sum : undefined,
            top,
        };
    }

    #isLess(a: Cell, b: Cell): boolean {
        if (this.column.kind === 'number') return (toNumber(a) ?? 0) < (toNumber(b) ?? 0);
        return plainText(a) < plainText(b);
    }
}

export async function figuresOf(rows: RowStore, column: Column, at: number, signal: AbortSignal) {
    const figuring = new Figuring(column);
    let since = performance.now();
    for (const block of rows.blocks()) {
        for (const row of block) figuring.add(row[at] ?? null);
        if (performance.now() - since < SLICE_MS) continue;
        await nextTask();
        if (signal.aborted) return undefined;
        since = performance.now();
    }
    return figuring.result();
}
