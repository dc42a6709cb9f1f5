/** From what a chart is to be to what ECharts is told. */
import type { Built, ChartInput } from '../built';
import { cartesian } from './cartesian';
import { graph, sankey } from './flow';
import { heatMap } from './heatMap';
import { pie } from './pie';

export function build(input: ChartInput): Built {
    switch (input.spec.chart) {
        case 'pie':
            return pie(input);
        case 'heat_map':
            return heatMap(input);
        case 'sankey':
            return sankey(input);
        case 'graph':
            return graph(input);
        case 'bar':
        case 'column':
        case 'stacked_bar':
        case 'stacked_column':
        case 'line':
        case 'area':
            return cartesian(input);
        // These are elements of the page and not drawn; see Chart.tsx.
        case 'number':
        case 'table':
            return { option: {}, pick: () => [] };
    }
}
