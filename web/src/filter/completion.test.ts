import { describe, expect, test } from 'vitest';
import { completed, completionAt } from './completion';
import { readCondition } from './condition';
import { fieldTerms, toggledTerm, withoutField } from './fieldTerms';
import { piecesOf } from './pieces';

/** The caret is where the bar is. */
function at(marked: string) {
    const caret = marked.indexOf('|');
    return completionAt(marked.replace('|', ''), caret);
}

describe('what the filter line expects', () => {
    test.each([
        ['|', 'field', ''],
        ['src|', 'field', 'src'],
        ['srcaddr |', 'operator', ''],
        ['srcaddr i|', 'operator', 'i'],
        ['srcaddr not |', 'operator', ''],
        ['srcaddr = |', 'value', ''],
        ['srcaddr =|', 'value', ''],
        ['srcaddr=10.|', 'value', '10.'],
        ["who = 'a b|", 'value', 'a b'],
        ['dstport in (|', 'value', ''],
        ['dstport in (22, 3|', 'value', '3'],
        ['dstport in (22 |', 'joiner', ''],
        ['dstport in (22) |', 'joiner', ''],
        ['dstport = 22 |', 'joiner', ''],
        ['dstport = 22 an|', 'joiner', 'an'],
        ['dstport = 22 and |', 'field', ''],
        ['not (a = 1 or |', 'field', ''],
        ['a is |', 'operator', ''],
        ['a is null |', 'joiner', ''],
        ['a is not null |', 'joiner', ''],
        ['not dst|', 'field', 'dst'],
    ])('at %s: a %s', (marked, expects, typed) => {
        expect(at(marked)).toMatchObject({ expects, typed });
    });
    test('knows the field and how it is compared, in the middle of a line as well', () => {
        expect(at('a = 1 and dstport in (22, 4|) and b = 2')).toMatchObject({
            field: 'dstport',
            operator: 'in',
            isInList: true,
        });
        expect(at('action = AC| and b = 2')).toMatchObject({ start: 9, end: 11 });
    });
    test('says `and` inside of a quoted text is text', () => {
        expect(at("who = 'x and y|'")).toMatchObject({ expects: 'value', typed: 'x and y' });
    });
});

describe('a choice', () => {
    const put = (marked: string, choice: string, isValue = false) => {
        const line = marked.replace('|', '');
        return completed(line, completionAt(line, marked.indexOf('|')), choice, isValue);
    };
    test('takes the place of what was typed', () => {
        expect(put('srcaddr = 1 and dst|', 'dstport').line).toBe('srcaddr = 1 and dstport ');
        expect(put('act| = ACCEPT', 'action')).toEqual({ line: 'action = ACCEPT', caret: 7 });
    });
    test('is quoted where it is a value', () => {
        const hostile = "x' or action = 'ACCEPT";
        const { line } = put('who = x|', hostile, true);
        expect(line).toBe("who = 'x'' or action = ''ACCEPT' ");
        expect(readCondition(line)).toMatchObject({ kind: 'test', values: [{ text: hostile, isQuoted: true }] });
    });
    test('keeps its distance', () => {
        expect(put('dstport =|', '443', true).line).toBe('dstport = 443 ');
        expect(put('dstport in (|)', '443', true).line).toBe('dstport in (443)');
    });
});

describe('pieces', () => {
    test('are cut as the server cuts them', () => {
        expect(piecesOf(`a>=1 and(b in('x''y',"z"))`).map((piece) => piece.text)).toEqual([
            'a',
            '>=',
            '1',
            'and',
            '(',
            'b',
            'in',
            '(',
            "x'y",
            ',',
            'z',
            ')',
            ')',
        ]);
    });
    test('know that a quote is open', () => {
        expect(piecesOf("a = 'x''").at(-1)).toMatchObject({ text: "x'", isOpen: true });
        expect(piecesOf("a = 'x'''").at(-1)).toMatchObject({ text: "x'", isOpen: false });
        expect(piecesOf("a = '").at(-1)).toMatchObject({ text: '', isOpen: true });
    });
});

describe('conditions', () => {
    test('bind as the server has it: not, and, or', () => {
        expect(readCondition('a = 1 or not b = 2 and c = 3')).toMatchObject({
            kind: 'or',
            parts: [{ field: 'a' }, { kind: 'and', parts: [{ kind: 'not' }, { field: 'c' }] }],
        });
    });
    test.each(['dstport 22', 'dstport =', '= 22', '(a = 1', 'a = 1 b = 2', 'a in ()', 'a is', "a = 'x", ''])(
        'that the server would refuse are none: %s',
        (line) => expect(readCondition(line)).toBeUndefined(),
    );
    test('deeper than the server goes are none', () => {
        expect(readCondition(`${'('.repeat(40)}a = 1${')'.repeat(40)}`)).toBeUndefined();
    });
});

describe('values of a field', () => {
    test('are read from the line', () => {
        expect(fieldTerms("a in (x, 'y z') and b = 1 and a != q and a is not null", 'a')).toEqual({
            included: ['x', 'y z'],
            excluded: ['q', null],
        });
    });
    test('are chosen alone, beside others, or filtered out', () => {
        expect(toggledTerm('b = 1', 'a', 'x', 'only')).toBe('b = 1 and a = x');
        expect(toggledTerm('b = 1 and a = x', 'a', 'x', 'only')).toBe('b = 1');
        expect(toggledTerm('a = x', 'a', 'y', 'only')).toBe('a = y');
        expect(toggledTerm('a = x', 'a', 'y', 'also')).toBe('a in (x, y)');
        expect(toggledTerm('a in (x, y)', 'a', 'x', 'also')).toBe('a = y');
        expect(toggledTerm('a = x', 'a', 'x', 'not')).toBe('a != x');
        expect(toggledTerm('a != x', 'a', 'y', 'not')).toBe('a not in (x, y)');
        expect(toggledTerm('a not in (x, y)', 'a', 'x', 'not')).toBe('a != y');
        expect(toggledTerm('a != x', 'a', 'y', 'only')).toBe('a = y');
    });
    test('may be NULL, alone and with others', () => {
        expect(toggledTerm('', 'a', null, 'only')).toBe('a is null');
        expect(toggledTerm('', 'a', null, 'not')).toBe('a is not null');
        expect(readCondition(toggledTerm('a = x', 'a', null, 'also'))).toMatchObject({ kind: 'or' });
    });
    test('are quoted, whatever is in them', () => {
        const hostile = "x') or action = ACCEPT or a in ('y";
        const line = toggledTerm('b = 1', 'a', hostile, 'only');
        expect(fieldTerms(line, 'a').included).toEqual([hostile]);
        expect(fieldTerms(toggledTerm(line, 'a', 'and', 'also'), 'a').included).toEqual([hostile, 'and']);
        expect(fieldTerms(toggledTerm('', 'a', '', 'only'), 'a').included).toEqual(['']);
    });
    test('of a field that is called like a condition', () => {
        const line = toggledTerm('', 'a = 1 or b', 'x', 'only');
        expect(line).toBe("'a = 1 or b' = x");
        expect(fieldTerms(line, 'a = 1 or b').included).toEqual(['x']);
    });
    test('leave an or in its brackets', () => {
        expect(toggledTerm('a = 1 or b = 2', 'c', 'x', 'only')).toBe('(a = 1 or b = 2) and c = x');
    });
    test('are no blocks and no ranges: those stay', () => {
        expect(fieldTerms('srcaddr in 10.0.0.0/8', 'srcaddr').included).toEqual([]);
        expect(toggledTerm('srcaddr in 10.0.0.0/8', 'srcaddr', '10.0.0.1', 'only')).toBe(
            'srcaddr in 10.0.0.0/8 and srcaddr = 10.0.0.1',
        );
        expect(withoutField('dstport in 1-1023 and dstport != 22', 'dstport')).toBe('dstport in 1-1023');
    });
});
