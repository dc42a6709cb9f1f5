import { formatLong, formatShort } from '../../format/unit';
import { formatPercent } from '../../format/number';
import type { Built, ChartInput } from '../built';
import type { Frame, Series } from '../frame';
import { REST } from '../rest';
import { MOST_SERIES } from '../frame';
import { coloursOf } from '../look';
import { messages } from '../../messages';
import { tooltip } from '../tooltip';
import { textStyle, tooltipBox } from './common';

/** The slices of a pie as a frame's series, so that its legend is like every other. */
export function slicesOf(frame: Frame): Series[] {
    const first = frame.series[0];
    if (!frame.x) return frame.series;
    const values = frame.categories.map((category, at) => ({
        key: category.cell === REST ? 'other' : `slice ${String(at)}`,
        label: category.label,
        cell: category.cell,
        values: [first?.values[at] ?? null],
        total: first?.values[at] ?? 0,
    }));
    const sorted = values
        .filter((slice) => slice.total > 0)
        .sort((a, b) => Number(a.cell === REST) - Number(b.cell === REST) || b.total - a.total);
    if (sorted.length <= MOST_SERIES) return sorted;
    const rest = sorted.slice(MOST_SERIES - 1).reduce((sum, slice) => sum + slice.total, 0);
    return [
        ...sorted.slice(0, MOST_SERIES - 1),
        { key: 'other', label: messages.value.chart.other, cell: undefined, values: [rest], total: rest },
    ];
}

export function pie(input: ChartInput): Built {
    const { frame, look, hidden, unit } = input;
    const slices = slicesOf(frame);
    const colours = coloursOf(
        look,
        slices.map((slice) => ({ cell: slice.cell, isRest: slice.key === 'other' })),
    );
    const shown = slices
        .map((slice, at) => ({ ...slice, colour: colours[at] }))
        .filter((slice) => !hidden.has(slice.key));
    const total = shown.reduce((sum, slice) => sum + slice.total, 0);
    const share = (value: number) => formatPercent(total === 0 ? 0 : (value / total) * 100);
    return {
        option: {
            animationDuration: 250,
            textStyle: textStyle(look),
            title: {
                text: formatShort(total, unit),
                left: 'center',
                top: 'center',
                textStyle: {
                    color: look.text,
                    fontFamily: look.font,
                    fontSize: look.fontSize * 1.5,
                    fontWeight: 600,
                },
            },
            series: [
                {
                    type: 'pie',
                    radius: ['58%', '88%'],
                    center: ['50%', '50%'],
                    startAngle: 90,
                    label: { show: false },
                    emphasis: { scaleSize: 4 },
                    itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 3 },
                    data: shown.map((slice) => ({ value: slice.total, itemStyle: { color: slice.colour } })),
                },
            ],
            tooltip: {
                ...tooltipBox(look),
                trigger: 'item',
                formatter: (params: unknown) => {
                    const slice = shown[(params as { dataIndex: number }).dataIndex];
                    if (!slice) return '';
                    return tooltip('', [
                        {
                            colour: slice.colour ?? look.accent,
                            name: slice.label,
                            value: `${formatLong(slice.total, unit)} · ${share(slice.total)}`,
                        },
                    ]);
                },
            },
        },
        pick: ({ dataIndex }) => {
            const cell = dataIndex === undefined ? undefined : shown[dataIndex]?.cell;
            return frame.x && cell !== undefined ? [{ column: frame.x, cell }] : [];
        },
    };
}
