/** Rows that are on the page as CSV, written as the server writes it. */
import type { Cell, Column, Table } from '../api/table';
import { plainText, toNumber } from './cell';

/**
 * The first characters after which spreadsheets evaluate a cell, with their full-width forms. Cells are written by
 * attackers, and whoever opens the file is not to run what they wrote.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function written(text: string): string {
    const harmless = FORMULA.test(text) ? `'${text}` : text;
    // An empty text is enclosed, as NULL is nothing at all.
    return text === '' || /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function cellOf(cell: Cell, column: Column): string {
    if (cell === null) return '';
    const isNumber = column.kind === 'number' && toNumber(cell) !== null;
    return isNumber ? plainText(cell) : written(plainText(cell));
}

export function csvOf({ columns, rows }: Table): string {
    const head = columns.map(({ name }) => written(name)).join(',');
    const lines = rows.map((row) => columns.map((column, at) => cellOf(row[at] ?? null, column)).join(','));
    return [head, ...lines, ''].join('\n');
}
