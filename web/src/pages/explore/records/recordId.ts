/** A record by its time and a fingerprint: short enough for an address, and the same for everybody. */
import type { Cell } from '../../../api/table';
import { plainText, toMoment, toNumber } from '../../../format/cell';

export interface RecordId {
    /** Epoch seconds, in which to look for it; undefined where its table has no time. */
    second: number | undefined;
    fingerprint: string;
}

/** FNV-1a over all cells: names one record among those of a second, and protects nothing. */
function fingerprintOf(row: Cell[]): string {
    let hash = 0x811c9dc5;
    const text = row.map((cell) => (cell === null ? '\u0000' : plainText(cell))).join('\u0001');
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
}

export function idOf(row: Cell[], timeAt: number, isSeconds: boolean): string {
    const cell = timeAt < 0 ? null : (row[timeAt] ?? null);
    const second = isSeconds ? toNumber(cell) : (toMoment(cell) ?? NaN) / 1000;
    const place = second === null || Number.isNaN(second) ? '' : String(Math.floor(second));
    return `${place}-${fingerprintOf(row)}`;
}

export function readId(text: string | null): RecordId | undefined {
    const match = /^(\d{1,12})?-([0-9a-f]{8})$/.exec(text ?? '');
    if (!match?.[2]) return undefined;
    return { second: match[1] === undefined ? undefined : Number(match[1]), fingerprint: match[2] };
}
