/** The parts of ECharts that are used, as one chunk that comes after the page. */
import { BarChart, GraphChart, HeatmapChart, LineChart, PieChart, SankeyChart } from 'echarts/charts';
import { GridComponent, TitleComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { init, use as withParts, type EChartsType } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer } from 'echarts/renderers';

withParts([
    BarChart,
    GraphChart,
    HeatmapChart,
    LineChart,
    PieChart,
    SankeyChart,
    GridComponent,
    TitleComponent,
    TooltipComponent,
    VisualMapComponent,
    LabelLayout,
    CanvasRenderer,
]);

export type Engine = EChartsType;

export function start(element: HTMLElement): Engine {
    return init(element, null, { renderer: 'canvas', useDirtyRect: false });
}
