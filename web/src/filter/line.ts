/** Editing the filter line: `srcaddr in 10.0.0.0/8 and dstport = 22`. The server reads it; here terms are put in and taken out. */
import type { Cell } from '../api/table';
import { plainText } from '../format/cell';

export type Comparison = '=' | '!=';

/** What needs no quotes: addresses, numbers, ids, CIDRs, plain words that are not the line's own. */
const BARE = /^[A-Za-z0-9_.:/-]+$/;
const OWN_WORDS = new Set(['and', 'or', 'not', 'in', 'like', 'is', 'null']);

export function quoted(value: string): string {
    if (BARE.test(value) && !OWN_WORDS.has(value.toLowerCase())) return value;
    return `'${value.replaceAll("'", "''")}'`;
}

export function term(field: string, comparison: Comparison, value: Cell): string {
    // A field may be called anything; quotes keep it one word.
    const name = quoted(field);
    if (value === null) return comparison === '=' ? `${name} is null` : `${name} is not null`;
    return `${name} ${comparison} ${quoted(plainText(value))}`;
}

interface Word {
    text: string;
    start: number;
    end: number;
    depth: number;
}

/** Words outside of quotes, with how many brackets are around them. */
function wordsOf(line: string): Word[] {
    const words: Word[] = [];
    let depth = 0;
    for (const match of line.matchAll(/'(?:[^']|'')*'?|[()]|[^\s()']+/g)) {
        const [text] = match;
        if (text === ')') depth -= 1;
        words.push({ text, start: match.index, end: match.index + text.length, depth });
        if (text === '(') depth += 1;
    }
    return words;
}

/** The parts that `and` joins at the top; a line with `or` at the top is one part. */
export function partsOf(line: string): string[] {
    const words = wordsOf(line).filter((word) => word.depth === 0);
    if (words.length === 0) return [];
    if (words.some((word) => word.text.toLowerCase() === 'or')) return [line.trim()];
    const parts: string[] = [];
    let start = 0;
    for (const word of words) {
        if (word.text.toLowerCase() !== 'and') continue;
        parts.push(line.slice(start, word.start).trim());
        start = word.end;
    }
    parts.push(line.slice(start).trim());
    return parts.filter((part) => part !== '');
}

function hasTopLevelOr(line: string): boolean {
    return wordsOf(line).some((word) => word.depth === 0 && word.text.toLowerCase() === 'or');
}

/** The line with one more condition. What says the opposite goes, what says the same is not said twice. */
export function withTerm(line: string, field: string, comparison: Comparison, value: Cell): string {
    const added = term(field, comparison, value);
    const opposite = term(field, comparison === '=' ? '!=' : '=', value);
    if (hasTopLevelOr(line)) return `(${line.trim()}) and ${added}`;
    const parts = partsOf(line).filter((part) => part !== opposite && part !== added);
    return [...parts, added].join(' and ');
}
