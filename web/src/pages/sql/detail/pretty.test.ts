import { expect, test } from 'vitest';
import { looksLikeJson, prettyPieces } from './pretty';

const pretty = (json: string) =>
    prettyPieces(json)
        .map((piece) => piece.text)
        .join('');

test('JSON is set out as JSON.stringify does', () => {
    for (const value of [{}, [], { a: [1, { b: 'x: {y}, "z"' }], c: null, d: {} }, ['\\', '"', 'あ']]) {
        expect(pretty(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    }
});

test('numbers stay as they are written', () => {
    expect(pretty('[9007199254740993,1.50]')).toBe('[\n  9007199254740993,\n  1.50\n]');
});

test('what only looks like it is left', () => {
    expect(looksLikeJson('{"a": 1}')).toBe(true);
    expect(looksLikeJson('[not json')).toBe(false);
    expect(looksLikeJson('{a: 1}')).toBe(false);
    expect(looksLikeJson('12')).toBe(false);
});
