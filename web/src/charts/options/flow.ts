/** Sankey and network graph: who with whom, and how much. */
import type { Cell } from '../../api/table';
import { plainText, shortened } from '../../format/cell';
import { formatLong } from '../../format/unit';
import type { Built, ChartInput, ClickEvent, PickedValue } from '../built';
import type { Frame } from '../frame';
import { REST } from '../rest';
import { tooltip } from '../tooltip';
import { textStyle, tooltipBox } from './common';
import { fitted, forceLayout } from './forceLayout';

interface Node {
    label: string;
    cell: Cell;
    side: 'source' | 'target';
    value: number;
}

interface Link {
    source: number;
    target: number;
    value: number;
}

/** More are a knot nobody reads. */
const MOST_LINKS = { sankey: 60, graph: 150 };

/** In a sankey a name may stand on both sides, as two nodes: its links then make no circle. In a graph it is one. */
export function linksOf(frame: Frame, chart: 'sankey' | 'graph'): { nodes: Node[]; links: Link[] } {
    const found: { source: number; target: number; value: number }[] = [];
    for (const [target, one] of frame.series.entries()) {
        for (const [source, value] of one.values.entries()) {
            if (value !== null && value > 0 && one.cell !== undefined) found.push({ source, target, value });
        }
    }
    found.sort((a, b) => b.value - a.value);
    const nodes: Node[] = [];
    const places = new Map<string, number>();
    const place = (side: Node['side'], cell: Cell, label: string, value: number) => {
        const name = cell === REST ? 'r' : cell === null ? 'n' : `v${plainText(cell)}`;
        const key = `${chart === 'sankey' ? side : ''} ${name}`;
        let at = places.get(key);
        if (at === undefined) places.set(key, (at = nodes.push({ label, cell, side, value: 0 }) - 1));
        const node = nodes[at];
        if (node) node.value += value;
        return at;
    };
    const links = found.slice(0, MOST_LINKS[chart]).map(({ source, target, value }) => {
        const from = frame.categories[source];
        const to = frame.series[target];
        return {
            source: place('source', from?.cell ?? null, from?.label ?? '', value),
            target: place('target', to?.cell ?? null, to?.label ?? '', value),
            value,
        };
    });
    return { nodes, links };
}

export function sankey(input: ChartInput): Built {
    const { look, size } = input;
    const { nodes, links } = linksOf(input.frame, 'sankey');
    const colour = (at: number) =>
        nodes[at]?.cell === REST ? look.none : (look.series[at % look.series.length] ?? look.accent);
    return flow(input, nodes, links, {
        type: 'sankey',
        left: 4,
        right: 4,
        top: 8,
        bottom: 8,
        nodeWidth: 10,
        nodeGap: Math.max(3, Math.min(12, size.height / nodes.length / 3)),
        draggable: false,
        labelLayout: { hideOverlap: true },
        lineStyle: { color: 'source', opacity: 0.28, curveness: 0.5 },
        emphasis: { focus: 'adjacency', lineStyle: { opacity: 0.5 } },
        label: {
            ...textStyle(look),
            color: look.text,
            width: size.width * 0.4,
            overflow: 'truncate',
            formatter: ({ name }: { name: string }) => shortened(nodes[Number(name)]?.label ?? '', 60),
        },
        data: nodes.map((node, at) => ({
            name: String(at),
            itemStyle: { color: node.side === 'source' ? colour(at) : look.none, borderWidth: 0 },
            label: { position: node.side === 'source' ? 'right' : 'left' },
        })),
        links: links.map((link) => ({
            source: String(link.source),
            target: String(link.target),
            value: link.value,
        })),
    });
}

export function graph(input: ChartInput): Built {
    const { look, size } = input;
    const { nodes, links } = linksOf(input.frame, 'graph');
    const biggest = nodes.reduce((most, node) => Math.max(most, node.value), 1);
    // In a crowd only the big ones and those in the middle say their names; the others do so under the pointer.
    const named = namedNodes(nodes, links);
    const widest = links.reduce((most, link) => Math.max(most, link.value), 1);
    const box = { left: 24, top: 16, width: size.width - 48, height: size.height - 32 };
    const spots = fitted(forceLayout(nodes.length, links, box.width, box.height), box);
    return flow(input, nodes, links, {
        type: 'graph',
        layout: 'none',
        ...box,
        roam: 'move',
        scaleLimit: { min: 0.4, max: 4 },
        edgeSymbol: ['none', 'arrow'],
        edgeSymbolSize: 6,
        emphasis: { focus: 'adjacency', label: { show: true } },
        labelLayout: { hideOverlap: true },
        label: {
            show: true,
            position: 'right',
            ...textStyle(look),
            color: look.text,
            formatter: ({ name }: { name: string }) =>
                named.has(Number(name)) ? shortened(nodes[Number(name)]?.label ?? '', 32) : '',
        },
        data: nodes.map((node, at) => ({
            name: String(at),
            x: spots[at]?.x ?? 0,
            y: spots[at]?.y ?? 0,
            value: node.value,
            // Towards the middle, where there is room for it.
            label: { position: (spots[at]?.x ?? 0) > box.width * 0.7 ? 'left' : 'right' },
            symbolSize: 7 + 21 * Math.sqrt(node.value / biggest),
            itemStyle: {
                color: node.side === 'source' ? look.series[0] : look.series[1],
                borderColor: look.surface,
                borderWidth: 1,
            },
        })),
        links: links.map((link) => ({
            source: String(link.source),
            target: String(link.target),
            value: link.value,
            lineStyle: {
                width: 1 + 5 * Math.sqrt(link.value / widest),
                color: look.faint,
                opacity: 0.4,
                curveness: 0.12,
            },
        })),
    });
}

const MOST_NAMES = 24;

function namedNodes(nodes: Node[], links: Link[]): Set<number> {
    const degree = new Map<number, number>();
    for (const { source, target } of links) {
        degree.set(source, (degree.get(source) ?? 0) + 1);
        degree.set(target, (degree.get(target) ?? 0) + 1);
    }
    const places = [...nodes.keys()];
    places.sort(
        (a, b) => (degree.get(b) ?? 0) - (degree.get(a) ?? 0) || (nodes[b]?.value ?? 0) - (nodes[a]?.value ?? 0),
    );
    return new Set(places.slice(0, MOST_NAMES));
}

function flow(input: ChartInput, nodes: Node[], links: Link[], series: object): Built {
    const { frame, look, unit } = input;
    const textOf = (event: ClickEvent) => {
        const at = event.dataIndex ?? -1;
        const link = event.dataType === 'edge' ? links[at] : undefined;
        if (link) {
            const from = shortened(nodes[link.source]?.label ?? '', 60);
            return tooltip('', [
                {
                    name: `${from} → ${shortened(nodes[link.target]?.label ?? '', 60)}`,
                    value: formatLong(link.value, unit),
                },
            ]);
        }
        const node = nodes[at];
        return node ? tooltip('', [{ name: node.label, value: formatLong(node.value, unit) }]) : '';
    };
    const valueOf = (node: Node | undefined, side: Node['side']): PickedValue[] => {
        const column = side === 'source' ? frame.x : frame.colour;
        return node && column ? [{ column, cell: node.cell }] : [];
    };
    return {
        option: {
            animation: false,
            textStyle: textStyle(look),
            series: [series],
            tooltip: {
                ...tooltipBox(look),
                trigger: 'item',
                formatter: (params: unknown) => textOf(params as ClickEvent),
            },
        },
        pick: (event) => {
            const at = event.dataIndex ?? -1;
            const link = event.dataType === 'edge' ? links[at] : undefined;
            if (link) return [...valueOf(nodes[link.source], 'source'), ...valueOf(nodes[link.target], 'target')];
            const node = nodes[at];
            return node ? valueOf(node, node.side) : [];
        },
    };
}
