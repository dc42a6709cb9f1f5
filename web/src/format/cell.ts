/** A cell of an answer as text. Cells are written by attackers: this is text, for text nodes, and never markup. */
import type { Cell, Column } from '../api/table';
import { formatFull } from './number';
import { formatMoment } from './time';

/** Longer names are cut where they are shown; copying and downloads have all of it. */
export const LONGEST_SHOWN = 300;

export function shortened(text: string, longest = LONGEST_SHOWN): string {
    return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** The value itself, for filters, copying and comparing. */
export function plainText(cell: Cell): string {
    if (cell === null || cell === undefined) return '';
    return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

export function toNumber(cell: Cell | undefined): number | null {
    if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
    if (typeof cell !== 'string' || cell.trim() === '') return null;
    const value = Number(cell);
    return Number.isFinite(value) ? value : null;
}

/** Epoch milliseconds of a time or date; a date is midnight UTC. */
export function toMoment(cell: Cell | undefined): number | null {
    if (typeof cell !== 'string') return null;
    // A time without a zone is UTC, and not what Date.parse takes it for: this computer's.
    const ms = Date.parse(/T[\d:.]+$/.test(cell) ? `${cell}Z` : cell);
    return Number.isNaN(ms) ? null : ms;
}

/** Numbers that name something are not grouped: port 3,389 does not exist. */
const namesSomething = /(^|_)(id|port|protocol|version|code|status|asn|flags?|year)$|^(dstport|srcport|hour|protocol)/i;

export function isName(column: Column): boolean {
    return column.kind === 'number' && namesSomething.test(column.name);
}

/** NULL is said by who shows it. */
export function cellText(cell: Cell, column: Column, zone: string): string {
    if (cell === null) return '';
    switch (column.kind) {
        case 'time': {
            const ms = toMoment(cell);
            return ms === null ? plainText(cell) : formatMoment(ms, zone);
        }
        case 'number': {
            if (isName(column)) return plainText(cell);
            // A number beyond 2^53 comes as text and stays it: rounding it would show a number that is not there.
            return typeof cell === 'number' ? formatFull(cell) : plainText(cell);
        }
        case 'text':
        case 'date':
        case 'boolean':
        case 'other':
            return plainText(cell);
    }
}
