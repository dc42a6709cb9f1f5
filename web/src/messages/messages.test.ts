import { expect, test } from 'vitest';
import { en } from './en';
import { ja } from './ja';

function leaves(value: unknown, path = ''): [string, string][] {
    if (typeof value === 'string') return [[path, value]];
    if (typeof value === 'function') {
        return [[path, String((value as (...words: string[]) => string)('<1>', '<2>', '<3>', '<4>'))]];
    }
    return Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

test('both languages have the same texts, in the same places', () => {
    expect(leaves(ja).map(([path]) => path)).toEqual(leaves(en).map(([path]) => path));
});

test('the Japanese texts are Japanese', () => {
    const same = ['.shell.sql', '.filter.placeholder', '.editor.runKey'];
    const untranslated = leaves(ja)
        .filter(([path, text]) => !same.includes(path) && !/[ぁ-んァ-ヶ一-龠]/.test(text))
        .map(([path]) => path);
    expect(untranslated).toEqual(['.filter.vpcs']);
});

test('a text with words in it says all of them in both languages', () => {
    const words = (text: string) => (text.match(/<[1-4]>/g) ?? []).sort();
    const japanese = new Map(leaves(ja));
    for (const [path, text] of leaves(en)) expect([path, words(japanese.get(path) ?? '')]).toEqual([path, words(text)]);
});
