/** Which buckets of a time axis have a label. */
import { toWall } from '../../time/zone';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const steps = [1, 2, 5, 10, 15, 30]
    .map((n) => n * MINUTE)
    .concat(
        [1, 2, 3, 6, 12].map((n) => n * HOUR),
        [1, 2, 7].map((n) => n * DAY),
    );

/** Round times that are not too many; every n-th bucket where none are round. */
export function labelled(moments: number[], zone: string, most: number): Set<number> {
    const first = moments[0];
    const last = moments.at(-1);
    if (first === undefined || last === undefined) return new Set();
    if (moments.length <= most) return new Set(moments.keys());
    for (const step of steps) {
        if ((last - first) / step > most) continue;
        const found = new Set<number>();
        for (const [at, moment] of moments.entries()) {
            // Weeks are counted from a Monday; 1 January 1970 was a Thursday.
            const wall = toWall(moment, zone) + (step === 7 * DAY ? 3 * DAY : 0);
            if (wall % step === 0) found.add(at);
        }
        if (found.size > 1 && found.size <= most + 1) return found;
    }
    const midnights = [...moments.keys()].filter((at) => toWall(moments[at] ?? 0, zone) % DAY === 0);
    return everyNth(midnights.length > 1 ? midnights : [...moments.keys()], most);
}

function everyNth(places: number[], most: number): Set<number> {
    const every = Math.ceil(places.length / Math.max(1, most));
    return new Set(places.filter((_, at) => at % every === 0));
}
