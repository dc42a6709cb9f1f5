import { describe, expect, test } from 'vitest';
import { canBePassword } from '../../../api/shared';
import { baseOf, embedSnippet, fixed, isOnlyHere, viewAddress } from './addresses';
import { canEnd, dayIn, endOf, isOver } from './ends';

const noon = Date.parse('2027-01-31T12:00:00Z');

describe('the end of a link', () => {
    const end = (...[kind, day, zone]: [Parameters<typeof endOf>[0], string?, string?]) =>
        endOf(kind, day ?? '', noon, zone ?? 'UTC');
    test('is as far as it says', () => {
        expect(end('never')).toBeUndefined();
        expect(end('day')).toBe('2027-02-01T12:00:00.000Z');
        expect(end('week')).toBe('2027-02-07T12:00:00.000Z');
    });
    test('is the last of a month that has no such day', () => {
        expect(end('month')).toBe('2027-02-28T12:00:00.000Z');
        expect(endOf('month', '', Date.parse('2026-12-15T00:30:00Z'), 'UTC')).toBe('2027-01-15T00:30:00.000Z');
    });
    test('of a day is when that day is over where it was chosen', () => {
        expect(end('date', '2027-02-01')).toBe('2027-02-02T00:00:00.000Z');
        expect(end('date', '2027-02-01', 'Asia/Tokyo')).toBe('2027-02-01T15:00:00.000Z');
    });
    test('may be today, and not yesterday', () => {
        expect(dayIn(Date.parse('2027-01-31T16:00:00Z'), 'Asia/Tokyo')).toBe('2027-02-01');
        expect(canEnd('2027-01-31', noon, 'UTC')).toBe(true);
        expect(canEnd('2027-01-30', noon, 'UTC')).toBe(false);
        expect(canEnd('', noon, 'UTC')).toBe(false);
        expect(canEnd('12027-01-01', noon, 'UTC')).toBe(false);
    });
    test('is over when it is reached', () => {
        expect(isOver(null, noon)).toBe(false);
        expect(isOver('2027-01-31T12:00:00Z', noon)).toBe(true);
        expect(isOver('2027-01-31T12:00:01Z', noon)).toBe(false);
    });
});

test('the address says all that is in view, and nothing of the page itself', () => {
    const search = new URLSearchParams('filter=a+%3D+1&accounts=1,2&bare=1&theme=dark');
    const address = (range: Parameters<typeof viewAddress>[2]['range']) =>
        new URL(viewAddress('http://here:1', 'my net', { search, range, zone: 'Asia/Tokyo' }));
    const relative = address({ kind: 'relative', length: '7d' });
    expect(relative.origin + relative.pathname).toBe('http://here:1/dashboards/my%20net');
    expect(Object.fromEntries(relative.searchParams)).toEqual({
        filter: 'a = 1',
        accounts: '1,2',
        range: '7d',
        tz: 'Asia/Tokyo',
    });
    const absolute = address(fixed({ from: 1_800_000_000, to: 1_800_003_600 })).searchParams;
    expect([absolute.get('range'), absolute.get('from'), absolute.get('to')]).toEqual([
        null,
        '2027-01-15T08:00:00Z',
        '2027-01-15T09:00:00Z',
    ]);
});

test('an address of a server is one of the web', () => {
    expect(baseOf(' https://logs.example/flowtrail/ ')).toBe('https://logs.example/flowtrail');
    expect(baseOf('http://10.0.0.1:8420')).toBe('http://10.0.0.1:8420');
    expect(baseOf('https://x.example/?a#b')).toBe('https://x.example');
    for (const other of ['', 'logs.example', 'javascript:alert(1)', 'file:///x']) expect(baseOf(other)).toBeUndefined();
    for (const here of ['http://localhost:1', 'http://127.0.0.1', 'http://[::1]:2'])
        expect(isOnlyHere(here)).toBe(true);
    expect(isOnlyHere('https://logs.example')).toBe(false);
});

test('a title cannot leave its attribute in what is embedded', () => {
    const title = `"><script>alert('x')</script>&`;
    const snippet = embedSnippet('https://x.example/shared/abc', title);
    // Another element, as this one would be loaded.
    const frame = new DOMParser().parseFromString(snippet.replaceAll('iframe', 'section'), 'text/html').body;
    expect(frame.children.length).toBe(1);
    expect(frame.children[0]?.getAttribute('title')).toBe(title);
    expect(frame.children[0]?.getAttribute('src')).toBe('https://x.example/shared/abc?bare=1');
});

test('a password is what a header can carry', () => {
    for (const sound of ['x', 'open sesame', '~!"#%&', 'パス', 'ü']) expect(canBePassword(sound)).toBe(true);
    for (const odd of ['', ' x', 'x ', 'a\nb', 'パ'.repeat(67)]) expect(canBePassword(odd)).toBe(false);
});
