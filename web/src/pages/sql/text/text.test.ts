import { describe, expect, test } from 'vitest';
import { placeOf, positionOf, wordEnd } from './place';
import { oneLine, statementAt, statementsOf } from './statements';

const texts = (text: string) => statementsOf(text).map((statement) => statement.text);

describe('statements', () => {
    test('are parted by semicolons, empty ones are none', () => {
        expect(texts('select 1;; -- x\n select 2; -- end\n')).toEqual(['select 1', 'select 2']);
        expect(texts('')).toEqual([]);
        expect(texts('-- only words\n/* and ; more */')).toEqual([]);
    });

    test.each([
        ["select ';' a; select 2", ["select ';' a", 'select 2']],
        ["select 'it''s; here'; x", ["select 'it''s; here'", 'x']],
        ['select "a;b" from `c;d`; x', ['select "a;b" from `c;d`', 'x']],
        ['select $$a;b$$; select $t$ ; $$ ; $t$', ['select $$a;b$$', 'select $t$ ; $$ ; $t$']],
        ['select 1 -- ; not here\n+ 1; x', ['select 1 -- ; not here\n+ 1', 'x']],
        ['select 1 /* ; */ + 1; x', ['select 1 /* ; */ + 1', 'x']],
        ["select 'open; select 2", ["select 'open; select 2"]],
        ['select $1; select 2', ['select $1', 'select 2']],
    ])('%s', (text, expected) => expect(texts(text)).toEqual(expected));

    test('comments before a statement belong to it and are not sent', () => {
        const [first, second] = statementsOf('select 1;\n-- about two\nselect 2');
        expect(first?.end).toBe(9);
        expect(second?.text).toBe('select 2');
        expect(second?.start).toBe(9);
    });
});

describe('the statement at the cursor', () => {
    const text = 'select 1;\n\n-- two\nselect 2; select 3;\n';
    const at = (position: number) => statementAt(text, position)?.text;
    test.each([
        [0, 'select 1'],
        [8, 'select 1'],
        [9, 'select 1'],
        [10, 'select 2'],
        [13, 'select 2'],
        [text.indexOf('select 2') + 8, 'select 2'],
        [text.indexOf('; select 3') + 1, 'select 2'],
        [text.indexOf('select 3') + 1, 'select 3'],
        [text.length, 'select 3'],
    ])('at %d is %s', (position, expected) => expect(at(position)).toBe(expected));
    test('is none where there is none', () => expect(statementAt('  -- nothing', 4)).toBeUndefined());
    test('on the last line without a semicolon is the last', () => {
        expect(statementAt('select 1;\nselect 2', 18)?.text).toBe('select 2');
    });
});

describe('places', () => {
    test('count characters, not halves of them', () => {
        const text = "select 1;\nselect 'あ😀', srcadr";
        const position = positionOf(text, { line: 2, column: 14 });
        expect(text.slice(position, wordEnd(text, position))).toBe('srcadr');
        expect(placeOf(text, position)).toEqual({ line: 2, column: 14 });
    });
    test('beyond the text are at its end', () => {
        expect(positionOf('ab', { line: 9, column: 1 })).toBe(2);
        expect(positionOf('ab\ncd', { line: 1, column: 50 })).toBe(2);
    });
    test('mark a whole name, or one character', () => {
        expect(wordEnd('"a b" c', 0)).toBe(5);
        expect(wordEnd('(x', 0)).toBe(1);
    });
});

test('a name for a statement is one line', () => {
    expect(oneLine('select\n   1,\n 2')).toBe('select 1, 2');
    expect(oneLine('x'.repeat(500), 10)).toBe('xxxxxxxxx…');
});
