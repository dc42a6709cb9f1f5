/** What a chart is asked to be: the part of a tile that does not depend on dashboards. */
import type { Unit } from '../format/unit';

export const chartKinds = [
    'bar',
    'column',
    'stacked_bar',
    'stacked_column',
    'line',
    'area',
    'pie',
    'heat_map',
    'sankey',
    'graph',
    'number',
    'table',
] as const;
export type ChartKind = (typeof chartKinds)[number];

export type Order = 'value' | 'name' | 'none';
export type Direction = 'descending' | 'ascending';

export interface ChartSpec {
    chart: ChartKind;
    /** Category or time; source of a sankey or graph. */
    x?: string;
    /** Values. */
    y?: string[];
    /** Colour; target of a sankey or graph; row of a heat map. */
    series?: string;
    order?: Order;
    direction?: Direction;
    unit?: Unit;
}

/** Charts whose two names are equals: from and to, or column and row. */
export function isOfPairs(chart: ChartKind): boolean {
    return chart === 'sankey' || chart === 'graph' || chart === 'heat_map';
}

export function isStacked(chart: ChartKind): boolean {
    return chart === 'stacked_bar' || chart === 'stacked_column' || chart === 'area';
}

export function isHorizontal(chart: ChartKind): boolean {
    return chart === 'bar' || chart === 'stacked_bar';
}
