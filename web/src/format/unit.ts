/** A value in its unit, as charts, numbers and tables show it. */
import { formatSeconds } from './duration';
import { formatBytes, formatCount, formatFull, formatPercent } from './number';

export type Unit = 'count' | 'bytes' | 'packets' | 'seconds' | 'percent' | 'none';
export const units: Unit[] = ['count', 'bytes', 'packets', 'seconds', 'percent', 'none'];

/** At a glance: 1.2 GB, 12.3 k. */
export function formatShort(value: number, unit: Unit): string {
    switch (unit) {
        case 'bytes':
            return formatBytes(value);
        case 'seconds':
            return formatSeconds(value);
        case 'percent':
            return formatPercent(value);
        case 'count':
        case 'packets':
        case 'none':
            return formatCount(value);
    }
}

/** For who looks closer: the whole number, and the short form where that says more. */
export function formatLong(value: number, unit: Unit): string {
    switch (unit) {
        case 'bytes':
            return Math.abs(value) < 1000 ? formatBytes(value) : `${formatBytes(value)} (${formatFull(value)})`;
        case 'seconds':
            return formatSeconds(value);
        case 'percent':
            return formatPercent(value);
        case 'count':
        case 'packets':
        case 'none':
            return formatFull(value);
    }
}

/** A column named like a unit most likely has it. */
export function guessUnit(columnName: string): Unit {
    const name = columnName.toLowerCase();
    if (/(^|_)bytes?($|_)|bytes_scanned/.test(name)) return 'bytes';
    if (/(^|_)packets?($|_)/.test(name)) return 'packets';
    if (/(^|_)(percent|pct|rate|share)($|_)/.test(name)) return 'percent';
    if (/(_s|_seconds|^seconds)$/.test(name) && !/_per_s(econds)?$/.test(name)) return 'seconds';
    return 'count';
}
