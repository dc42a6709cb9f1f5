/** Wall-clock arithmetic in a time zone, from what Intl knows. */

const parts = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, number>();

function formatOf(zone: string): Intl.DateTimeFormat {
    let format = parts.get(zone);
    if (!format) {
        format = new Intl.DateTimeFormat('en-US', {
            timeZone: zone,
            hourCycle: 'h23',
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            second: 'numeric',
        });
        parts.set(zone, format);
    }
    return format;
}

export function isZone(zone: string): boolean {
    try {
        formatOf(zone);
        return true;
    } catch {
        return false;
    }
}

/** Offsets change on quarter hours only, so one look-up serves fifteen minutes. */
const QUARTER_MS = 900_000;

/** What to add to UTC for the wall clock in `zone` at this moment. */
export function offsetMs(epochMs: number, zone: string): number {
    if (zone === 'UTC') return 0;
    const quarter = Math.floor(epochMs / QUARTER_MS) * QUARTER_MS;
    const key = `${zone} ${String(quarter)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const field: Record<string, number> = {};
    for (const part of formatOf(zone).formatToParts(quarter)) field[part.type] = Number(part.value);
    const wall = Date.UTC(
        field['year'] ?? 1970,
        (field['month'] ?? 1) - 1,
        field['day'] ?? 1,
        field['hour'] ?? 0,
        field['minute'] ?? 0,
        field['second'] ?? 0,
    );
    const offset = wall - quarter;
    if (known.size > 20_000) known.clear();
    known.set(key, offset);
    return offset;
}

/** The wall clock as if it were UTC: what axes and date inputs are given. */
export function toWall(epochMs: number, zone: string): number {
    return epochMs + offsetMs(epochMs, zone);
}

/** The moment at which the clock on the wall shows this. In an hour that comes twice, the first. */
export function fromWall(wallMs: number, zone: string): number {
    const guess = wallMs - offsetMs(wallMs, zone);
    return wallMs - offsetMs(guess, zone);
}

export function browserZone(): string {
    return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function allZones(): string[] {
    const zones = Intl.supportedValuesOf('timeZone');
    return zones.includes('UTC') ? zones : ['UTC', ...zones];
}
