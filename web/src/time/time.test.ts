import { describe, expect, test } from 'vitest';
import { bucketsOf, fittingGranularity, wallBucket } from './granularity';
import { brushed, previousSpan, readRange, shifted, spanOf, widened, writeRange } from './range';
import { fromWall, offsetMs, toWall } from './zone';

const at = (text: string) => Date.parse(text);

describe('ranges', () => {
    const read = (text: string) => readRange(new URLSearchParams(text), '24h');
    test('stand in the address and come back from it', () => {
        expect(read('range=7d')).toEqual({ kind: 'relative', length: '7d' });
        expect(read('')).toEqual({ kind: 'relative', length: '24h' });
        expect(read('range=nonsense')).toEqual({ kind: 'relative', length: '24h' });
        const absolute = { kind: 'absolute', from: 1763683200, to: 1763769600 } as const;
        expect(writeRange(absolute).from).toBe('2025-11-21T00:00:00Z');
        const search = new URLSearchParams();
        for (const [key, value] of Object.entries(writeRange(absolute))) if (value) search.set(key, value);
        expect(readRange(search, '24h')).toEqual(absolute);
        expect(read('from=1763683200&to=1763769600')).toEqual(absolute);
    });
    test('that end before they begin are none', () => {
        expect(read('from=1763769600&to=1763683200&range=1h')).toEqual({ kind: 'relative', length: '1h' });
    });
    test('up to now end with a whole minute', () => {
        const now = at('2026-11-20T10:00:01Z');
        expect(spanOf({ kind: 'relative', length: '1h' }, now)).toEqual({
            from: at('2026-11-20T09:01:00Z') / 1000,
            to: at('2026-11-20T10:01:00Z') / 1000,
        });
    });
    test('have one before, half a length beside, and twice as much around them', () => {
        const span = { from: 10_000, to: 13_600 };
        expect(previousSpan(span)).toEqual({ from: 6400, to: 10_000 });
        expect(shifted(span, -1)).toEqual({ kind: 'absolute', from: 8200, to: 11_800 });
        expect(widened(span)).toEqual({ kind: 'absolute', from: 8200, to: 15_400 });
    });
    test('dragged from right to left, or hardly at all, are ranges as well', () => {
        expect(brushed(200_000, 100_000)).toEqual({ kind: 'absolute', from: 100, to: 200 });
        expect(brushed(100_000, 100_001)).toEqual({ kind: 'absolute', from: 100, to: 160 });
    });
});

describe('zones', () => {
    test('know their offset at a moment', () => {
        expect(offsetMs(at('2026-07-01T00:00:00Z'), 'Europe/Berlin')).toBe(7_200_000);
        expect(offsetMs(at('2026-12-01T00:00:00Z'), 'Europe/Berlin')).toBe(3_600_000);
    });
    test('a wall clock and back is the same moment, on both sides of a change of the clock', () => {
        for (const text of ['2026-03-29T00:59:00Z', '2026-03-29T01:01:00Z', '2026-10-25T02:00:00Z']) {
            expect(fromWall(toWall(at(text), 'Europe/Berlin'), 'Europe/Berlin')).toBe(at(text));
        }
    });
});

describe('granularity', () => {
    test('fits the length', () => {
        const over = (seconds: number) => fittingGranularity({ from: 0, to: seconds });
        expect([over(3600), over(86_400), over(30 * 86_400), over(365 * 86_400), over(5 * 366 * 86_400)]).toEqual([
            'minute',
            'hour',
            'day',
            'week',
            'month',
        ]);
    });
    test('buckets begin on the clock of the zone, and weeks on Monday', () => {
        const span = { from: at('2026-11-20T10:00:00Z') / 1000, to: at('2026-11-22T10:00:00Z') / 1000 };
        const days = bucketsOf(span, 'day', 'Asia/Tokyo').map((moment) => new Date(moment).toISOString());
        expect(days).toEqual(['2026-11-19T15:00:00.000Z', '2026-11-20T15:00:00.000Z', '2026-11-21T15:00:00.000Z']);
        expect(wallBucket(at('2026-11-22T12:00:00Z'), 'week')).toBe(at('2026-11-16T00:00:00Z'));
        expect(wallBucket(at('2026-11-22T12:00:00Z'), 'month')).toBe(at('2026-11-01T00:00:00Z'));
    });
    test('a day of 25 hours has 25 hours', () => {
        const span = { from: at('2026-10-24T22:00:00Z') / 1000, to: at('2026-10-25T23:00:00Z') / 1000 };
        const moments = bucketsOf(span, 'hour', 'Europe/Berlin');
        expect(new Set(moments).size).toBe(moments.length);
        expect(moments.at(-1)).toBe(at('2026-10-25T22:00:00Z'));
    });
    test('too many are none', () => {
        expect(bucketsOf({ from: 0, to: 86_400 * 365 }, 'minute', 'UTC')).toEqual([]);
    });
});
