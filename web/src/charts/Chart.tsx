/** An answer as a chart. The one component that pages use; see ChartProps. */
import { useCallback, useMemo, useState } from 'preact/hooks';
import type { Table } from '../api/table';
import { formatFull } from '../format/number';
import { formatShort } from '../format/unit';
import { messages } from '../messages';
import { theme } from '../state/settings';
import type { Granularity } from '../time/granularity';
import type { Span } from '../time/range';
import type { PickedValue } from './built';
import './chart.css';
import { unitOf } from './choose';
import { DataTable } from './DataTable';
import { type Frame, frameOf, type Series } from './frame';
import { Legend } from './Legend';
import { coloursOf, readLook } from './look';
import { NumberFigure } from './NumberFigure';
import { build } from './options';
import { slicesOf } from './options/pie';
import { type Picture, Plot, type Point } from './Plot';
import { type ChartSpec, isOfPairs } from './spec';

export interface ChartProps {
    spec: ChartSpec;
    table: Table;
    /** The same statement's answer over the period before, to compare with. */
    previous?: Table | undefined;
    /** What goes the other way: drawn below the time axis. Has the columns of `table`. */
    below?: Table | undefined;
    title: string;
    zone: string;
    /** The time asked about: a time axis shows all of it, with zeros where nothing was. */
    span?: Span | undefined;
    granularity?: Granularity | undefined;
    /** A value was chosen; `at` is where on the screen. */
    onPick?: ((values: PickedValue[], at: Point) => void) | undefined;
    /** A part of a time axis was dragged over. */
    onBrush?: ((fromMs: number, toMs: number) => void) | undefined;
    /** Called with what can make a PNG once drawn, and with undefined when it no longer can. */
    onPicture?: ((picture: Picture | undefined) => void) | undefined;
}

export function Chart(props: ChartProps) {
    const { spec, table, previous, title, zone } = props;
    const text = messages.value.chart;
    if (table.rows.length === 0) return <p class="chart-notice">{text.noRows}</p>;
    const label = text.describe(text.kind[spec.chart], title, formatFull(table.rows.length));
    if (spec.chart === 'table') return <DataTable table={table} zone={zone} label={label} onPick={props.onPick} />;
    if (spec.chart === 'number') return <NumberFigure spec={spec} table={table} previous={previous} />;
    return <DrawnChart {...props} label={label} />;
}

function DrawnChart({
    spec,
    table,
    previous,
    below,
    zone,
    span,
    granularity,
    label,
    ...props
}: ChartProps & { label: string }) {
    const texts = messages.value;
    const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
    const from = span?.from;
    const to = span?.to;
    // The texts are in the frame: another language is another frame.
    const frame = useMemo(
        () => {
            const time = from === undefined || to === undefined ? { zone } : { zone, span: { from, to }, granularity };
            return frameOf(spec, table, time);
        },
        // eslint-disable-next-line react-hooks/exhaustive-deps -- as said above
        [spec, table, zone, from, to, granularity, texts],
    );
    const before = useMemo(() => {
        if (!previous || from === undefined || to === undefined) return undefined;
        return frameOf(spec, previous, { zone, span: { from: 2 * from - to, to: from }, granularity });
    }, [spec, previous, zone, from, to, granularity]);
    const under = useMemo(() => {
        if (!below || from === undefined || to === undefined) return undefined;
        return frameOf(spec, below, { zone, span: { from, to }, granularity });
    }, [spec, below, zone, from, to, granularity]);
    const unit = unitOf(spec, table);
    const isTime = frame.isTime;

    const draw = useCallback(
        (look: Parameters<typeof coloursOf>[0], size: { width: number; height: number }) =>
            build({ spec, frame, previous: before, below: under, unit, look, hidden, size, zone, granularity }),
        [spec, frame, before, under, unit, hidden, zone, granularity],
    );

    const notice = lacking(spec, frame);
    if (notice) return <p class="chart-notice">{notice}</p>;
    const series = spec.chart === 'pie' ? slicesOf(frame) : frame.series;
    const legend = legendOf(spec, series, frame.colour !== undefined);
    return (
        <div class={spec.chart === 'pie' ? 'chart is-beside' : 'chart'}>
            <Plot
                build={draw}
                label={label}
                theme={theme.value}
                onPick={props.onPick}
                onBrush={isTime ? props.onBrush : undefined}
                onPicture={props.onPicture}
            />
            {legend.length > 0 && (
                <Legend
                    items={legend.map((item, at) => ({
                        ...item,
                        ...(spec.chart === 'pie' ? { value: formatShort(series[at]?.total ?? 0, unit) } : {}),
                    }))}
                    hidden={hidden}
                    isBeside={spec.chart === 'pie'}
                    onChange={setHidden}
                />
            )}
        </div>
    );
}

function lacking(spec: ChartSpec, frame: Frame): string | undefined {
    const text = messages.value.chart;
    if (frame.series.length === 0) return text.noNumbers;
    if (isOfPairs(spec.chart) && (!frame.x || !frame.colour)) return text.noPairs;
    return undefined;
}

/** A single column says its name in the title; pairs have theirs on the picture. */
function legendOf(spec: ChartSpec, series: Series[], hasNames: boolean) {
    if (isOfPairs(spec.chart) || (series.length < 2 && !hasNames && spec.chart !== 'pie')) return [];
    const colours = coloursOf(
        readLook(),
        series.map((one) => ({ cell: one.cell, isRest: one.key === 'other' })),
    );
    return series.map((one, at) => ({ key: one.key, label: one.label, colour: colours[at] ?? '' }));
}
