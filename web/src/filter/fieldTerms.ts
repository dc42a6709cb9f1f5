/** What a filter line says of one field's values: which are let through, which are not; and changing that. */
import type { Cell } from '../api/table';
import { plainText } from '../format/cell';
import { readCondition, type Test } from './condition';
import { partsOf, quoted } from './line';

export interface FieldTerms {
    /** By `valueKey`. Empty: all. */
    included: Cell[];
    excluded: Cell[];
}

/** NULL and an empty text are two values. */
export function valueKey(cell: Cell): string {
    return cell === null ? 'n' : `v${plainText(cell)}`;
}

const IS_MANY = /^[0-9a-fA-F:.]+\/\d{1,3}$|^\d+-\d+$/;

function sameField(test: Test, field: string): boolean {
    return test.field.toLowerCase() === field.toLowerCase();
}

/** The test a part of the line is, where it is of this field and lists values. */
function listing(part: string, field: string): Test | undefined {
    const condition = readCondition(part);
    if (condition?.kind !== 'test' || !sameField(condition, field)) return undefined;
    // A block of addresses or a range of ports is no value among others: it stays what it is.
    if (condition.values.some((word) => !word.isQuoted && IS_MANY.test(word.text))) return undefined;
    return /^(=|!=|in|not in|is|is not)$/.test(condition.operator) ? condition : undefined;
}

export function fieldTerms(line: string, field: string): FieldTerms {
    const terms: FieldTerms = { included: [], excluded: [] };
    for (const part of partsOf(line)) {
        const test = listing(part, field);
        if (!test) continue;
        const values: Cell[] = test.values.length === 0 ? [null] : test.values.map((word) => word.text);
        const isPositive = test.operator === '=' || test.operator === 'in' || test.operator === 'is';
        (isPositive ? terms.included : terms.excluded).push(...values);
    }
    return terms;
}

function otherParts(line: string, field: string): string[] {
    return partsOf(line).filter((part) => listing(part, field) === undefined);
}

/** The line without what it says of a field's values: for counting all of them. */
export function withoutField(line: string, field: string): string {
    return otherParts(line, field).join(' and ');
}

/** An `or` at the top stands in brackets as soon as something is added. */
function joined(parts: string[]): string {
    if (parts.length < 2) return parts.join('');
    return parts.map((part) => (readCondition(part)?.kind === 'or' ? bracketed(part) : part)).join(' and ');
}

function bracketed(part: string): string {
    return `(${part})`;
}

function termsOf(name: string, values: Cell[], isNegated: boolean): string[] {
    const field = quoted(name);
    const words = values.filter((value) => value !== null).map((value) => quoted(plainText(value)));
    const isNull = values.some((value) => value === null);
    const list = words.length === 1 ? (words[0] ?? '') : `(${words.join(', ')})`;
    const operator = words.length === 1 ? (isNegated ? '!=' : '=') : isNegated ? 'not in' : 'in';
    const parts = words.length > 0 ? [`${field} ${operator} ${list}`] : [];
    if (isNull && isNegated) return [...parts, `${field} is not null`];
    if (isNull) return parts.length > 0 ? [`(${parts.join('')} or ${field} is null)`] : [`${field} is null`];
    return parts;
}

export function withFieldTerms(line: string, field: string, terms: FieldTerms): string {
    return joined([
        ...otherParts(line, field),
        ...termsOf(field, terms.included, false),
        ...termsOf(field, terms.excluded, true),
    ]);
}

function has(values: Cell[], value: Cell): boolean {
    return values.some((one) => valueKey(one) === valueKey(value));
}

function without(values: Cell[], value: Cell): Cell[] {
    return values.filter((one) => valueKey(one) !== valueKey(value));
}

/** `only`: this value and no other, or all again; `also`: in or out of those let through; `not`: filtered out, or no longer. */
export type Toggle = 'only' | 'also' | 'not';

export function toggledTerm(line: string, field: string, value: Cell, how: Toggle): string {
    const { included, excluded } = fieldTerms(line, field);
    const next: FieldTerms = { included: without(included, value), excluded: without(excluded, value) };
    if (how === 'not') {
        if (!has(excluded, value)) next.excluded.push(value);
    } else if (how === 'also') {
        if (!has(included, value)) next.included.push(value);
    } else {
        const isAlone = included.length === 1 && has(included, value);
        next.included = isAlone ? [] : [value];
        next.excluded = [];
    }
    return withFieldTerms(line, field, next);
}
