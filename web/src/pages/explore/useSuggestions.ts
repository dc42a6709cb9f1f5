/** What the filter line offers at the caret. Values are asked of the table, a moment after typing. */
import { useEffect, useState } from 'preact/hooks';
import type { Relation } from '../../api/catalog';
import type { Column } from '../../api/table';
import { useAnswer } from '../../api/useAnswer';
import type { CompletionContext } from '../../filter/completion';
import { plainText, toNumber } from '../../format/cell';
import { formatCount } from '../../format/number';
import { messages } from '../../messages';
import { scope } from '../../state/scope';
import { searchTerm } from './facets/search';
import { EITHER_END, fieldColumn, groupFields, timeColumn } from './state/relations';
import { valuesStatement } from './statement/ask';

export interface Suggestion {
    text: string;
    shown?: string;
    note?: string;
    /** Quoted where it has to be. */
    isValue?: boolean;
}

const MOST_VALUES = 30;
const MOST_SHOWN = 60;
const TYPING_MS = 150;

export function useSuggestions(relation: Relation | undefined, context: CompletionContext | undefined): Suggestion[] {
    const values = useValues(relation, context);
    if (!relation || !context) return [];
    return offered(relation, context, values).slice(0, MOST_SHOWN);
}

export function offered(relation: Relation, context: CompletionContext, values: Suggestion[]): Suggestion[] {
    const { expects, typed } = context;
    switch (expects) {
        case 'field':
            return fitting([...fieldsOf(relation), { text: 'not' }, { text: '(' }], typed);
        case 'operator':
            return fitting(operatorsOf(relation, context), typed);
        case 'joiner':
            return context.isInList ? [{ text: ')' }] : fitting([{ text: 'and' }, { text: 'or' }], typed);
        case 'value':
            return fitting(values, typed);
    }
}

/** What begins with it before what has it somewhere; nothing where it is said in full already. */
function fitting(all: Suggestion[], typed: string): Suggestion[] {
    const wanted = typed.toLowerCase();
    const found = all.filter((one) => one.text.toLowerCase().includes(wanted));
    if (found.length === 1 && found[0]?.text.toLowerCase() === wanted) return [];
    const begins = (one: Suggestion) => Number(one.text.toLowerCase().startsWith(wanted));
    return [...found].sort((a, b) => begins(b) - begins(a));
}

function fieldsOf(relation: Relation): Suggestion[] {
    const time = timeColumn(relation)?.column;
    const all = [...groupFields(relation), ...(time ? [time] : [])];
    return all.map((column) => ({
        text: column.name,
        isValue: true,
        note: EITHER_END.has(column.name) ? messages.value.explore.eitherEnd : column.kind,
    }));
}

function operatorsOf(relation: Relation, context: CompletionContext): Suggestion[] {
    if (context.operator === 'not') return [{ text: 'in' }, { text: 'like' }];
    if (context.operator === 'is') return [{ text: 'null' }, { text: 'not null' }];
    if (context.operator === 'is not') return [{ text: 'null' }];
    const kind = fieldColumn(relation, context.field?.toLowerCase() ?? '')?.kind ?? 'text';
    const ordered = kind === 'number' || kind === 'time' || kind === 'date';
    const words = ['=', '!='];
    if (ordered) words.push('>', '>=', '<', '<=');
    if (kind !== 'boolean') words.push('in', 'not in');
    if (kind === 'text') words.push('like', 'not like');
    words.push('is null', 'is not null');
    return words.map((text) => ({ text }));
}

const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const PROTOCOLS = ['tcp', 'udp', 'icmp', 'icmpv6'];

/** Values everybody knows, which need no asking. */
function knownValues(column: Column, context: CompletionContext): Suggestion[] {
    if (column.kind === 'boolean') return ['true', 'false'].map((text) => ({ text, isValue: true }));
    if (column.name === 'protocol') return PROTOCOLS.map((text) => ({ text, isValue: true }));
    const isBlock = /addr(ess)?$/.test(column.name) && /in$/.test(context.operator ?? '');
    return isBlock ? PRIVATE_BLOCKS.map((text) => ({ text, isValue: true })) : [];
}

function useValues(relation: Relation | undefined, context: CompletionContext | undefined): Suggestion[] {
    const field = context?.expects === 'value' ? context.field?.toLowerCase() : undefined;
    const column = relation && field !== undefined ? fieldColumn(relation, field) : undefined;
    const typed = useLater(context?.typed ?? '');
    const asks = relation && column && column.kind !== 'boolean' && column.kind !== 'other' && column.kind !== 'time';
    const { from, to, granularity, time_zone } = scope.value;
    const search = column?.kind === 'text' ? searchTerm(column, typed.replace(/^%|%$/g, '')) : undefined;
    const { answer, asked } = useAnswer(
        asks
            ? {
                  sql: valuesStatement(relation, column.name, MOST_VALUES),
                  scope: { from, to, granularity, time_zone, ...(search ? { filter: search } : {}) },
              }
            : undefined,
    );
    if (!context || !column) return [];
    const list = context.operator === 'in' && context.isInList !== true ? [{ text: '(' }] : [];
    const known = [...knownValues(column, context), ...list];
    // The answer of another field is not this one's.
    if (!asks || asked?.sql !== valuesStatement(relation, column.name, MOST_VALUES)) return known;
    const found = (answer?.rows ?? [])
        .filter(([value]) => value !== null && value !== undefined)
        .map(([value = null, count = null]) => ({
            text: plainText(value),
            isValue: true,
            note: formatCount(toNumber(count) ?? 0),
        }));
    return [...known, ...found];
}

function useLater(value: string): string {
    const [later, setLater] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setLater(value), TYPING_MS);
        return () => clearTimeout(timer);
    }, [value]);
    return later;
}
