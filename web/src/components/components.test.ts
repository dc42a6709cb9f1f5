import { expect, test } from 'vitest';
import { matching, score } from '../commands/registry';
import { changed } from '../state/location';
import { placed } from './Popover';
import { fileName } from './saveFile';

test('a popover stays inside of the window', () => {
    const room = { width: 400, height: 600 };
    const size = { width: 200, height: 300 };
    const anchor = (left: number, top: number) => ({ left, right: left + 40, top, bottom: top + 20 });
    expect(placed(anchor(10, 10), size, room)).toEqual({ left: 10, top: 34 });
    expect(placed(anchor(350, 10), size, room)).toEqual({ left: 190, top: 34 });
    expect(placed(anchor(10, 500), size, room)).toEqual({ left: 10, top: 196 });
    expect(placed(anchor(10, 200), { width: 800, height: 900 }, room)).toEqual({ left: 8, top: 8 });
});

test('commands are found by their words, in any order', () => {
    const commands = ['Theme: Dark', 'Go to SQL', 'Dashboard: Dark matter'].map((text) => ({
        id: text,
        text,
        run: () => undefined,
    }));
    expect(matching(commands, 'dark th').map(({ text }) => text)).toEqual(['Theme: Dark']);
    expect(matching(commands, '').length).toBe(3);
    expect(score('Go to SQL', 'x')).toBe(0);
});

test('names of files have nothing in them that means something', () => {
    expect(fileName('../../etc/<passwd>', 'csv')).toBe('etc passwd.csv');
    expect(fileName('拒否: 22', 'xlsx')).toBe('拒否 22.xlsx');
    expect(fileName('', 'png')).toBe('flowtrail.png');
    expect(fileName('W'.repeat(10_000), 'csv').length).toBe(84);
});

test('choices go into the address and out of it', () => {
    const search = new URLSearchParams('range=7d&filter=a+%3D+1');
    expect(changed(search, { filter: null, tz: 'UTC' }).toString()).toBe('range=7d&tz=UTC');
    expect(changed(search, { filter: '' }).toString()).toBe('range=7d');
});
