/** When a link is to end. */
import { fromWall, toWall } from '../../../time/zone';

export const ends = ['never', 'day', 'week', 'month', 'date'] as const;
export type End = (typeof ends)[number];

const DAY_MS = 86_400_000;

/** The day it is in a zone, as a date input has it. */
export function dayIn(epochMs: number, zone: string): string {
    return new Date(toWall(epochMs, zone)).toISOString().slice(0, 10);
}

/** The same day a month on; where the month is too short for it, its last. */
function monthLater(nowMs: number, zone: string): number {
    const wall = new Date(toWall(nowMs, zone));
    const day = wall.getUTCDate();
    wall.setUTCDate(1);
    wall.setUTCMonth(wall.getUTCMonth() + 1);
    const last = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 0)).getUTCDate();
    wall.setUTCDate(Math.min(day, last));
    return fromWall(wall.getTime(), zone);
}

/** The moment of an end, as the API takes it: a chosen day is over when it ends in the zone. Undefined: never. */
export function endOf(end: End, day: string, nowMs: number, zone: string): string | undefined {
    switch (end) {
        case 'never':
            return undefined;
        case 'day':
            return new Date(nowMs + DAY_MS).toISOString();
        case 'week':
            return new Date(nowMs + 7 * DAY_MS).toISOString();
        case 'month':
            return new Date(monthLater(nowMs, zone)).toISOString();
        case 'date':
            return new Date(fromWall(Date.parse(`${day}T00:00:00Z`) + DAY_MS, zone)).toISOString();
    }
}

/** Whether a day can be the last one of a link. */
export function canEnd(day: string, nowMs: number, zone: string): boolean {
    return /^\d{4}-\d\d-\d\d$/.test(day) && day >= dayIn(nowMs, zone);
}

export function isOver(expiresAt: string | null, nowMs: number): boolean {
    return expiresAt !== null && Date.parse(expiresAt) <= nowMs;
}
