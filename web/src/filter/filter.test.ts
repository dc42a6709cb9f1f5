import { describe, expect, test } from 'vitest';
import type { Catalog } from '../api/catalog';
import { filterValue } from './fields';
import { partsOf, quoted, term, withTerm } from './line';

describe('the filter line', () => {
    test('quotes what it has to', () => {
        expect(quoted('10.0.0.0/8')).toBe('10.0.0.0/8');
        expect(quoted('2001:db8::1')).toBe('2001:db8::1');
        expect(quoted('and')).toBe("'and'");
        expect(quoted("O'Neil or x")).toBe("'O''Neil or x'");
        expect(quoted('')).toBe("''");
    });
    test('knows NULL', () => {
        expect(term('action', '=', null)).toBe('action is null');
        expect(term('action', '!=', null)).toBe('action is not null');
    });
    test('takes one more', () => {
        expect(withTerm('', 'dstport', '=', 22)).toBe('dstport = 22');
        expect(withTerm('srcaddr in 10.0.0.0/8', 'dstport', '=', 22)).toBe('srcaddr in 10.0.0.0/8 and dstport = 22');
    });
    test('says nothing twice, and no contradictions', () => {
        expect(withTerm('dstport = 22 and a = 1', 'dstport', '=', 22)).toBe('a = 1 and dstport = 22');
        expect(withTerm('dstport != 22 and a = 1', 'dstport', '=', 22)).toBe('a = 1 and dstport = 22');
    });
    test('puts brackets round an or, and only there', () => {
        expect(withTerm('a = 1 or b = 2', 'c', '!=', 'x')).toBe('(a = 1 or b = 2) and c != x');
        expect(withTerm('(a = 1 or b = 2) and d = 4', 'c', '=', 3)).toBe('(a = 1 or b = 2) and d = 4 and c = 3');
        expect(withTerm("a = 'x or y'", 'c', '=', 3)).toBe("a = 'x or y' and c = 3");
    });
    test('is cut at its own ands', () => {
        expect(partsOf("a = 'x and y' and (b = 1 and c = 2) AND d in (1, 2)")).toEqual([
            "a = 'x and y'",
            '(b = 1 and c = 2)',
            'd in (1, 2)',
        ]);
        expect(partsOf('  ')).toEqual([]);
    });
});

describe('fields', () => {
    const column = (name: string) => ({ name, type: '', kind: 'text' as const });
    const known: Catalog = {
        relations: [
            {
                name: 'logs.cloudtrail',
                database: 'flowtrail',
                schema: 'logs',
                kind: 'table',
                columns: ['eventname', 'eventsource', 'srcaddr'].map(column),
            },
        ],
        functions: [],
        keywords: [],
        stages: [],
        databases: [],
        warehouses: [],
    };
    const field = (name: string, cell: string) => filterValue({ column: column(name), cell }, known);
    test('are those of the tables, by the names they have there', () => {
        expect(field('srcaddr', '10.0.0.1')).toEqual({ field: 'srcaddr', value: '10.0.0.1' });
        expect(field('event_name', 'ConsoleLogin')).toEqual({ field: 'eventname', value: 'ConsoleLogin' });
        expect(field('service', 's3')).toEqual({ field: 'eventsource', value: 's3.amazonaws.com' });
    });
    test('that only the statement knows are none', () => {
        expect(field('who', 'root')).toBeUndefined();
    });
});
