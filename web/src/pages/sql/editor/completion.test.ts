import { describe, expect, test } from 'vitest';
import type { Catalog, Relation } from '../../../api/catalog';
import { offered } from './completion';
import { fieldsOf } from './names';
import { contextAt } from './wanted';

const text = (name: string, type = 'Utf8') => ({ name, type, kind: 'text' as const });
const relation = (name: string, schema: string, ...columns: Relation['columns']): Relation => ({
    name,
    schema,
    database: 'flowtrail',
    kind: 'table',
    columns,
});
const catalog: Catalog = {
    relations: [
        relation('flow', 'logs', text('srcaddr'), text('dstport')),
        relation('trail', 'logs', text('event_name'), text('user', 'Struct("type": Utf8, "on": Struct("id": Utf8))')),
        relation('system.pipes', 'system', text('Pipe Name'), text('state')),
    ],
    functions: ['count', 'date_trunc'],
    keywords: ['SELECT', 'FROM'],
    stages: ['@raw', '@done'],
    databases: ['flowtrail'],
    warehouses: [],
};

/** Completion where the bar is. */
function at(marked: string) {
    const position = marked.indexOf('|');
    return offered(marked.replace('|', ''), position, 'auto', catalog);
}
const labels = (marked: string) => at(marked)?.options.map((option) => option.label) ?? [];

describe('columns', () => {
    test.each([
        ['select | from logs.flow'],
        ['select s| from flow'],
        ['select 1 from flow where d|'],
        ['select 1; select s| from flowtrail.logs.flow; select 2 from trail'],
        ['select count(|) from "flow"'],
    ])('of what is read: %s', (marked) => {
        expect(labels(marked)).toEqual(expect.arrayContaining(['srcaddr', 'dstport', 'count', 'select']));
        expect(labels(marked)).not.toContain('event_name');
    });
    test.each([
        ['select f.| from logs.flow f', ['srcaddr', 'dstport']],
        ['select f.s| from logs.flow as f join trail t on f.', ['srcaddr', 'dstport']],
        ['select t.| from flow f, trail t', ['event_name', 'user']],
        ['select flow.| from flow', ['srcaddr', 'dstport']],
        ['select t.user.| from trail t', ['type', 'on']],
        ['select user.on.| from trail', ['id']],
        ['select user:| from trail', ['type', 'on']],
        ['select x.| from flow f', []],
    ])('after a dot: %s', (marked, expected) => expect(labels(marked)).toEqual(expected));
    test('with odd names are quoted', () => {
        const option = at('select p.| from system.pipes p')?.options[0];
        expect(option).toMatchObject({ label: 'Pipe Name', apply: '"Pipe Name"' });
    });
});

describe('relations', () => {
    test.each(['select * from |', 'select * from f|', 'select * from flow f, |', 'select * from flow join |'])(
        '%s',
        (marked) => {
            expect(labels(marked)).toEqual(expect.arrayContaining(['flow', 'trail', 'system.pipes', 'logs']));
            expect(labels(marked)).not.toContain('count');
        },
    );
    test('of a schema', () => {
        expect(labels('select * from logs.|')).toEqual(['flow', 'trail']);
        expect(labels('select * from flowtrail.logs.|')).toEqual(['flow', 'trail']);
        expect(labels('select * from flowtrail.|')).toEqual(['logs', 'system']);
    });
    test('a query that WITH names is one', () => {
        expect(labels('with big as (select 1), small as (select 2) select * from |').slice(0, 2)).toEqual([
            'big',
            'small',
        ]);
    });
    test('a comma between arguments is none between relations', () => {
        expect(contextAt('select * from f(a, ', 19)?.wanted.kind).toBe('word');
    });
});

test('stages after @, types after ::', () => {
    expect(labels('copy into x from @|')).toEqual(['@raw', '@done']);
    expect(labels('list @r|')).toEqual(['@raw', '@done']);
    expect(at('list @r|')?.context.wanted.from).toBe(5);
    expect(labels('select a::|')).toContain('varchar');
});

test.each(["select 'x| from flow", 'select 1 -- se|', 'select /* a| */ 1', 'select "a| from flow', 'limit 10|'])(
    'nothing inside of strings, comments, numbers: %s',
    (marked) => expect(at(marked)).toBeUndefined(),
);

test('words are as the typed ones are', () => {
    expect(labels('sel|')).toContain('select');
    expect(labels('SEL|')).toContain('SELECT');
});

test('fields of a structure, and of a list of them', () => {
    expect(fieldsOf('Struct("a": Decimal128(38, 2), "b,c": List(Utf8))')).toEqual([
        { name: 'a', type: 'Decimal128(38, 2)' },
        { name: 'b,c', type: 'List(Utf8)' },
    ]);
    expect(fieldsOf('List(Struct("a": Utf8))').map((field) => field.name)).toEqual(['a']);
    expect(fieldsOf('Utf8')).toEqual([]);
});
