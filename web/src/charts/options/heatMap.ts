import { shortened } from '../../format/cell';
import { formatTick } from '../../format/time';
import { formatLong, formatShort } from '../../format/unit';
import type { Built, ChartInput } from '../built';
import { tooltip } from '../tooltip';
import { headingOf, textStyle, tooltipBox } from './common';
import { labelled } from './ticks';

export function heatMap(input: ChartInput): Built {
    const { frame, look, size, zone, unit } = input;
    const cells: [number, number, number][] = [];
    for (const [row, one] of frame.series.entries()) {
        for (const [column, value] of one.values.entries()) {
            if (value !== null && (value !== 0 || frame.isBucketed)) cells.push([column, row, value]);
        }
    }
    const biggest = cells.reduce((most, [, , value]) => Math.max(most, value), 0);
    const moments = frame.categories.map((category) => category.moment ?? 0);
    const spanSeconds = ((moments.at(-1) ?? 0) - (moments[0] ?? 0)) / 1000;
    const most = Math.max(2, Math.floor(size.width / (look.fontSize * 5)));
    const withLabel = frame.isTime ? labelled(moments, zone, most) : undefined;
    const columnLabel = (at: number) => {
        const category = frame.categories[at];
        if (!category) return '';
        return category.moment === undefined
            ? shortened(category.label, 40)
            : formatTick(category.moment, zone, spanSeconds);
    };
    const axis = { axisLine: { show: false }, axisTick: { show: false }, splitArea: { show: false } };
    return {
        option: {
            animation: false,
            textStyle: textStyle(look),
            grid: {
                left: 4,
                right: 8,
                top: 8,
                bottom: look.fontSize * 2.8,
                outerBoundsMode: 'same',
                outerBoundsContain: 'axisLabel',
            },
            xAxis: {
                ...axis,
                type: 'category',
                data: frame.categories.map((_, at) => String(at)),
                axisLabel: {
                    ...textStyle(look),
                    hideOverlap: true,
                    width: Math.max(look.fontSize * 4, (size.width * 0.8) / Math.max(1, frame.categories.length)),
                    overflow: 'truncate',
                    formatter: (value: string) => columnLabel(Number(value)),
                    ...(withLabel ? { interval: (at: number) => withLabel.has(at) } : {}),
                },
            },
            yAxis: {
                ...axis,
                type: 'category',
                inverse: true,
                data: frame.series.map((_, at) => String(at)),
                axisLabel: {
                    ...textStyle(look),
                    color: look.text,
                    width: Math.min(size.width * 0.35, look.fontSize * 16),
                    overflow: 'truncate',
                    formatter: (value: string) => shortened(frame.series[Number(value)]?.label ?? '', 40),
                },
            },
            visualMap: {
                type: 'continuous',
                min: 0,
                max: biggest || 1,
                calculable: false,
                orient: 'horizontal',
                right: 8,
                bottom: 0,
                itemWidth: look.fontSize * 0.8,
                itemHeight: Math.min(140, size.width * 0.3),
                inRange: { color: look.heat },
                text: [formatShort(biggest, unit), formatShort(0, unit)],
                textStyle: textStyle(look),
            },
            series: [
                {
                    type: 'heatmap',
                    data: cells,
                    itemStyle: { borderColor: look.surface, borderWidth: 1, borderRadius: 2 },
                    emphasis: { itemStyle: { borderColor: look.text, borderWidth: 1 } },
                },
            ],
            tooltip: {
                ...tooltipBox(look),
                trigger: 'item',
                formatter: (params: unknown) => {
                    const cell = cells[(params as { dataIndex: number }).dataIndex];
                    if (!cell) return '';
                    const row = frame.series[cell[1]]?.label ?? '';
                    return tooltip(headingOf(frame.categories[cell[0]], input), [
                        { name: row, value: formatLong(cell[2], unit) },
                    ]);
                },
            },
        },
        pick: ({ dataIndex }) => {
            const cell = dataIndex === undefined ? undefined : cells[dataIndex];
            if (!cell) return [];
            const category = frame.categories[cell[0]];
            const row = frame.series[cell[1]];
            return [
                ...(frame.x && category && !frame.isTime ? [{ column: frame.x, cell: category.cell }] : []),
                ...(frame.colour && row?.cell !== undefined ? [{ column: frame.colour, cell: row.cell }] : []),
            ];
        },
    };
}
