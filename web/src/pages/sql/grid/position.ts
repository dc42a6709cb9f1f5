/** Where one is in the grid, and where a key leads. */

/** Row -1 is the head. */
export interface Position {
    row: number;
    column: number;
}

export interface Selection {
    /** Where it began. */
    anchor: Position;
    /** Where one is. */
    head: Position;
    /** Whole rows. */
    isRows: boolean;
}

export interface Bounds {
    rows: number;
    columns: number;
    /** Rows in a view. */
    page: number;
}

export interface Range {
    firstRow: number;
    lastRow: number;
    firstColumn: number;
    lastColumn: number;
}

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

/** Undefined: the key is not one that moves. `isFar`: with Ctrl, to the corner. */
export function moved(
    from: Position,
    key: string,
    isFar: boolean,
    { rows, columns, page }: Bounds,
): Position | undefined {
    const { row, column } = from;
    const to = (nextRow: number, nextColumn: number): Position => ({
        row: within(nextRow, -1, rows - 1),
        column: within(nextColumn, 0, Math.max(0, columns - 1)),
    });
    switch (key) {
        case 'ArrowUp':
            return to(isFar ? 0 : row - 1, column);
        case 'ArrowDown':
            return to(isFar ? rows - 1 : row + 1, column);
        case 'ArrowLeft':
            return to(row, isFar ? 0 : column - 1);
        case 'ArrowRight':
            return to(row, isFar ? columns - 1 : column + 1);
        case 'PageUp':
            return to(Math.max(0, row - page), column);
        case 'PageDown':
            return to(row + page, column);
        case 'Home':
            return to(isFar ? 0 : row, 0);
        case 'End':
            return to(isFar ? rows - 1 : row, columns - 1);
        default:
            return undefined;
    }
}

export function single(position: Position): Selection {
    return { anchor: position, head: position, isRows: false };
}

/** The cells of a selection; the head of the grid is never in it. */
export function rangeOf({ anchor, head, isRows }: Selection, columns: number): Range {
    return {
        firstRow: Math.max(0, Math.min(anchor.row, head.row)),
        lastRow: Math.max(anchor.row, head.row),
        firstColumn: isRows ? 0 : Math.min(anchor.column, head.column),
        lastColumn: isRows ? columns - 1 : Math.max(anchor.column, head.column),
    };
}

export function isSingle(range: Range): boolean {
    return range.firstRow === range.lastRow && range.firstColumn === range.lastColumn;
}

/** The pixels to scroll to for a part to be seen, or undefined where it is. */
export function reveal(begin: number, end: number, top: number, view: number): number | undefined {
    if (begin < top) return begin;
    if (end > top + view) return end - view;
    return undefined;
}
