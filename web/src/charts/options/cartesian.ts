/** Bars, columns, lines and areas. */
import { shortened } from '../../format/cell';
import { formatLong, formatShort } from '../../format/unit';
import { formatTick } from '../../format/time';
import { nextWallBucket } from '../../time/granularity';
import { fromWall, toWall } from '../../time/zone';
import type { Built, ChartInput, PickedValue } from '../built';
import { type Frame, totalsOf } from '../frame';
import { coloursOf } from '../look';
import { REST } from '../rest';
import { isHorizontal, isStacked } from '../spec';
import { tooltip, type TooltipRow } from '../tooltip';
import { headingOf, previousName, textStyle, tooltipBox, valueAxis } from './common';
import { belowOf, mirroredRows } from './mirrored';
import { labelled } from './ticks';
import { messages } from '../../messages';

/** Pixels a bar with its label needs, at the usual size of text. */
const BAR_PIXELS = 19;
const MOST_BARS = 500;

export function cartesian(input: ChartInput): Built {
    const { spec, frame, look, hidden } = input;
    const horizontal = isHorizontal(spec.chart);
    const stacked = isStacked(spec.chart);
    const isLine = spec.chart === 'line' || spec.chart === 'area';
    const count = Math.min(frame.categories.length, MOST_BARS);
    const colours = coloursOf(
        look,
        frame.series.map((one) => ({ cell: one.cell, isRest: one.key === 'other' })),
    );
    const shown = frame.series
        .map((one, at) => ({ ...one, colour: colours[at] ?? look.accent, at }))
        .filter((one) => !hidden.has(one.key));
    // A point with nothing beside it makes no line: without buckets every point is drawn.
    const hasGaps = frame.series.some((one) => one.values.includes(null));
    const hasPoints = count === 1 || ((hasGaps || !frame.isBucketed) && count <= 400);
    // What is drawn below the axis is as much as it is above.
    const short = (value: number) => formatShort(input.below ? Math.abs(value) : value, input.unit);

    const series: object[] = shown.map((one) => ({
        type: isLine ? 'line' : 'bar',
        data: one.values
            .slice(0, count)
            .map((value, at) =>
                frame.categories[at]?.cell === REST && !stacked ? { value, itemStyle: { color: look.none } } : value,
            ),
        itemStyle: {
            color: one.colour,
            borderRadius: stacked || isLine ? 0 : horizontal ? [0, 2, 2, 0] : [2, 2, 0, 0],
        },
        ...(stacked ? { stack: 'all' } : {}),
        ...(isLine ? lineStyle(one.colour, spec.chart === 'area', hasPoints) : barStyle(horizontal)),
        ...(horizontal && !stacked && shown.length === 1 ? { label: barLabel(input) } : {}),
    }));
    if (horizontal && stacked) series.push(totalLabels(input, count));
    if (input.below) {
        for (const { values, colour } of belowOf(shown, input.below)) {
            series.push({
                type: isLine ? 'line' : 'bar',
                data: values.slice(0, count),
                itemStyle: { color: colour },
                ...(stacked ? { stack: 'all' } : {}),
                ...(isLine ? lineStyle(colour, spec.chart === 'area', hasPoints) : barStyle(horizontal)),
            });
        }
    }
    const laidOver =
        frame.isTime && !horizontal && input.previous && !input.below
            ? previousTotals(frame, input.previous, hidden)
            : undefined;
    if (laidOver) series.push(previousLine(laidOver, look.faint));

    const category = categoryAxis(input, count, horizontal, isLine);
    const value = valueAxis(input, short);
    return {
        option: {
            animationDuration: 250,
            textStyle: textStyle(look),
            grid: {
                left: 4,
                right: horizontal ? look.fontSize * 5 : 12,
                top: 12,
                bottom: 4,
                outerBoundsMode: 'same',
                outerBoundsContain: 'axisLabel',
            },
            xAxis: horizontal
                ? { ...value, position: 'top', axisLabel: { show: false }, splitLine: { show: false } }
                : category,
            yAxis: horizontal ? category : value,
            series,
            tooltip: {
                ...tooltipBox(look),
                trigger: 'axis',
                axisPointer: isLine
                    ? { type: 'line', lineStyle: { color: look.faint, type: 'solid', width: 1 } }
                    : { type: 'shadow', shadowStyle: { color: look.faint, opacity: 0.1 } },
                formatter: (params: unknown) => {
                    const at = (params as { dataIndex: number }[])[0]?.dataIndex ?? 0;
                    const rows = input.below
                        ? mirroredRows(shown, input.below, at, input.unit)
                        : rowsAt(input, shown, at, laidOver);
                    return tooltip(headingOf(frame.categories[at], input), rows);
                },
            },
        },
        // Series below the axis follow those above it, in the same order.
        pick: ({ seriesIndex, dataIndex }) =>
            pickAt(frame, shown[(seriesIndex ?? 0) % Math.max(1, shown.length)]?.at, dataIndex),
        ...(frame.isTime ? {} : { pickBeside: (place: number) => pickAt(frame, undefined, Math.round(place)) }),
        ...(horizontal ? { isHorizontal: true, height: count * BAR_PIXELS * (look.fontSize / 11.5) + 12 } : {}),
        ...(frame.isTime && !horizontal ? { momentAt: (position, edge) => momentAt(input, position, edge) } : {}),
    };
}

function lineStyle(colour: string, isArea: boolean, hasPoints: boolean) {
    return {
        showSymbol: hasPoints,
        symbolSize: 5,
        // A line along an area of almost nothing would look like a lot of it.
        lineStyle: { width: isArea ? 0 : 1.8, color: colour },
        ...(isArea ? { areaStyle: { color: colour, opacity: 0.75 } } : {}),
        emphasis: { focus: 'none', lineStyle: { width: isArea ? 0 : 1.8 } },
    };
}

function barStyle(horizontal: boolean) {
    return horizontal
        ? { barMaxWidth: 32, barCategoryGap: '28%' }
        : { barMaxWidth: 56, barCategoryGap: '12%', barMinHeight: 0 };
}

function barLabel(input: ChartInput) {
    return {
        show: true,
        position: 'right',
        ...textStyle(input.look),
        color: input.look.text,
        formatter: ({ value }: { value: number | null }) => (value === null ? '' : formatShort(value, input.unit)),
    };
}

/** The sum at the end of a stacked bar: a bar of no length, which carries the label. */
function totalLabels(input: ChartInput, count: number): object {
    const totals = totalsOf(input.frame, input.hidden);
    return {
        type: 'bar',
        stack: 'all',
        silent: true,
        data: totals.slice(0, count).map(() => 0),
        label: {
            ...barLabel(input),
            formatter: ({ dataIndex }: { dataIndex: number }) => formatShort(totals[dataIndex] ?? 0, input.unit),
        },
    };
}

function categoryAxis(input: ChartInput, count: number, horizontal: boolean, isLine: boolean) {
    const { frame, look, size, zone } = input;
    const moments = frame.categories.map((category) => category.moment ?? 0);
    const spanSeconds = ((moments.at(-1) ?? 0) - (moments[0] ?? 0)) / 1000;
    const most = Math.max(2, Math.floor(size.width / (look.fontSize * 7)));
    const withLabel = frame.isTime ? labelled(moments, zone, most) : undefined;
    const label = (at: number) => {
        const category = frame.categories[at];
        if (!category) return '';
        if (category.moment !== undefined) return formatTick(category.moment, zone, spanSeconds);
        return shortened(category.label, 60);
    };
    return {
        type: 'category',
        // Places, not names: names may be equal, endless, or anything an attacker wrote.
        data: Array.from({ length: count }, (_, at) => String(at)),
        inverse: horizontal,
        boundaryGap: !isLine,
        axisLine: { lineStyle: { color: look.line }, show: !horizontal },
        axisTick: { show: false },
        axisLabel: {
            ...textStyle(look),
            color: horizontal ? look.text : look.faint,
            formatter: (value: string) => label(Number(value)),
            ...(horizontal
                ? {
                      interval: 0,
                      width: Math.min(size.width * 0.42, look.fontSize * 22),
                      overflow: 'truncate',
                      margin: 8,
                  }
                : underColumns(input, count, label)),
            ...(withLabel ? { interval: (at: number) => withLabel.has(at) } : {}),
        },
    };
}

/** All names where they fit side by side, aslant where they are few; else as many as there is room for. */
function underColumns(input: ChartInput, count: number, label: (at: number) => string) {
    const { look, size, frame } = input;
    const letter = look.fontSize * 0.62;
    const longest = Array.from({ length: Math.min(count, 60) }, (_, at) => label(at).length).reduce(
        (a, b) => Math.max(a, b),
        0,
    );
    const room = (size.width - look.fontSize * 5) / Math.max(1, count);
    if (frame.isTime) return { hideOverlap: true };
    if (longest * letter + 6 < room) return { interval: 0 };
    if (room > look.fontSize * 1.4) return { interval: 0, rotate: 38, width: look.fontSize * 9, overflow: 'truncate' };
    return { hideOverlap: true, width: look.fontSize * 8, overflow: 'truncate' };
}

function rowsAt(
    input: ChartInput,
    shown: { label: string; colour: string; values: (number | null)[] }[],
    at: number,
    laidOver: (number | null)[] | undefined,
): TooltipRow[] {
    const rows: TooltipRow[] = shown
        .filter((one) => one.values[at] !== null && (one.values[at] !== 0 || shown.length === 1))
        .map((one) => ({
            colour: one.colour,
            name: one.label,
            value: formatLong(one.values[at] ?? 0, input.unit),
        }));
    if (isStacked(input.spec.chart) && rows.length > 1) {
        const total = shown.reduce((sum, one) => sum + (one.values[at] ?? 0), 0);
        rows.push({ name: messages.value.chart.total, value: formatLong(total, input.unit), isFaint: true });
    }
    const before = laidOver?.[at];
    if (before !== undefined && before !== null) {
        rows.push({
            colour: input.look.faint,
            name: previousName(),
            value: formatLong(before, input.unit),
            isFaint: true,
        });
    }
    return rows;
}

/** The previous period's sums, bucket by bucket under this one's. */
function previousTotals(frame: Frame, previous: Frame, hidden: ReadonlySet<string>): (number | null)[] {
    const totals = totalsOf(previous, hidden);
    // A span that does not divide by its buckets has one more or less: the ends belong together.
    const lead = Math.max(0, previous.categories.length - frame.categories.length);
    return frame.categories.map((_, at) => totals[at + lead] ?? null);
}

function previousLine(values: (number | null)[], colour: string): object {
    return {
        type: 'line',
        data: values,
        silent: true,
        symbol: 'none',
        z: 5,
        lineStyle: { color: colour, width: 1.4, type: [4, 3] },
        itemStyle: { color: colour },
    };
}

function pickAt(frame: Frame, series: number | undefined, at: number | undefined): PickedValue[] {
    const picked: PickedValue[] = [];
    const category = at === undefined ? undefined : frame.categories[at];
    if (frame.x && category && !frame.isTime) picked.push({ column: frame.x, cell: category.cell });
    const one = series === undefined ? undefined : frame.series[series];
    if (frame.colour && one?.cell !== undefined) picked.push({ column: frame.colour, cell: one.cell });
    return picked;
}

function momentAt(input: ChartInput, position: number, edge: 'start' | 'end'): number {
    const { frame, zone, granularity } = input;
    const last = frame.categories.length - 1;
    const at = Math.max(0, Math.min(last, Math.round(position)));
    const moment = frame.categories[at]?.moment ?? 0;
    if (edge === 'start') return moment;
    if (frame.isBucketed && granularity) return fromWall(nextWallBucket(toWall(moment, zone), granularity), zone);
    return frame.categories[Math.min(last, at + 1)]?.moment ?? moment;
}
