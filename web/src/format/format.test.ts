import { afterEach, describe, expect, test } from 'vitest';
import type { Column } from '../api/table';
import { language } from '../state/settings';
import { cellText, shortened, toNumber } from './cell';
import { formatSeconds } from './duration';
import { formatBytes, formatChange, formatCount, formatFull, formatPercent } from './number';
import { formatBucket, formatMoment, formatOffset, formatTick } from './time';
import { formatLong, guessUnit } from './unit';

afterEach(() => (language.value = 'en'));
/** Units keep to their numbers by a space that does not break. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
    test.each([
        [0, '0'],
        [7, '7'],
        [1.234, '1.23'],
        [999, '999'],
        [12_345, '12.3 k'],
        [123_456, '123 k'],
        [999_960, '1 M'],
        [1_250_000_000, '1.3 G'],
        [-12_345, '-12.3 k'],
    ])('%d as a count is %s', (value, text) => expect(plain(formatCount(value))).toBe(text));

    test.each([
        [0, '0 B'],
        [999, '999 B'],
        [1_234_567_890, '1.2 GB'],
        [45_600_000_000_000, '45.6 TB'],
    ])('%d bytes are %s', (value, text) => expect(plain(formatBytes(value))).toBe(text));

    test('in full, and as shares', () => {
        expect(formatFull(1_234_567.891)).toBe('1,234,567.89');
        expect(plain(formatLong(1_234_567, 'bytes'))).toBe('1.2 MB (1,234,567)');
        expect(plain(formatPercent(12.34))).toBe('12.3 %');
        expect(plain(formatChange(0.123))).toBe('+12 %');
        expect(formatChange(26.8)).toBe('×28');
        expect(plain(formatChange(-0.0123))).toBe('-1.2 %');
    });

    test.each([
        [0, '0 s'],
        [0.23, '230 ms'],
        [4.2, '4.2 s'],
        [200, '3m 20s'],
        [18_720, '5h 12m'],
        [792_000, '9d 4h'],
        [59.99 * 60, '59m 59s'],
        [3599.9, '60m'],
    ])('%d seconds are %s', (value, text) => expect(plain(formatSeconds(value))).toBe(text));
});

describe('time', () => {
    const moment = Date.parse('2026-11-20T10:00:00Z');
    test('in the zone that was chosen', () => {
        expect(formatMoment(moment, 'Asia/Tokyo')).toBe('2026-11-20 19:00:00');
        expect(formatMoment(moment + 120, 'UTC')).toBe('2026-11-20 10:00:00.120');
        expect(formatOffset(moment, 'Asia/Kolkata')).toBe('UTC+5:30');
        expect(formatOffset(moment, 'America/New_York')).toBe('UTC-5');
    });
    test('in the language that was chosen', () => {
        expect(formatBucket(moment, 'UTC', 'hour')).toBe('20 Nov 2026, 10:00');
        expect(formatBucket(moment, 'UTC', 'month')).toBe('Nov 2026');
        language.value = 'ja';
        expect(formatBucket(moment, 'UTC', 'day')).toBe('2026年11月20日');
    });
    test('an axis says the day at midnight of its zone', () => {
        const midnight = Date.parse('2026-11-19T15:00:00Z');
        expect(formatTick(midnight, 'Asia/Tokyo', 86_400)).toBe('20 Nov');
        expect(formatTick(midnight, 'UTC', 86_400)).toBe('15:00');
    });
});

describe('cells', () => {
    const column = (name: string, kind: Column['kind']): Column => ({ name, kind, type: '' });
    test('are text, whatever is in them', () => {
        expect(cellText('<img src=x>', column('a', 'text'), 'UTC')).toBe('<img src=x>');
        expect(cellText({ a: 1 }, column('a', 'other'), 'UTC')).toBe('{"a":1}');
        expect(cellText('9007199254740993', column('n', 'number'), 'UTC')).toBe('9007199254740993');
        expect(cellText(12345, column('n', 'number'), 'UTC')).toBe('12,345');
        expect(cellText(3389, column('dstport', 'number'), 'UTC')).toBe('3389');
        expect(cellText('2026-11-20T10:00:00Z', column('t', 'time'), 'UTC')).toBe('2026-11-20 10:00:00');
    });
    test('that are endless are cut where they are shown', () => {
        expect(shortened('x'.repeat(10_000)).length).toBe(300);
    });
    test('are numbers where they look like them', () => {
        expect(toNumber('12.5')).toBe(12.5);
        expect(toNumber('')).toBeNull();
        expect(toNumber('x')).toBeNull();
    });
    test('units are guessed by name', () => {
        expect(guessUnit('bytes')).toBe('bytes');
        expect(guessUnit('sum_bytes')).toBe('bytes');
        expect(guessUnit('srcaddrcount')).toBe('count');
        expect(guessUnit('lag_s')).toBe('seconds');
    });
});
