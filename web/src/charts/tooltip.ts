/** What a chart says under the pointer. Names are attacker-written: every one becomes a text node. */
import { shortened } from '../format/cell';

export interface TooltipRow {
    colour?: string;
    name: string;
    value: string;
    isFaint?: boolean;
}

function part(className: string, text: string): HTMLElement {
    const element = document.createElement('span');
    element.className = className;
    element.textContent = text;
    return element;
}

/** More lines would cover the chart. */
const MOST_ROWS = 12;

export function tooltip(heading: string, rows: TooltipRow[]): HTMLElement {
    const element = document.createElement('div');
    element.className = 'chart-tooltip';
    if (heading) element.append(part('chart-tooltip-heading', shortened(heading, 200)));
    for (const row of rows.slice(0, MOST_ROWS)) {
        const line = document.createElement('div');
        line.className = row.isFaint ? 'chart-tooltip-row is-faint' : 'chart-tooltip-row';
        const dot = part('chart-tooltip-dot', '');
        if (row.colour) dot.style.background = row.colour;
        line.append(dot, part('chart-tooltip-name', shortened(row.name, 120)), part('chart-tooltip-value', row.value));
        element.append(line);
    }
    if (rows.length > MOST_ROWS) element.append(part('chart-tooltip-more', `+${String(rows.length - MOST_ROWS)}`));
    return element;
}
