/** Which column plays which part in a chart. */
import type { Column, Table } from '../api/table';
import { isName, plainText } from '../format/cell';
import { isOfPairs, isStacked, type ChartSpec } from './spec';

export interface Roles {
    x: number | undefined;
    series: number | undefined;
    y: number[];
}

function find(columns: Column[], name: string | undefined): number | undefined {
    if (name === undefined) return undefined;
    const exact = columns.findIndex((column) => column.name === name);
    const index = exact >= 0 ? exact : columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
    return index >= 0 ? index : undefined;
}

const isTime = (column: Column) => column.kind === 'time' || column.kind === 'date';
/** A column that names things, as against one that measures them. */
export const isCategory = (column: Column) => column.kind !== 'number' && !isTime(column);

/** Columns are taken as the spec names them; what it leaves open is filled with the first that fits. */
export function rolesOf(spec: ChartSpec, { columns, rows }: Table): Roles {
    const asked = (spec.y ?? []).map((name) => find(columns, name)).filter((index) => index !== undefined);
    const seriesAsked = find(columns, spec.series);
    const free = (index: number) => index !== seriesAsked && !asked.includes(index);
    const first = (fits: (column: Column) => boolean, without?: number) => {
        const index = columns.findIndex((column, at) => at !== without && free(at) && fits(column));
        return index >= 0 ? index : undefined;
    };

    const measures = columns.filter((column) => column.kind === 'number' && !isName(column)).length;
    const x =
        find(columns, spec.x) ??
        (isOfPairs(spec.chart) ? undefined : first(isTime)) ??
        first(isCategory) ??
        first(isTime) ??
        first(isName) ??
        // Two numbers and no name: the first is what the second is about.
        (measures > 1 ? first((column) => column.kind === 'number') : undefined);

    let series = seriesAsked;
    if (series === undefined && x !== undefined) {
        const other =
            first(isCategory, x) ?? first(isName, x) ?? (isOfPairs(spec.chart) ? first(isTime, x) : undefined);
        if (isOfPairs(spec.chart) || (other !== undefined && (isStacked(spec.chart) || repeats(rows, x))))
            series = other;
    }
    const rest = (fits: (column: Column) => boolean) =>
        columns.flatMap((column, at) =>
            at !== x && at !== series && column.kind === 'number' && fits(column) ? [at] : [],
        );
    let y = asked.filter((index) => index !== x && index !== series);
    if (y.length === 0) y = rest((column) => !isName(column));
    if (y.length === 0) y = rest(() => true);
    return { x, series, y };
}

function repeats(rows: Table['rows'], column: number): boolean {
    const seen = new Set<string>();
    for (const row of rows) {
        const key = plainText(row[column] ?? null);
        if (seen.has(key)) return true;
        seen.add(key);
    }
    return false;
}
