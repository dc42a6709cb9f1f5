/** What a person chose on this page and finds again: accent, how many rows, the text. */
import { effect, signal } from '@preact/signals';
import type { Accent } from '../../api/statements';
import { isText, readKept, writeKept } from './kept';

export const accents: Accent[] = ['auto', 'athena', 'snowflake', 'postgres'];
/** Names of products, the same in every language. */
export const accentNames: Record<Exclude<Accent, 'auto'>, string> = {
    athena: 'Athena / Trino',
    snowflake: 'Snowflake',
    postgres: 'PostgreSQL',
};

export const rowLimits = [1000, 10_000, 100_000, 1_000_000];

const isAccent = (value: unknown): value is Accent => accents.some((accent) => accent === value);
const isLimit = (value: unknown): value is number => rowLimits.some((limit) => limit === value);

export const accent = signal<Accent>(readKept('accent', isAccent) ?? 'auto');
export const rowLimit = signal<number>(readKept('rows', isLimit) ?? 100_000);

/** The text in the editor, wherever it came from. */
export const text = signal(readKept('text', isText) ?? '');

effect(() => {
    writeKept('accent', accent.value);
});
effect(() => {
    writeKept('rows', rowLimit.value);
});
