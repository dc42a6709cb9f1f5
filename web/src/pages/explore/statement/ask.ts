/** From a view to the statement that answers it. Names are quoted; values never stand in it: filters go with the scope. */
import type { Relation } from '../../../api/catalog';
import type { ChartKind } from '../../../charts/spec';
import { aliasOf, expressionOf, type Measure } from '../state/measure';
import { type Direction, EITHER_END, timeColumn } from '../state/relations';
import { identifier, literal, qualified } from './quoting';

export interface Ask {
    relation: Relation;
    byTime: boolean;
    fields: string[];
    measures: Measure[];
    chart: ChartKind;
    top: number;
    direction?: Direction | undefined;
    /** What is not among the first: told by a column of its own (for this page), or called by a name (for everybody). */
    rest: { kind: 'flag' } | { kind: 'name'; name: string };
    isWithoutRest?: boolean;
    /** Conditions that are to be in the statement itself. */
    where?: string | undefined;
}

export const TIME = 'time';
/** The column that says whether a row's values are among the first. */
export const isTopOf = (place: number) => `is_top_${String(place + 1)}`;

/** More colours than the palette has become one. */
const MOST_COLOURS = 9;
/** A table, and the links of a graph, are the first groups; there is no rest of them. */
const ROWS_OF_TABLE = 1000;
const LINKS_OF_GRAPH = 60;

export function statementOf(ask: Ask): string {
    const source = sourceOf(ask);
    const isPlain = ask.fields.length === 0 || ask.chart === 'table' || (!ask.byTime && ask.chart === 'graph');
    const ranks = isPlain ? [] : rankings(ask);
    const named = [
        ...(source.common ? [source.common] : []),
        ...ranks.map((rank) => `${rank.name} as (\n${indented(rankStatement(rank, ask, source.from))}\n)`),
    ];
    const lead = named.length > 0 ? `with ${named.join(', ')}\n` : '';
    return lead + (isPlain ? plainStatement(ask, source.from) : rankedStatement(ask, ranks, source.from));
}

interface Source {
    from: string;
    common?: string;
}

/** The relation itself; with conditions, what they let through; by either end, each record once an end. */
function sourceOf(ask: Ask): Source {
    const table = qualified(ask.relation.name.includes('.') ? ask.relation.name : nameOf(ask.relation));
    const conditions = ask.where ? `\nwhere ${ask.where}` : '';
    const either = ask.fields.filter((field) => isEither(ask.relation, field));
    if (either.length > 0) {
        const needed = neededColumns(ask).map(identifier);
        const ends = [0, 1].map((end) => {
            const own = either.map(
                (field) => `${identifier(EITHER_END.get(field)?.[end] ?? field)} as ${identifier(field)}`,
            );
            return `  select ${[...own, ...needed].join(', ')} from ${table}${conditions.replaceAll('\n', '\n  ')}`;
        });
        return { from: 'ends', common: `ends as (\n${ends.join('\n  union all\n')}\n)` };
    }
    if (!ask.where) return { from: table };
    return { from: 'chosen', common: `chosen as (\n  select * from ${table}${conditions.replaceAll('\n', '\n  ')}\n)` };
}

function nameOf(relation: Relation): string {
    return `${relation.schema}.${relation.name}`;
}

function isEither(relation: Relation, field: string): boolean {
    return EITHER_END.has(field) && !relation.columns.some((column) => column.name === field);
}

/** What a half of the union has to bring along. */
function neededColumns(ask: Ask): string[] {
    const time = timeColumn(ask.relation)?.column.name;
    const names = [
        ...(ask.byTime && time ? [time] : []),
        ...(ask.direction ? [ask.direction.field] : []),
        ...ask.fields,
        ...ask.measures.flatMap((measure) => (measure.kind === 'records' ? [] : [measure.field])),
    ];
    return [...new Set(names)].filter((name) => !isEither(ask.relation, name));
}

function bucket(ask: Ask, prefix: string): string {
    const time = timeColumn(ask.relation);
    const name = prefix + identifier(time?.column.name ?? TIME);
    return `:datebucket(${time?.isSeconds ? `to_timestamp(${name})` : name})`;
}

function measureColumns(ask: Ask, prefix: string): string[] {
    const column = (name: string) => prefix + identifier(name);
    return ask.measures.map((measure) => `${expressionOf(measure, column)} as ${identifier(aliasFor(measure, ask))}`);
}

/** A field and a measure may want the same name. */
export function aliasFor(measure: Measure, ask: Pick<Ask, 'fields'>): string {
    const alias = aliasOf(measure);
    return ask.fields.includes(alias) || alias === TIME ? `total_${alias}` : alias;
}

function places(from: number, count: number): string {
    return Array.from({ length: count }, (_, at) => String(from + at)).join(', ');
}

function plainStatement(ask: Ask, from: string): string {
    const groups = [
        ...(ask.byTime ? [`${bucket(ask, '')} as ${identifier(TIME)}`] : []),
        ...(ask.direction ? [identifier(ask.direction.field)] : []),
        ...ask.fields.map(identifier),
    ];
    const lines = [`select ${[...groups, ...measureColumns(ask, '')].join(', ')}`, `from ${from}`];
    if (groups.length > 0) lines.push(`group by ${places(1, groups.length)}`);
    if (ask.byTime) lines.push('order by 1');
    else if (groups.length > 0) {
        lines.push(`order by ${String(groups.length + 1)} desc nulls last`);
        lines.push(`limit ${String(ask.chart === 'graph' ? LINKS_OF_GRAPH : ROWS_OF_TABLE)}`);
    }
    return lines.join('\n');
}

/** The first values of one field, or the first pairs of two. */
interface Ranking {
    name: string;
    fields: string[];
    limit: number;
}

function rankings(ask: Ask): Ranking[] {
    const { fields, top } = ask;
    const colours = Math.min(top, MOST_COLOURS);
    // Over time a pair is one line; else each field has its own first values.
    if (ask.byTime) return [{ name: 'top_1', fields, limit: ask.chart === 'heat_map' ? top : colours }];
    return fields.map((field, at) => ({
        name: `top_${String(at + 1)}`,
        fields: [field],
        limit: at === 0 || ask.chart === 'heat_map' || ask.chart === 'sankey' ? top : colours,
    }));
}

function rankStatement(rank: Ranking, ask: Ask, from: string): string {
    const first = ask.measures[0] ?? { kind: 'records' as const };
    const values = rank.fields.map((field, at) => `${identifier(field)} as value_${String(at + 1)}`);
    return [
        `select ${values.join(', ')}, true as is_top`,
        `from ${from}`,
        `group by ${places(1, values.length)}`,
        `order by ${expressionOf(first)} desc nulls last`,
        `limit ${String(rank.limit)}`,
    ].join('\n');
}

function rankedStatement(ask: Ask, ranks: Ranking[], from: string): string {
    const groups = [
        ...(ask.byTime ? [`${bucket(ask, 'l.')} as ${identifier(TIME)}`] : []),
        ...(ask.direction ? [`l.${identifier(ask.direction.field)}`] : []),
        ...ranks.flatMap((rank, at) => rankColumns(rank, at, ask)),
    ];
    const joins = ranks.map((rank) => {
        const on = rank.fields.map(
            (field, at) => `${rank.name}.value_${String(at + 1)} is not distinct from l.${identifier(field)}`,
        );
        return `${ask.isWithoutRest ? 'join' : 'left join'} ${rank.name} on ${on.join(' and ')}`;
    });
    const order = ask.byTime ? '1' : `${String(groups.length + 1)} desc nulls last`;
    return [
        `select ${[...groups, ...measureColumns(ask, 'l.')].join(', ')}`,
        `from ${from} as l`,
        ...joins,
        `group by ${places(1, groups.length)}`,
        `order by ${order}`,
    ].join('\n');
}

function rankColumns(rank: Ranking, place: number, ask: Ask): string[] {
    const { rest } = ask;
    const values = rank.fields.map((field, at) => ({ field, value: `${rank.name}.value_${String(at + 1)}` }));
    if (rest.kind === 'flag') {
        return [
            ...values.map(({ field, value }) => `${value} as ${identifier(field)}`),
            `${rank.name}.is_top as ${isTopOf(place)}`,
        ];
    }
    return values.map(
        ({ field, value }) =>
            `case when ${rank.name}.is_top then cast(${value} as varchar) else ${literal(rest.name)} end as ${identifier(field)}`,
    );
}

function indented(text: string): string {
    return text.replace(/^/gm, '  ');
}

/** Totals of several measures, for the figures above the chart. */
export function totalsStatement(relation: Relation, measures: Measure[]): string {
    const columns = measures.map((measure) => `${expressionOf(measure)} as ${identifier(aliasOf(measure))}`);
    return `select ${columns.join(', ')}\nfrom ${qualified(wholeNameOf(relation))}`;
}

function wholeNameOf(relation: Relation): string {
    return relation.name.includes('.') ? relation.name : nameOf(relation);
}

/** The values of a field with their counts, the most frequent first. */
export function valuesStatement(relation: Relation, field: string, limit: number): string {
    const table = qualified(wholeNameOf(relation));
    const ends = isEither(relation, field) ? EITHER_END.get(field) : undefined;
    const from = ends
        ? `(${ends.map((end) => `select ${identifier(end)} as ${identifier(field)} from ${table}`).join(' union all ')})`
        : table;
    return [
        `select ${identifier(field)} as value, count(*) as records`,
        `from ${from}`,
        'group by 1',
        `order by 2 desc, 1`,
        `limit ${String(limit)}`,
    ].join('\n');
}

/** Whole records, the newest first. */
export function recordsStatement(relation: Relation, ties: string[], limit: number, offset: number): string {
    const time = timeColumn(relation)?.column.name;
    const order = [...(time ? [`${identifier(time)} desc`] : []), ...ties.map(identifier)];
    return [
        `select *`,
        `from ${qualified(wholeNameOf(relation))}`,
        ...(order.length > 0 ? [`order by ${order.join(', ')}`] : []),
        `limit ${String(limit)}${offset > 0 ? ` offset ${String(offset)}` : ''}`,
    ].join('\n');
}
