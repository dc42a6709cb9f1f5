/** Widths of columns, and which of them are seen. */
import type { Cell, Column } from '../../../api/table';
import { cellText } from '../../../format/cell';

export const NARROWEST = 48;
const WIDEST_FITTED_REM = 26;
/** Room for the sign of the kind, the arrow and the edges. */
const HEAD_EXTRA_REM = 3.25;
const CELL_EXTRA_REM = 1.5;

/** How wide a text is drawn. */
export interface Measure {
    rem: number;
    width: (text: string, isBold: boolean) => number;
}

/** Longer ones are cut anyway. */
const MOST_MEASURED = 100;

/** By the fonts of the page. */
export function measureWith(element: Element, rem: number): Measure {
    const context = document.createElement('canvas').getContext('2d');
    const { fontFamily } = getComputedStyle(element);
    const size = `${String(rem * 0.8125)}px ${fontFamily}`;
    const width = (text: string, isBold: boolean) => {
        if (!context) return text.length * 8;
        context.font = isBold ? `600 ${size}` : size;
        return context.measureText(text.slice(0, MOST_MEASURED)).width;
    };
    return { rem, width };
}

export function remSize(): number {
    return parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

export function fittingWidth(column: Column, cells: Cell[], zone: string, measure: Measure): number {
    const widest = cells.reduce<number>((width, cell) => {
        const text = cell === null ? 'NULL' : cellText(cell, column, zone);
        return Math.max(width, measure.width(text, false));
    }, 0);
    const wanted = Math.max(
        widest + CELL_EXTRA_REM * measure.rem,
        measure.width(column.name, true) + HEAD_EXTRA_REM * measure.rem,
    );
    return Math.ceil(Math.max(NARROWEST, Math.min(wanted, WIDEST_FITTED_REM * measure.rem)));
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
