/** One number, and how it changed. */
import type { Table } from '../api/table';
import { toNumber } from '../format/cell';
import { formatChange } from '../format/number';
import { formatLong, formatShort } from '../format/unit';
import { messages } from '../messages';
import { unitOf } from './choose';
import { rolesOf } from './roles';
import type { ChartSpec } from './spec';

/** The share by which a number changed; undefined where there was nothing to change from. */
export function changeOf(value: number, previous: number): number | undefined {
    if (previous === 0) return value === 0 ? 0 : undefined;
    return (value - previous) / Math.abs(previous);
}

function valueIn(spec: ChartSpec, table: Table): number | null {
    const column = rolesOf(spec, table).y[0];
    // A sum over no rows is NULL; what it says is zero.
    return column === undefined ? null : (toNumber(table.rows[0]?.[column]) ?? 0);
}

export interface NumberFigureProps {
    spec: ChartSpec;
    table: Table;
    previous?: Table | undefined;
}

export function NumberFigure({ spec, table, previous }: NumberFigureProps) {
    const text = messages.value.chart;
    const value = valueIn(spec, table);
    if (value === null) return <p class="chart-notice">{text.noNumbers}</p>;
    const unit = unitOf(spec, table);
    return (
        <div class="number-figure">
            <span class="number-figure-value" title={formatLong(value, unit)}>
                {formatShort(value, unit)}
            </span>
            {previous && (
                <Change
                    now={value}
                    before={valueIn(spec, previous) ?? 0}
                    title={formatLong(valueIn(spec, previous) ?? 0, unit)}
                />
            )}
        </div>
    );
}

function Change({ now, before, title }: { now: number; before: number; title: string }) {
    const text = messages.value.chart;
    const change = changeOf(now, before);
    if (change === undefined) return <span class="number-figure-change">{text.noPrevious}</span>;
    if (change === 0) return <span class="number-figure-change">{text.noChange}</span>;
    // Whether more is good nobody knows here: direction is shown, and not judged.
    return (
        <span class="number-figure-change" title={`${messages.value.time.previous}: ${title}`}>
            <span aria-hidden="true">{change > 0 ? '▲' : '▼'} </span>
            {text.change(formatChange(change))}
        </span>
    );
}
