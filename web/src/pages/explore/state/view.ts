/** What is explored, as the address says it: table, fields, measures, chart. Time and filters are the scope's. */
import type { Relation } from '../../../api/catalog';
import { type ChartKind, chartKinds } from '../../../charts/spec';
import type { Choices } from '../../../state/location';
import { beginningOf } from './beginnings';
import { type Measure, readMeasure, sameMeasure, writeMeasure } from './measure';
import { directionOf, groupFields, timeColumn, wholeName } from './relations';

export interface View {
    table: string;
    byTime: boolean;
    /** At most two. */
    fields: string[];
    /** At least one; the first is what is ranked by. */
    measures: Measure[];
    /** Undefined: the one that fits. */
    chart: ChartKind | undefined;
    top: number;
    /** What is not among the first is left out instead of being Other. */
    isWithoutRest: boolean;
    /** In and out drawn against one another. */
    isMirrored: boolean;
    /** Of the records; undefined: the usual ones. */
    columns: string[] | undefined;
}

export const FALLBACK_TABLE = 'logs.flow';
export const tops = [5, 10, 20, 50] as const;
const USUAL_TOP = 10;
const MOST_FIELDS = 2;
const MOST_MEASURES = 4;
/** Fields are joined by commas: what has one in its name is written with a backslash. */
const split = (text: string) => (text.match(/(?:\\.|[^,\\])+/g) ?? []).map((part) => part.replace(/\\(.)/g, '$1'));
const join = (names: string[]) => names.map((name) => name.replace(/[\\,]/g, '\\$&')).join(',');

export function tableIn(search: URLSearchParams): string {
    return search.get('table') ?? FALLBACK_TABLE;
}

export function readView(search: URLSearchParams, relation: Relation): View {
    const begun = beginningOf(relation);
    const time = timeColumn(relation);
    const groups = new Set(groupFields(relation).map((column) => column.name));
    const x = search.get('x');
    const series = search.get('series');
    const measures = search.get('y');
    const isFresh = x === null && series === null && measures === null;
    const isField = x !== null && groups.has(x);
    // A tile's statement calls its time what it likes: what is no field is the time.
    const byTime = time !== undefined && !isField && x !== 'none';
    const named = [...(isField ? [x] : []), ...split(series ?? '')].filter((name) => groups.has(name));
    const fields = isFresh && byTime ? begun.fields : [...new Set(named)].slice(0, MOST_FIELDS);
    const asked = measures === null ? begun.measures.slice(0, 1) : split(measures);
    const read = asked.map((text) => readMeasure(text, relation));
    const distinct = read.filter((one, at) => read.findIndex((other) => sameMeasure(one, other)) === at);
    const top = Number(search.get('top') ?? USUAL_TOP);
    return {
        table: wholeName(relation),
        byTime,
        fields,
        measures: distinct.length > 0 ? distinct.slice(0, MOST_MEASURES) : [{ kind: 'records' }],
        chart: chartKinds.find((kind) => kind === search.get('chart')),
        isWithoutRest: search.get('rest') === 'none',
        top: tops.find((one) => one === top) ?? USUAL_TOP,
        isMirrored: search.get('directions') === 'apart' && byTime && directionOf(relation) !== undefined,
        columns: search.has('columns') ? columnsIn(search.get('columns') ?? '', relation) : undefined,
    };
}

function columnsIn(text: string, relation: Relation): string[] | undefined {
    const names = new Set(relation.columns.map((column) => column.name));
    const found = split(text).filter((name) => names.has(name));
    return found.length > 0 ? found : undefined;
}

export function writeView(view: View): Choices {
    const { byTime, fields } = view;
    return {
        table: view.table,
        x: byTime ? 'time' : (fields[0] ?? 'none'),
        series: join(byTime ? fields : fields.slice(1)),
        y: join(view.measures.map(writeMeasure)),
        chart: view.chart ?? null,
        top: view.top === USUAL_TOP ? null : String(view.top),
        rest: view.isWithoutRest ? 'none' : null,
        directions: view.isMirrored ? 'apart' : null,
        columns: view.columns ? join(view.columns) : null,
    };
}

/** Everything of a view that another table cannot take over. */
export const forgotten: Choices = {
    x: null,
    series: null,
    y: null,
    chart: null,
    top: null,
    rest: null,
    directions: null,
    columns: null,
    record: null,
};
