/** Rows as categories and series of numbers, which is what most charts draw. */
import type { Cell, Column, Table } from '../api/table';
import { cellText, plainText, shortened, toMoment, toNumber } from '../format/cell';
import { guessUnit } from '../format/unit';
import { messages } from '../messages';
import { bucketsOf, type Granularity, wallBucket } from '../time/granularity';
import type { Span } from '../time/range';
import { toWall } from '../time/zone';
import { REST } from './rest';
import { rolesOf } from './roles';
import { type ChartSpec, isOfPairs } from './spec';

export interface Category {
    cell: Cell;
    label: string;
    /** Epoch milliseconds, on a time axis. */
    moment: number | undefined;
}

export interface Series {
    /** Unlike any other series' of the frame. */
    key: string;
    label: string;
    /** The value of the colour column; undefined: the series is a column, or what is left. */
    cell: Cell | undefined;
    values: (number | null)[];
    total: number;
}

export interface Frame {
    x: Column | undefined;
    colour: Column | undefined;
    measures: Column[];
    isTime: boolean;
    /** The moments are beginnings of buckets, with none left out. */
    isBucketed: boolean;
    categories: Category[];
    series: Series[];
}

export interface TimeFrame {
    zone: string;
    span?: Span | undefined;
    granularity?: Granularity | undefined;
}

/** More colours than this nobody tells apart; what is beyond becomes "Other". */
export const MOST_SERIES = 10;

export function labelOf(cell: Cell, column: Column | undefined, zone: string): string {
    if (cell === REST) return messages.value.chart.other;
    if (cell === null || column === undefined) return messages.value.chart.none;
    const text = shortened(cellText(cell, column, zone));
    return text === '' ? messages.value.chart.empty : text;
}

export function frameOf(spec: ChartSpec, table: Table, time: TimeFrame): Frame {
    const roles = rolesOf(spec, table);
    const column = (index: number | undefined) => (index === undefined ? undefined : table.columns[index]);
    const x = column(roles.x);
    const colour = column(roles.series);
    const measures = roles.y.map((index) => table.columns[index]).filter((measure) => measure !== undefined);
    const isTime = x !== undefined && (x.kind === 'time' || x.kind === 'date');

    // Maps, not objects: a name may be `__proto__`.
    const categories = new Map<string, Category>();
    const series = new Map<string, Series & { sums: Map<string, number> }>();
    for (const row of table.rows) {
        const cell = roles.x === undefined ? null : (row[roles.x] ?? null);
        const moment = isTime ? (toMoment(cell) ?? undefined) : undefined;
        if (isTime && moment === undefined) continue; // A row without a time has no place on the axis.
        const category = isTime ? String(moment) : keyOf(cell);
        if (!categories.has(category)) categories.set(category, { cell, label: labelOf(cell, x, time.zone), moment });
        for (const [at, measure] of measures.entries()) {
            const seriesCell = roles.series === undefined ? undefined : (row[roles.series] ?? null);
            const key =
                seriesCell === REST ? 'other' : `${String(at)} ${seriesCell === undefined ? '' : keyOf(seriesCell)}`;
            let one = series.get(key);
            if (!one) {
                const name = seriesCell === undefined ? measure.name : labelOf(seriesCell, colour, time.zone);
                const label =
                    seriesCell !== undefined && measures.length > 1 ? `${name} · ${measure.name}` : shortened(name);
                series.set(key, (one = { key, label, cell: seriesCell, values: [], total: 0, sums: new Map() }));
            }
            const value = toNumber(row[roles.y[at] ?? -1]);
            if (value !== null) one.sums.set(category, (one.sums.get(category) ?? 0) + value);
        }
    }

    const isBucketed = isTime && fillBuckets(categories, time);
    const ordered = [...categories.entries()];
    if (isTime) ordered.sort(([, a], [, b]) => (a.moment ?? 0) - (b.moment ?? 0));
    // A bucket nothing happened in is a zero of what is summed up; a time or a share it has not got.
    const unit = spec.unit ?? guessUnit(measures[0]?.name ?? '');
    const nothing = isBucketed && unit !== 'seconds' && unit !== 'percent' ? 0 : null;
    const drawn = [...series.values()].map(({ sums, ...one }) => {
        const values = ordered.map(([key]) => sums.get(key) ?? nothing);
        return { ...one, values, total: values.reduce<number>((sum, value) => sum + (value ?? 0), 0) };
    });
    const frame: Frame = {
        x,
        colour,
        measures,
        isTime,
        isBucketed,
        categories: ordered.map(([, category]) => category),
        // Pairs have no colours that could run out; they cap what they draw themselves.
        series: colour && !isOfPairs(spec.chart) ? mostOf(drawn) : drawn,
    };
    if (spec.chart === 'heat_map' && colour?.kind === 'number') {
        frame.series.sort((a, b) => (toNumber(a.cell) ?? 0) - (toNumber(b.cell) ?? 0));
    }
    return isTime ? frame : inOrder(frame, spec);
}

/** NULL, an empty text and the rest are three. */
function keyOf(cell: Cell): string {
    return cell === REST ? 'r' : cell === null ? 'n' : `v${plainText(cell)}`;
}

/** Adds the buckets without rows, where what is there are buckets. Dates are days in UTC whatever the zone. */
function fillBuckets(categories: Map<string, Category>, time: TimeFrame): boolean {
    const { span, granularity, zone } = time;
    if (!span || !granularity || categories.size === 0) return false;
    for (const { moment } of categories.values()) {
        const wall = toWall(moment ?? 0, zone);
        if (wallBucket(wall, granularity) !== wall) return false;
    }
    for (const moment of bucketsOf(span, granularity, zone)) {
        const key = String(moment);
        if (!categories.has(key)) categories.set(key, { cell: new Date(moment).toISOString(), label: '', moment });
    }
    return true;
}

/** The biggest series in a stable order, and the rest as one. */
function mostOf(series: Series[]): Series[] {
    const isRest = (one: Series) => Number(one.cell === REST);
    const sorted = [...series].sort((a, b) => isRest(a) - isRest(b) || b.total - a.total);
    if (sorted.length <= MOST_SERIES) return sorted;
    const kept = sorted.slice(0, MOST_SERIES - 1);
    const rest = sorted.slice(MOST_SERIES - 1);
    const values = (rest[0]?.values ?? []).map((_, at) => rest.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
    const total = rest.reduce((sum, one) => sum + one.total, 0);
    return [...kept, { key: 'other', label: messages.value.chart.other, cell: undefined, values, total }];
}

function inOrder(frame: Frame, spec: ChartSpec): Frame {
    const order = spec.order ?? 'none';
    if (order === 'none') return frame;
    const sums = frame.categories.map((_, at) => frame.series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
    const direction = spec.direction ?? (order === 'value' ? 'descending' : 'ascending');
    const turn = direction === 'descending' ? -1 : 1;
    const places = frame.categories.map((_, at) => at);
    places.sort((a, b) => {
        if (order === 'value') return turn * ((sums[a] ?? 0) - (sums[b] ?? 0)) || a - b;
        const left = frame.categories[a]?.label ?? '';
        return turn * left.localeCompare(frame.categories[b]?.label ?? '', undefined, { numeric: true });
    });
    return {
        ...frame,
        categories: places.map((at) => frame.categories[at]).filter((category) => category !== undefined),
        series: frame.series.map((one) => ({ ...one, values: places.map((at) => one.values[at] ?? null) })),
    };
}

/** Sums over the series that are shown, a category. */
export function totalsOf(frame: Frame, hidden: ReadonlySet<string>): number[] {
    return frame.categories.map((_, at) =>
        frame.series.reduce((sum, one) => (hidden.has(one.key) ? sum : sum + (one.values[at] ?? 0)), 0),
    );
}
