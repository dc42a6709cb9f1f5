/** Moments in the chosen time zone. */
import type { Granularity } from '../time/granularity';
import { offsetMs, toWall } from '../time/zone';
import { dateFormat, locale } from './locale';

const two = (value: number) => String(value).padStart(2, '0');

/** 2026-11-20 10:00:00, the same in every language: for tables, where moments are compared. */
export function formatMoment(epochMs: number, zone: string): string {
    const date = new Date(toWall(epochMs, zone));
    const day = `${String(date.getUTCFullYear())}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
    const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
    const fraction = date.getUTCMilliseconds();
    return `${day} ${clock}${fraction ? `.${String(fraction).padStart(3, '0')}` : ''}`;
}

/** UTC, UTC+9, UTC-3:30 */
export function formatOffset(epochMs: number, zone: string): string {
    const minutes = Math.round(offsetMs(epochMs, zone) / 60_000);
    if (minutes === 0) return 'UTC';
    const size = Math.abs(minutes);
    const rest = size % 60;
    return `UTC${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60))}${rest ? `:${two(rest)}` : ''}`;
}

/** 20 Nov 2026, 10:00 / 2026年11月20日 10:00 */
export function formatDayAndTime(epochMs: number, zone: string): string {
    return dateFormat(locale.value, {
        timeZone: zone,
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
    }).format(epochMs);
}

export function formatDay(epochMs: number, zone: string): string {
    return dateFormat(locale.value, {
        timeZone: zone,
        year: 'numeric',
        month: 'short',
        day: 'numeric',
    }).format(epochMs);
}

export function formatMonth(epochMs: number, zone: string): string {
    return dateFormat(locale.value, { timeZone: zone, year: 'numeric', month: 'short' }).format(epochMs);
}

export function formatClock(epochMs: number, zone: string, seconds = false): string {
    return dateFormat(locale.value, {
        timeZone: zone,
        hour: '2-digit',
        minute: '2-digit',
        ...(seconds ? { second: '2-digit' } : {}),
        hourCycle: 'h23',
    }).format(epochMs);
}

/** A bucket of time by its width. */
export function formatBucket(epochMs: number, zone: string, granularity: Granularity): string {
    switch (granularity) {
        case 'minute':
        case 'hour':
            return formatDayAndTime(epochMs, zone);
        case 'day':
        case 'week':
            return formatDay(epochMs, zone);
        case 'month':
            return formatMonth(epochMs, zone);
    }
}

/** A label of an axis: the day where a day begins, else the clock. */
export function formatTick(epochMs: number, zone: string, spanSeconds: number): string {
    const wall = toWall(epochMs, zone);
    if (spanSeconds > 400 * 86_400) return formatMonth(epochMs, zone);
    if (wall % 86_400_000 === 0 || spanSeconds > 20 * 86_400) {
        return dateFormat(locale.value, { timeZone: zone, month: 'short', day: 'numeric' }).format(epochMs);
    }
    return formatClock(epochMs, zone, spanSeconds < 300);
}
