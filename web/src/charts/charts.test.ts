import { describe, expect, test } from 'vitest';
import type { Cell, Column, Table } from '../api/table';
import type { Built, ChartInput } from './built';
import { chooseChart } from './choose';
import { frameOf, MOST_SERIES } from './frame';
import { toggled } from './Legend';
import { coloursOf, type Look } from './look';
import { changeOf } from './NumberFigure';
import { build } from './options';
import { linksOf } from './options/flow';
import { forceLayout } from './options/forceLayout';
import { labelled } from './options/ticks';
import { rolesOf } from './roles';
import { nextSorting, sorted } from './sorting';
import { chartKinds, type ChartKind, type ChartSpec } from './spec';

const look: Look = {
    text: '#000',
    faint: '#555',
    line: '#ccc',
    grid: '#eee',
    surface: '#fff',
    accent: '#00f',
    series: ['#1', '#2', '#3'],
    accept: '#a',
    reject: '#r',
    none: '#n',
    heat: ['#0', '#1'],
    font: 'sans-serif',
    fontSize: 11,
};

function table(columns: Record<string, Column['kind']>, ...rows: Cell[][]): Table {
    return { columns: Object.entries(columns).map(([name, kind]) => ({ name, kind, type: '' })), rows };
}

function built(chart: ChartKind, of: Table, more: Partial<ChartInput> = {}): Built {
    const spec: ChartSpec = { chart };
    const frame = frameOf(spec, of, { zone: 'UTC' });
    return build({
        spec,
        frame,
        unit: 'count',
        look,
        hidden: new Set(),
        size: { width: 600, height: 300 },
        zone: 'UTC',
        ...more,
    });
}

describe('which column plays which part', () => {
    test('time first, then names, then the numbers that name something', () => {
        const over = table({ t: 'time', action: 'text', bytes: 'number' }, ['2026-11-20T10:00:00Z', 'A', 1]);
        expect(rolesOf({ chart: 'line' }, over)).toEqual({ x: 0, series: undefined, y: [2] });
        const ports = table({ dstport: 'number', n: 'number' }, [22, 5]);
        expect(rolesOf({ chart: 'bar' }, ports)).toEqual({ x: 0, series: undefined, y: [1] });
    });
    test('a second name is the colour where the first repeats', () => {
        const two = table({ a: 'text', b: 'text', n: 'number' }, ['x', '1', 1], ['x', '2', 2]);
        expect(rolesOf({ chart: 'bar' }, two).series).toBe(1);
    });
    test('what the spec names is taken, without regard to case', () => {
        const two = table({ a: 'text', b: 'text', n: 'number', m: 'number' }, ['x', '1', 1, 2]);
        expect(rolesOf({ chart: 'bar', x: 'B', series: 'a', y: ['M'] }, two)).toEqual({ x: 1, series: 0, y: [3] });
    });
    test('the chart that fits', () => {
        const kinds = (columns: Record<string, Column['kind']>) => chooseChart(table(columns, []));
        expect(kinds({ t: 'time', n: 'number' })).toBe('line');
        expect(kinds({ t: 'time', a: 'text', n: 'number' })).toBe('stacked_column');
        expect(kinds({ a: 'text', n: 'number' })).toBe('bar');
        expect(kinds({ dstport: 'number', n: 'number' })).toBe('bar');
        expect(kinds({ a: 'text', b: 'text', n: 'number' })).toBe('stacked_bar');
        expect(kinds({ n: 'number' })).toBe('number');
        expect(kinds({ a: 'text', b: 'text' })).toBe('table');
    });
});

describe('frames', () => {
    test('buckets without rows are zero over the whole span', () => {
        const of = table({ t: 'time', n: 'number' }, ['2026-11-20T10:00:00Z', 3], ['2026-11-20T12:00:00Z', 4]);
        const span = { from: Date.parse('2026-11-20T09:00:00Z') / 1000, to: Date.parse('2026-11-20T13:00:00Z') / 1000 };
        const frame = frameOf({ chart: 'line' }, of, { zone: 'UTC', span, granularity: 'hour' });
        expect(frame.series[0]?.values).toEqual([0, 3, 0, 4]);
    });
    test('moments that are no buckets are left as they are', () => {
        const of = table({ t: 'time', n: 'number' }, ['2026-11-20T10:00:07Z', 3]);
        const frame = frameOf({ chart: 'line' }, of, { zone: 'UTC', span: { from: 0, to: 7200 }, granularity: 'hour' });
        expect(frame.isBucketed).toBe(false);
        expect(frame.categories.length).toBe(1);
    });
    test('more series than colours are the rest, and nothing is lost', () => {
        const rows = Array.from({ length: 30 }, (_, at): Cell[] => ['x', `s${String(at)}`, at]);
        const frame = frameOf({ chart: 'stacked_bar' }, table({ a: 'text', b: 'text', n: 'number' }, ...rows), {
            zone: 'UTC',
        });
        expect(frame.series.length).toBe(MOST_SERIES);
        expect(frame.series.reduce((sum, one) => sum + one.total, 0)).toBe(435);
    });
    test('order and direction', () => {
        const of = table({ a: 'text', n: 'number' }, ['b', 2], ['a', 1], ['c', 3]);
        const labels = (more: Partial<ChartSpec>) =>
            frameOf({ chart: 'bar', ...more }, of, { zone: 'UTC' }).categories.map((category) => category.label);
        expect(labels({})).toEqual(['b', 'a', 'c']);
        expect(labels({ order: 'value' })).toEqual(['c', 'b', 'a']);
        expect(labels({ order: 'value', direction: 'ascending' })).toEqual(['a', 'b', 'c']);
        expect(labels({ order: 'name' })).toEqual(['a', 'b', 'c']);
    });
    test('NULL and an empty text are two categories', () => {
        const frame = frameOf({ chart: 'bar' }, table({ a: 'text', n: 'number' }, [null, 1], ['', 2]), { zone: 'UTC' });
        expect(frame.categories.map((category) => category.label)).toEqual(['(none)', '(empty)']);
    });
});

describe('attacker-written names', () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const of = table(
        { a: 'text', b: 'text', n: 'number' },
        [hostile, hostile, 5],
        ['__proto__', 'constructor', 3],
        ['W'.repeat(10_000), '', 1],
    );

    test.each(chartKinds.filter((kind) => kind !== 'number' && kind !== 'table'))(
        'are text in the tooltip of a %s',
        (kind) => {
            const { option } = built(kind, of);
            const { formatter } = option['tooltip'] as { formatter: (params: unknown) => HTMLElement };
            for (const params of [{ dataIndex: 0 }, { dataIndex: 1 }, { dataIndex: 0, dataType: 'edge' }]) {
                const shown = formatter(
                    ['bar', 'column', 'stacked_bar', 'stacked_column', 'line', 'area'].includes(kind)
                        ? [params]
                        : params,
                );
                expect(shown).toBeInstanceOf(HTMLElement);
                expect(shown.querySelector('img, script, svg')).toBeNull();
                expect(shown.textContent.length).toBeLessThan(700);
            }
            expect(
                formatter(
                    kind === 'pie' || kind === 'heat_map' || kind === 'sankey' || kind === 'graph'
                        ? { dataIndex: 0 }
                        : [{ dataIndex: 0 }],
                ).textContent,
            ).toContain('<img');
        },
    );

    test('are never keys of what ECharts is given', () => {
        for (const kind of chartKinds) expect(JSON.stringify(built(kind, of).option)).not.toContain(hostile);
    });
});

describe('clicks', () => {
    const of = table({ a: 'text', b: 'text', n: 'number' }, ['x', '1', 1], ['x', '2', 2], ['y', '1', 3]);
    test('know the column and the value, with the colour', () => {
        const values = built('stacked_bar', of).pick({ seriesIndex: 0, dataIndex: 1 });
        expect(values.map((value) => [value.column.name, value.cell])).toEqual([
            ['a', 'y'],
            ['b', '1'],
        ]);
    });
    test('on a link know both ends', () => {
        const values = built('sankey', of).pick({ dataType: 'edge', dataIndex: 0 });
        expect(values.map((value) => [value.column.name, value.cell])).toEqual([
            ['a', 'y'],
            ['b', '1'],
        ]);
    });
});

test('a name on both sides makes no circle in a sankey, and one node in a graph', () => {
    const of = table({ a: 'text', b: 'text', n: 'number' }, ['x', 'y', 1], ['y', 'x', 2]);
    const frame = frameOf({ chart: 'sankey' }, of, { zone: 'UTC' });
    expect(linksOf(frame, 'sankey').nodes.length).toBe(4);
    expect(linksOf(frame, 'graph').nodes.length).toBe(2);
});

test('values with a meaning have their colour, and take none of the others', () => {
    const cells = ['ACCEPT', 'x', 'REJECT', null, 'y'].map((cell) => ({ cell }));
    expect(coloursOf(look, cells)).toEqual(['#a', '#1', '#r', '#n', '#2']);
});

test('labels of a time axis stand at round times', () => {
    const hours = Array.from({ length: 72 }, (_, at) => Date.parse('2026-11-20T05:00:00Z') + at * 3_600_000);
    const marked = [...labelled(hours, 'UTC', 8)].map((at) => new Date(hours[at] ?? 0).getUTCHours() % 12);
    expect(marked.length).toBeGreaterThan(2);
    expect(new Set(marked)).toEqual(new Set([0]));
});

test('on a narrow axis of a week, days are labelled and not odd hours', () => {
    const hours = Array.from({ length: 169 }, (_, at) => Date.parse('2026-11-14T06:00:00Z') + at * 3_600_000);
    const marked = [...labelled(hours, 'UTC', 3)].map((at) => new Date(hours[at] ?? 0).getUTCHours());
    expect(marked.length).toBe(3);
    expect(new Set(marked)).toEqual(new Set([0]));
});

test('nodes of a graph have places of their own, the same each time', () => {
    const links = Array.from({ length: 40 }, (_, at) => ({ source: at * 2, target: at * 2 + 1 }));
    const spots = forceLayout(80, links, 600, 300);
    expect(spots).toEqual(forceLayout(80, links, 600, 300));
    expect(new Set(spots.map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`)).size).toBe(80);
    expect(spots.every(({ x, y }) => Math.abs(x) < 3 && Math.abs(y) < 3)).toBe(true);
});

test('a change is a share of what was', () => {
    expect(changeOf(150, 100)).toBe(0.5);
    expect(changeOf(5, 0)).toBeUndefined();
    expect(changeOf(0, 0)).toBe(0);
});

test('the legend hides one, or all others', () => {
    const items = ['a', 'b', 'c'].map((key) => ({ key, label: key, colour: '' }));
    expect([...toggled(items, new Set(), 'a', false)]).toEqual(['a']);
    expect([...toggled(items, new Set(['a']), 'a', false)]).toEqual([]);
    expect([...toggled(items, new Set(), 'a', true)]).toEqual(['b', 'c']);
    expect([...toggled(items, new Set(['b', 'c']), 'a', true)]).toEqual([]);
});

test('sorting: numbers from the biggest, NULL last, the third click ends it', () => {
    const of = table({ n: 'number' }, [2], [null], [10]);
    const down = nextSorting(undefined, 0, true);
    expect(sorted(of, down)).toEqual([[10], [2], [null]]);
    const up = nextSorting(down, 0, true);
    expect(sorted(of, up)).toEqual([[2], [10], [null]]);
    expect(nextSorting(up, 0, true)).toBeUndefined();
});
