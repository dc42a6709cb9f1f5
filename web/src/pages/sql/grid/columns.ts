/** Widths of columns, and which of them are seen. */
import type { Cell, Column } from '../../../api/table';
import { cellText } from '../../../format/cell';

export const NARROWEST = 48;
const WIDEST_FITTED = 420;
/** Room for the sign of the kind, the arrow and the edges. */
const HEAD_EXTRA = 44;
const CELL_EXTRA = 24;

/** The width of a text in pixels, about: letters of East Asia have twice the width. */
export function textWidth(text: string, letter: number): number {
    let count = 0;
    for (const char of text.slice(0, 120)) count += (char.codePointAt(0) ?? 0) > 0x2e7f ? 1.75 : 1;
    return count * letter;
}

export function fittingWidth(column: Column, cells: Cell[], zone: string, letter: number): number {
    const widest = cells.reduce<number>((width, cell) => {
        const text = cell === null ? 'NULL' : cellText(cell, column, zone);
        return Math.max(width, textWidth(text, letter));
    }, 0);
    const wanted = Math.max(widest + CELL_EXTRA, textWidth(column.name, letter) + HEAD_EXTRA);
    return Math.round(Math.max(NARROWEST, Math.min(wanted, WIDEST_FITTED)));
}

/** Where each column begins; one more than there are: the last is the end. */
export function offsetsOf(widths: number[], first: number): number[] {
    const offsets = [first];
    for (const width of widths) offsets.push((offsets.at(-1) ?? 0) + width);
    return offsets;
}

/** The columns that are seen, `to` not included, and some beyond the edges. */
export function seenColumns(offsets: number[], left: number, width: number): { from: number; to: number } {
    const count = offsets.length - 1;
    let from = 0;
    while (from < count - 1 && (offsets[from + 1] ?? 0) <= left) from += 1;
    let to = from;
    while (to < count && (offsets[to] ?? 0) < left + width) to += 1;
    return { from: Math.max(0, from - 1), to: Math.min(count, to + 1) };
}
