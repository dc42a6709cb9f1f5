import { describe, expect, test } from 'vitest';
import type { Relation } from '../../api/catalog';
import type { Cell, ColumnKind } from '../../api/table';
import { REST } from '../../charts/rest';
import { changed } from '../../state/location';
import { chartsFor, fittingChart, isFromTo } from './chart/chartChoice';
import { shaped } from './chart/shape';
import { searchTerm } from './facets/search';
import { idOf, readId } from './records/recordId';
import { windowsOf } from './records/useRecords';
import { keptFilter } from './state/explored';
import { RECORDS } from './state/measure';
import { timeColumn } from './state/relations';
import { readView, type View, writeView } from './state/view';
import { type Ask, statementOf, totalsStatement, valuesStatement } from './statement/ask';
import { sqlCondition } from './statement/condition';
import { identifier, literal } from './statement/quoting';

function relation(name: string, columns: Record<string, ColumnKind>): Relation {
    return {
        name,
        schema: 'logs',
        database: 'flowtrail',
        kind: 'view',
        columns: Object.entries(columns).map(([column, kind]) => ({ name: column, type: '', kind })),
    };
}

const flow = relation('flow', {
    start_time: 'time',
    action: 'text',
    direction: 'text',
    srcaddr: 'text',
    dstaddr: 'text',
    srcport: 'number',
    dstport: 'number',
    protocol: 'number',
    bytes: 'number',
    packets: 'number',
    src_internal: 'boolean',
});
const hostile = relation('x', { 'a"; drop table x; --': 'text', 'n,"': 'number', when: 'time' });

const ask = (more: Partial<Ask>): Ask => ({
    relation: flow,
    byTime: false,
    fields: [],
    measures: [{ kind: 'sum', field: 'bytes' }],
    chart: 'number',
    top: 10,
    rest: { kind: 'flag' },
    ...more,
});

describe('quoting', () => {
    test('names are quoted where they are not plainly names', () => {
        expect(identifier('srcaddr')).toBe('srcaddr');
        expect(identifier('start')).toBe('"start"');
        expect(identifier('Srcaddr')).toBe('"Srcaddr"');
        expect(identifier('a"b')).toBe('"a""b"');
    });
    test('a text stays one text', () => {
        expect(literal("O'Neil\\' or 1=1")).toBe("'O''Neil\\'' or 1=1'");
    });
    test('names that would be statements are names', () => {
        const sql = statementOf(
            ask({
                relation: hostile,
                fields: ['a"; drop table x; --'],
                measures: [{ kind: 'sum', field: 'n,"' }],
                byTime: true,
                chart: 'area',
            }),
        );
        expect(sql.replaceAll(/"(?:[^"]|"")*"/g, '')).not.toMatch(/drop|;|--/);
        expect(sql).toContain(':datebucket(l."when")');
        expect(valuesStatement(hostile, 'a"; drop table x; --', 5)).toContain('"a""; drop table x; --" as value');
    });
});

describe('statements', () => {
    test('of a number', () => {
        expect(statementOf(ask({}))).toBe('select sum(bytes) as bytes\nfrom logs.flow');
    });
    test('over time', () => {
        expect(statementOf(ask({ byTime: true, chart: 'line', measures: [RECORDS] }))).toBe(
            'select :datebucket(start_time) as "time", count(*) as records\nfrom logs.flow\ngroup by 1\norder by 1',
        );
    });
    test('of the first of a field, and the rest', () => {
        const sql = statementOf(ask({ fields: ['srcaddr'], chart: 'bar' }));
        expect(sql).toContain('order by sum(bytes) desc nulls last\n  limit 10');
        expect(sql).toContain('left join top_1 on top_1.value_1 is not distinct from l.srcaddr');
        expect(sql).toContain('top_1.is_top as is_top_1');
    });
    test('with a name for the rest, where it has to be told in the answer', () => {
        const sql = statementOf(ask({ fields: ['srcaddr'], chart: 'bar', rest: { kind: 'name', name: "Other's" } }));
        expect(sql).toContain("else 'Other''s' end as srcaddr");
        expect(sql).not.toContain('is_top_1');
    });
    test('of pairs over time rank pairs, and of two categories each', () => {
        const pair = statementOf(ask({ byTime: true, fields: ['srcaddr', 'dstport'], chart: 'area' }));
        expect(pair).toContain('top_1.value_2 is not distinct from l.dstport');
        expect(pair).not.toContain('top_2');
        const both = statementOf(ask({ fields: ['srcaddr', 'dstport'], chart: 'stacked_bar' }));
        expect(both).toContain('left join top_2 on top_2.value_1 is not distinct from l.dstport');
        expect(both).toContain('limit 9');
    });
    test('by either end count a record at both', () => {
        const sql = statementOf(ask({ fields: ['addr'], chart: 'table', where: 'dstport = 22' }));
        expect(sql).toContain('select srcaddr as addr, bytes from logs.flow');
        expect(sql).toContain('select dstaddr as addr, bytes from logs.flow');
        expect(sql.match(/where dstport = 22/g)?.length).toBe(2);
        expect(sql).toContain('from ends');
    });
    test('give two columns two names', () => {
        expect(statementOf(ask({ fields: ['bytes'], chart: 'table' }))).toContain('sum(bytes) as total_bytes');
        expect(totalsStatement(flow, [RECORDS, { kind: 'distinct', field: 'srcaddr' }])).toBe(
            'select count(*) as records, approx_distinct(srcaddr) as distinct_srcaddr\nfrom logs.flow',
        );
    });
    test('over raw flow logs make times of their seconds', () => {
        const raw = relation('vpc_flow', { start: 'number', bytes: 'number' });
        expect(timeColumn(raw)?.isSeconds).toBe(true);
        expect(statementOf(ask({ relation: raw, byTime: true, chart: 'line' }))).toContain(
            ':datebucket(to_timestamp("start"))',
        );
    });
});

describe('the filter line as SQL', () => {
    const sql = (line: string) => sqlCondition(line, flow.columns);
    test.each([
        ['srcaddr in 10.0.0.0/8', "ip_in(srcaddr, '10.0.0.0/8')"],
        ["srcaddr = '10.0.0.0/8'", "srcaddr = '10.0.0.0/8'"],
        ['dstport in (22, 1024-65535)', '(dstport between 1024 and 65535 or dstport = 22)'],
        ['dstport not in (22, 23)', '(dstport in (22, 23)) is not true'],
        ['action != ACCEPT', "(action = 'ACCEPT') is not true"],
        ['protocol = tcp', 'protocol = 6'],
        ['addr = 10.0.0.1', "(srcaddr = '10.0.0.1' or dstaddr = '10.0.0.1')"],
        ['action like rej%', "action ilike 'rej%'"],
        ['action is not null', '(action is null) is not true'],
        ['src_internal = true', 'src_internal = true'],
        ['not (action = A or dstport = 1)', "(action = 'A' or dstport = 1) is not true"],
    ])('%s', (line, expected) => expect(sql(line)).toBe(expected));
    test('keeps what binds', () => {
        expect(sql('(action = A or action = B) and dstport = 1')).toBe(
            "(action = 'A' or action = 'B')\n  and dstport = 1",
        );
    });
    test('has no way out of its quotes', () => {
        expect(sql("action = 'x'' or 1=1 --'")).toBe("action = 'x'' or 1=1 --'");
        expect(sql("dstport = '1 or 1=1'")).toBe("dstport = '1 or 1=1'");
    });
    test('is none where a field is missing, as the server has it', () => {
        expect(sql('eventname = x')).toBeUndefined();
        expect(sql('action = A and eventname = x')).toBeUndefined();
    });
});

describe('the chart that fits', () => {
    const bytes = [{ kind: 'sum', field: 'bytes' } as const];
    const distinct = [{ kind: 'distinct', field: 'srcaddr' } as const];
    const fit = (byTime: boolean, fields: string[], measures: View['measures'] = bytes) =>
        fittingChart({ byTime, fields, measures }, undefined);
    test('is chosen by what is asked', () => {
        expect(fit(true, [])).toBe('line');
        expect(fit(true, ['action'])).toBe('area');
        expect(fit(true, ['action'], distinct)).toBe('line');
        expect(fit(false, ['srcaddr'])).toBe('bar');
        expect(fit(false, ['action', 'region'])).toBe('stacked_bar');
        expect(fit(false, ['srcaddr', 'dstaddr'])).toBe('sankey');
        expect(fit(false, ['dstport', 'srcaddr'])).toBe('sankey');
        expect(fit(false, [])).toBe('number');
    });
    test('is what one chose, as long as it can show it', () => {
        const shape = { byTime: false, fields: ['action', 'region'], measures: bytes };
        expect(fittingChart(shape, 'heat_map')).toBe('heat_map');
        expect(fittingChart(shape, 'bar')).toBe('stacked_bar');
        expect(fittingChart({ ...shape, byTime: true }, 'sankey')).toBe('area');
    });
    test('stacks nothing that does not add up', () => {
        for (const byTime of [true, false]) {
            const charts = chartsFor({ byTime, fields: ['action', 'region'], measures: distinct });
            expect(charts.some((kind) => kind === 'area' || kind.startsWith('stacked'))).toBe(false);
        }
    });
    test('two ends are from and to', () => {
        expect(isFromTo(['pkt_src_aws_service', 'pkt_dst_aws_service'])).toBe(true);
        expect(isFromTo(['srcaddr', 'srcport'])).toBe(false);
        expect(isFromTo(['source_address', 'service'])).toBe(false);
    });
});

describe('the address', () => {
    const read = (text: string, of = flow) => readView(new URLSearchParams(text), of);
    test('without a word begins with what is usual', () => {
        expect(read('')).toMatchObject({
            byTime: true,
            fields: ['action'],
            measures: [{ kind: 'sum', field: 'bytes' }],
        });
    });
    const views: Partial<View>[] = [
        {},
        { byTime: true, fields: [] },
        { byTime: false, fields: [], chart: 'table' },
        { byTime: false, fields: ['srcaddr', 'dstaddr'], chart: 'graph', top: 20 },
        { byTime: true, fields: ['addr', 'port'], isMirrored: true },
        { measures: [RECORDS, { kind: 'distinct', field: 'dstaddr' }, { kind: 'true', field: 'src_internal' }] },
        { columns: ['start_time', 'bytes'], isWithoutRest: true },
    ];
    test.each(views)('says all of a view, and gives it back: %o', (more) => {
        const view: View = { ...read(''), ...more };
        expect(readView(changed(new URLSearchParams(), writeView(view)), flow)).toEqual(view);
    });
    test('takes names with commas', () => {
        const view: View = {
            ...readView(new URLSearchParams('x=none'), hostile),
            measures: [{ kind: 'sum', field: 'n,"' }],
        };
        expect(readView(changed(new URLSearchParams(), writeView(view)), hostile)).toEqual(view);
    });
    test('from a tile is understood by what its columns are', () => {
        expect(read('x=t&series=action&y=bytes&chart=stacked_column')).toMatchObject({
            byTime: true,
            fields: ['action'],
            measures: [{ kind: 'sum', field: 'bytes' }],
            chart: 'stacked_column',
        });
        expect(read('x=srcaddr&y=srcaddrcount&chart=bar')).toMatchObject({
            byTime: false,
            fields: ['srcaddr'],
            measures: [RECORDS],
        });
    });
    test('with nonsense in it is a view all the same', () => {
        expect(read('x=%00&series=__proto__,constructor&y=sum:nothing,max:action&top=-1&chart=x&columns=y')).toEqual({
            ...read('x=time&y=records'),
            fields: [],
        });
    });
    test('of another table keeps the conditions it can', () => {
        const trail = relation('trail', { event_time: 'time', source_address: 'text', region: 'text' });
        expect(keptFilter('region = a and dstport = 22 and addr = 10.0.0.1', trail)).toBe(
            'region = a and addr = 10.0.0.1',
        );
    });
});

describe('answers', () => {
    const column = (name: string, kind: ColumnKind) => ({ name, type: '', kind });
    test('tell the rest from a value of that name', () => {
        const rows: Cell[][] = [
            [null, null, 50],
            ['Other', true, 9],
            [null, true, 5],
        ];
        const columns = [column('srcaddr', 'text'), column('is_top_1', 'boolean'), column('bytes', 'number')];
        const { table } = shaped({ columns, rows }, ask({ fields: ['srcaddr'], chart: 'bar' }));
        expect(table.columns.map((one) => one.name)).toEqual(['srcaddr', 'bytes']);
        expect(table.rows).toEqual([
            ['Other', 9],
            [null, 5],
            [REST, 50],
        ]);
    });
    test('of pairs over time have one name, and know both values', () => {
        const columns = [
            column('time', 'time'),
            column('srcaddr', 'text'),
            column('dstport', 'number'),
            column('is_top_1', 'boolean'),
            column('bytes', 'number'),
        ];
        const rows: Cell[][] = [
            ['t', 'a', 22, true, 1],
            ['t', null, null, null, 2],
        ];
        const { table, pairs } = shaped(
            { columns, rows },
            ask({ byTime: true, fields: ['srcaddr', 'dstport'], chart: 'area' }),
        );
        expect(table.rows).toEqual([
            ['t', 'a · 22', 1],
            ['t', REST, 2],
        ]);
        expect(pairs.get('a · 22')).toEqual(['a', 22]);
    });
    test('in two directions have the same names on both sides', () => {
        const columns = [
            column('time', 'time'),
            column('direction', 'text'),
            column('action', 'text'),
            column('is_top_1', 'boolean'),
            column('bytes', 'number'),
        ];
        const rows: Cell[][] = [
            ['t', 'inbound', 'A', true, 1],
            ['t', 'outbound', 'B', true, 2],
            ['t', null, 'C', true, 3],
        ];
        const { table, below } = shaped(
            { columns, rows },
            ask({
                byTime: true,
                fields: ['action'],
                chart: 'area',
                direction: { field: 'direction', inward: 'inbound', outward: 'outbound' },
            }),
        );
        expect(table.rows).toEqual([
            ['t', 'A', 1],
            ['t', 'B', 0],
        ]);
        expect(below?.rows).toEqual([
            ['t', 'B', 2],
            ['t', 'A', 0],
        ]);
    });
});

describe('records', () => {
    test('are looked for in the newest part first, and all of the time is covered once', () => {
        const windows = windowsOf({ from: 0, to: 86_400 });
        expect(windows[0]?.to).toBe(86_400);
        expect(windows.at(-1)?.from).toBe(0);
        for (const [at, window] of windows.entries()) expect(windows[at + 1]?.to ?? 0).toBe(window.from);
        expect(windows.length).toBeLessThan(8);
    });
    test('are known by their second and what is in them', () => {
        const row: Cell[] = ['2026-11-20T10:00:00.5Z', 'x', null];
        const id = idOf(row, 0, false);
        expect(readId(id)?.second).toBe(Date.parse('2026-11-20T10:00:00Z') / 1000);
        expect(idOf(['2026-11-20T10:00:00.5Z', 'x', ''], 0, false)).not.toBe(id);
        expect(readId("1' or 1=1")).toBeUndefined();
        expect(readId(null)).toBeUndefined();
        expect(idOf([5], 0, true)).toMatch(/^5-/);
    });
});

test('searching in a facet is a quoted part of the filter line', () => {
    const column = (name: string, kind: ColumnKind) => ({ name, type: '', kind });
    expect(searchTerm(column('who', 'text'), "a' or 1")).toBe("who like '%a'' or 1%'");
    expect(searchTerm(column('srcaddr', 'text'), '10.0.0.0/8')).toBe('srcaddr in 10.0.0.0/8');
    expect(searchTerm(column('dstport', 'number'), '443')).toBe('dstport in 443');
    expect(searchTerm(column('dstport', 'number'), 'x')).toBeUndefined();
    expect(searchTerm(column('who', 'text'), '')).toBeUndefined();
    expect(searchTerm(column('a = 1 or b', 'number'), '2')).toBe("'a = 1 or b' in 2");
});
