/** What a chart builder is given, and what it makes. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Cell, Column } from '../api/table';
import type { Unit } from '../format/unit';
import type { Granularity } from '../time/granularity';
import type { Span } from '../time/range';
import type { Frame } from './frame';
import type { Look } from './look';
import type { ChartSpec } from './spec';

export interface ChartInput {
    spec: ChartSpec;
    frame: Frame;
    /** The same of the previous period, to be laid over. */
    previous?: Frame | undefined;
    /** What goes the other way, to be drawn below the axis in the same colours. */
    below?: Frame | undefined;
    unit: Unit;
    look: Look;
    hidden: ReadonlySet<string>;
    size: { width: number; height: number };
    zone: string;
    span?: Span | undefined;
    granularity?: Granularity | undefined;
}

/** A value somebody pointed at, by the column it is of. */
export interface PickedValue {
    column: Column;
    cell: Cell;
}

/** The part of ECharts' click event that we read. */
export interface ClickEvent {
    seriesIndex?: number;
    dataIndex?: number;
    dataType?: string;
}

export interface Built {
    option: EChartsCoreOption;
    /** The values at a place that was clicked. */
    pick: (event: ClickEvent) => PickedValue[];
    /** The values of a place on the category axis, for clicks beside what is drawn there. */
    pickBeside?: (place: number) => PickedValue[];
    /** From a position along the time axis, as ECharts gives it, to epoch milliseconds. */
    momentAt?: (position: number, edge: 'start' | 'end') => number;
    /** The category axis goes down. */
    isHorizontal?: boolean;
    /** Pixels it needs in height to be read; the tile scrolls where it has less. */
    height?: number;
}
