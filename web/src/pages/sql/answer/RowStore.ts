/**
 * The rows of an answer as they came: lines of bytes, and where each row is in them. A row is read when somebody
 * looks at it, so that a million rows cost their bytes and not a million arrays.
 */
import type { Cell } from '../../../api/table';
import { isRowsLine, rowEnd, rowOffsets } from './rowOffsets';

interface Block {
    line: Uint8Array;
    offsets: Uint32Array;
    /** The number of rows before it. */
    first: number;
}

/** Rows kept read: some screens full. */
const KEPT_ROWS = 2000;

export class RowStore {
    #blocks: Block[] = [];
    #length = 0;
    #byteLength = 0;
    /** In the order of use: the first is the one to forget. */
    #read = new Map<number, Cell[]>();
    #decoder = new TextDecoder();

    get length(): number {
        return this.#length;
    }

    get byteLength(): number {
        return this.#byteLength;
    }

    append(line: Uint8Array): void {
        const own = isRowsLine(line) ? line : rewritten(line);
        const offsets = rowOffsets(own);
        if (offsets.length === 0) return;
        this.#blocks.push({ line: own, offsets, first: this.#length });
        this.#length += offsets.length;
        this.#byteLength += own.length;
    }

    row(index: number): Cell[] {
        const found = this.#read.get(index);
        if (found) {
            this.#read.delete(index);
            this.#read.set(index, found);
            return found;
        }
        const block = this.#blockOf(index);
        if (!block) return [];
        const at = index - block.first;
        const bytes = block.line.subarray(block.offsets[at], rowEnd(block.line, block.offsets, at));
        const row = JSON.parse(this.#decoder.decode(bytes)) as Cell[];
        this.#read.set(index, row);
        if (this.#read.size > KEPT_ROWS) {
            const oldest = this.#read.keys().next();
            if (!oldest.done) this.#read.delete(oldest.value);
        }
        return row;
    }

    /** All rows in their order, a line at a time: for who reads all of them once. */
    *blocks(): Generator<Cell[][]> {
        for (const { line } of this.#blocks) {
            yield (JSON.parse(this.#decoder.decode(line)) as { rows: Cell[][] }).rows;
        }
    }

    /** The first rows, for who needs them as a table. */
    head(count: number): Cell[][] {
        const rows: Cell[][] = [];
        for (const block of this.blocks()) {
            for (const row of block) {
                if (rows.length >= count) return rows;
                rows.push(row);
            }
        }
        return rows;
    }

    #blockOf(index: number): Block | undefined {
        let low = 0;
        let high = this.#blocks.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if ((this.#blocks[middle]?.first ?? 0) <= index) low = middle;
            else high = middle - 1;
        }
        const block = this.#blocks[low];
        return block && index >= block.first && index - block.first < block.offsets.length ? block : undefined;
    }
}

/** A line with its keys in another order or with spaces, as a proxy might make of it. */
function rewritten(line: Uint8Array): Uint8Array {
    const { rows } = JSON.parse(new TextDecoder().decode(line)) as { rows: Cell[][] };
    return new TextEncoder().encode(JSON.stringify({ event: 'rows', rows }));
}
