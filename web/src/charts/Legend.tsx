/** The names of the colours, each a switch. Own elements: reachable by keyboard, and cut where they are endless. */
import { messages } from '../messages';
import { shortened } from '../format/cell';

export interface LegendItem {
    key: string;
    label: string;
    colour: string;
    value?: string;
}

export interface LegendProps {
    items: LegendItem[];
    hidden: ReadonlySet<string>;
    isBeside: boolean;
    onChange: (hidden: ReadonlySet<string>) => void;
}

/** One click shows or hides; with Alt, or twice quickly, it is alone. */
export function toggled(items: LegendItem[], hidden: ReadonlySet<string>, key: string, alone: boolean): Set<string> {
    if (alone) {
        const others = items.filter((item) => item.key !== key).map((item) => item.key);
        const isAlone = !hidden.has(key) && others.every((other) => hidden.has(other));
        return new Set(isAlone ? [] : others);
    }
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    return next;
}

export function Legend({ items, hidden, isBeside, onChange }: LegendProps) {
    const text = messages.value.chart;
    return (
        <ul class={isBeside ? 'legend is-beside' : 'legend'} aria-label={text.series}>
            {items.map((item) => (
                <li key={item.key}>
                    <button
                        type="button"
                        class="legend-item"
                        aria-pressed={!hidden.has(item.key)}
                        title={shortened(item.label, 1000)}
                        onClick={(event) => onChange(toggled(items, hidden, item.key, event.altKey || event.shiftKey))}
                        onDblClick={() => onChange(toggled(items, new Set(), item.key, true))}
                    >
                        <span class="legend-dot" style={{ background: item.colour }} />
                        <span class="legend-name">{shortened(item.label, 80)}</span>
                        {item.value !== undefined && <span class="legend-value">{item.value}</span>}
                    </button>
                </li>
            ))}
        </ul>
    );
}
