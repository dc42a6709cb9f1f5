/** A filter line as SQL, for statements that leave the console's filters behind. It means what the server makes of the line. */
import type { Column } from '../../../api/table';
import { type Condition, type FilterWord, readCondition, type Test } from '../../../filter/condition';
import { identifier, literal } from './quoting';

/** Names for several fields, any of which may hold the value. */
const EITHER = new Map([
    ['addr', ['srcaddr', 'dstaddr', 'sourceipaddress', 'source_address']],
    ['port', ['srcport', 'dstport']],
]);
const BLOCK = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)\/\d{1,3}$/;
const RANGE = /^(\d+)-(\d+)$/;
const NUMBER = /^-?\d+(\.\d+)?$/;
/** The protocols people write by name. */
const PROTOCOLS = new Map([
    ['icmp', '1'],
    ['tcp', '6'],
    ['udp', '17'],
    ['gre', '47'],
    ['esp', '50'],
    ['ah', '51'],
    ['icmpv6', '58'],
    ['sctp', '132'],
]);

/** Undefined where nothing is filtered, or where the relation lacks a field of it: then the server does not filter either. */
export function sqlCondition(line: string, columns: Column[]): string | undefined {
    const condition = readCondition(line);
    return condition && written(condition, columns);
}

function written(condition: Condition, columns: Column[]): string | undefined {
    switch (condition.kind) {
        case 'and':
        case 'or': {
            const parts = condition.parts.map((part) => written(part, columns));
            const inner = parts.map((part, at) => (condition.parts[at]?.kind === 'or' ? `(${part ?? ''})` : part));
            return parts.includes(undefined) ? undefined : inner.join(condition.kind === 'and' ? '\n  and ' : ' or ');
        }
        case 'not': {
            const inner = written(condition.part, columns);
            return inner === undefined ? undefined : `(${inner}) is not true`;
        }
        case 'test':
            return testSql(condition, columns);
    }
}

function testSql(test: Test, columns: Column[]): string | undefined {
    const name = test.field.toLowerCase();
    const fields = (EITHER.get(name) ?? [name])
        .map((one) => columns.find((column) => column.name.toLowerCase() === one))
        .filter((column) => column !== undefined);
    if (fields.length === 0) return undefined;
    const asked = fields.map((column) => asks(column, test)).join(' or ');
    const isNegated = test.operator === '!=' || test.operator.includes('not');
    if (isNegated) return `(${asked}) is not true`;
    return fields.length > 1 ? `(${asked})` : asked;
}

/** The test without its negation. */
function asks(column: Column, test: Test): string {
    const name = identifier(column.name);
    const [first] = test.values;
    switch (test.operator) {
        case 'is':
        case 'is not':
            return `${name} is null`;
        case '=':
        case '!=':
        case 'in':
        case 'not in':
            return anyOf(column, test.values);
        case 'like':
        case 'not like':
            return `${name} ilike ${literal(first?.text ?? '')}`;
        case '<':
        case '<=':
        case '>':
        case '>=':
            return `${name} ${test.operator} ${value(column, first)}`;
    }
}

function anyOf(column: Column, words: FilterWord[]): string {
    const name = identifier(column.name);
    const parts: string[] = [];
    const plain: string[] = [];
    for (const word of words) {
        const range = RANGE.exec(word.text);
        if (column.kind === 'text' && !word.isQuoted && BLOCK.test(word.text)) {
            parts.push(`ip_in(${name}, ${literal(word.text)})`);
        } else if (column.kind === 'number' && range) {
            parts.push(`${name} between ${range[1] ?? '0'} and ${range[2] ?? '0'}`);
        } else {
            plain.push(value(column, word));
        }
    }
    if (plain.length === 1) parts.push(`${name} = ${plain[0] ?? ''}`);
    else if (plain.length > 1) parts.push(`${name} in (${plain.join(', ')})`);
    return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' or ')})`;
}

function value(column: Column, word: FilterWord | undefined): string {
    const text = word?.text ?? '';
    if (column.kind === 'number' && NUMBER.test(text)) return text;
    if (column.name === 'protocol') return PROTOCOLS.get(text.toLowerCase()) ?? literal(text);
    if (column.kind === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase();
    if (column.kind === 'time') return `timestamp ${literal(text)}`;
    return literal(text);
}
