/** How wide a bucket of time is, and which buckets a span has. */
import { fromWall, toWall } from './zone';
import type { Span } from './range';

export type Granularity = 'minute' | 'hour' | 'day' | 'week' | 'month';
export const granularities: Granularity[] = ['minute', 'hour', 'day', 'week', 'month'];

const DAY_S = 86_400;

/** Wide enough to see something in a bucket, narrow enough to see a change. */
export function fittingGranularity(span: Span): Granularity {
    const length = span.to - span.from;
    if (length <= DAY_S / 4) return 'minute';
    if (length <= 10 * DAY_S) return 'hour';
    if (length <= 200 * DAY_S) return 'day';
    if (length <= 3 * 366 * DAY_S) return 'week';
    return 'month';
}

/** The beginning of the bucket, on the wall clock. */
export function wallBucket(wallMs: number, granularity: Granularity): number {
    const date = new Date(wallMs);
    if (granularity === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    const day = Math.floor(wallMs / 86_400_000) * 86_400_000;
    switch (granularity) {
        case 'minute':
            return Math.floor(wallMs / 60_000) * 60_000;
        case 'hour':
            return Math.floor(wallMs / 3_600_000) * 3_600_000;
        case 'day':
            return day;
        case 'week': // Weeks begin on Monday, as date_trunc has it.
            return day - ((date.getUTCDay() + 6) % 7) * 86_400_000;
    }
}

export function nextWallBucket(wallMs: number, granularity: Granularity): number {
    const date = new Date(wallMs);
    switch (granularity) {
        case 'minute':
            return wallMs + 60_000;
        case 'hour':
            return wallMs + 3_600_000;
        case 'day':
            return wallMs + 86_400_000;
        case 'week':
            return wallMs + 7 * 86_400_000;
        case 'month':
            return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    }
}

/** More would be a line of dust; a chart then shows only the buckets that have rows. */
const MOST_BUCKETS = 2000;

/** The moments at which the buckets of a span begin. Empty where there would be too many. */
export function bucketsOf(span: Span, granularity: Granularity, zone: string): number[] {
    const moments: number[] = [];
    const end = toWall(span.to * 1000, zone);
    let wall = wallBucket(toWall(span.from * 1000, zone), granularity);
    while (wall < end) {
        moments.push(fromWall(wall, zone));
        if (moments.length > MOST_BUCKETS) return [];
        wall = nextWallBucket(wall, granularity);
    }
    return moments;
}
