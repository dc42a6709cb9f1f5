/** The chart that fits what is asked, and those that could be chosen instead. */
import type { ChartKind } from '../../../charts/spec';
import { isAdditive, type Measure } from '../state/measure';

export interface Shape {
    byTime: boolean;
    fields: string[];
    measures: Measure[];
    isMirrored?: boolean;
}

/** Charts for a shape, the fitting one first. */
export function chartsFor(shape: Shape): ChartKind[] {
    const { byTime, fields, measures } = shape;
    const adds = measures[0] === undefined || isAdditive(measures[0]);
    if (byTime && shape.isMirrored) return ['area', 'stacked_column', 'line'];
    if (byTime && fields.length === 0) return ['line', 'area', 'stacked_column', 'table'];
    if (byTime) {
        // Parts that do not add up are not stacked.
        return adds ? ['area', 'stacked_column', 'line', 'heat_map', 'table'] : ['line', 'heat_map', 'table'];
    }
    if (fields.length === 0) return ['number', 'table'];
    if (fields.length === 1) return adds ? ['bar', 'column', 'pie', 'table'] : ['bar', 'column', 'table'];
    const pairs: ChartKind[] = ['sankey', 'graph', 'heat_map', 'table'];
    if (isFromTo(fields))
        return adds
            ? ['sankey', 'stacked_bar', 'stacked_column', 'graph', 'heat_map', 'table']
            : ['heat_map', 'graph', 'table'];
    return adds ? ['stacked_bar', 'stacked_column', ...pairs] : ['heat_map', 'table'];
}

export function fittingChart(shape: Shape, chosen: ChartKind | undefined): ChartKind {
    const possible = chartsFor(shape);
    // What a tile calls by another name is the same chart here.
    const meant =
        chosen && possible.includes(chosen) ? chosen : possible.find((kind) => chosen && kind === likewise[chosen]);
    return meant ?? possible[0] ?? 'table';
}

/** A tile says bars where a second field makes them stacked, and the other way round. */
const likewise: Partial<Record<ChartKind, ChartKind>> = {
    bar: 'stacked_bar',
    column: 'stacked_column',
    stacked_bar: 'bar',
    stacked_column: 'column',
};

/** Whether two fields are the two ends of one thing: `srcaddr` and `dstport`, `pkt_src_aws_service` and `pkt_dst_aws_service`. */
export function isFromTo(fields: string[]): boolean {
    const [a = '', b = ''] = fields;
    const end = (name: string) => /(?:^|_)(src|dst|source|dest|destination)/.exec(name)?.[1]?.[0];
    return fields.length === 2 && end(a) !== undefined && end(b) !== undefined && end(a) !== end(b);
}
