/** Cells as text for a sheet: tabs between cells, what has tabs or lines in it in quotes. */
import type { Cell, Column } from '../../../api/table';
import { plainText } from '../../../format/cell';
import type { Range } from './position';

/** The clipboard is for looking at; more is a download. */
export const MOST_COPIED = 500_000;

export function cellCount({ firstRow, lastRow, firstColumn, lastColumn }: Range): number {
    return Math.max(0, lastRow - firstRow + 1) * Math.max(0, lastColumn - firstColumn + 1);
}

function field(text: string): string {
    return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function copiedText(range: Range, columns: Column[], rowAt: (row: number) => Cell[], withHead: boolean): string {
    // One cell is the value itself, not a field of a file.
    if (!withHead && cellCount(range) === 1) return plainText(rowAt(range.firstRow)[range.firstColumn] ?? null);
    const part = <T>(list: T[]) => list.slice(range.firstColumn, range.lastColumn + 1);
    const lines: string[] = [];
    if (withHead) lines.push(part(columns.map((column) => field(column.name))).join('\t'));
    for (let row = range.firstRow; row <= range.lastRow; row += 1) {
        const cells = rowAt(row);
        lines.push(part(columns.map((_, at) => field(plainText(cells[at] ?? null)))).join('\t'));
    }
    return lines.join('\n');
}

/** What a sheet says about selected numbers. */
export function sumOf(range: Range, columns: Column[], rowAt: (row: number) => Cell[]) {
    let count = 0;
    let sum = 0;
    for (let row = range.firstRow; row <= range.lastRow; row += 1) {
        const cells = rowAt(row);
        for (let at = range.firstColumn; at <= range.lastColumn; at += 1) {
            if (columns[at]?.kind !== 'number') continue;
            const value = Number(cells[at] ?? NaN);
            if (cells[at] === null || Number.isNaN(value)) continue;
            count += 1;
            sum += value;
        }
    }
    return { count, sum };
}
