/** A value of a facet: a bar as long as its share, a click to filter, a button to filter out. */
import type { Cell, Column } from '../../../api/table';
import { Button } from '../../../components/Button';
import { type Toggle, toggledTerm } from '../../../filter/fieldTerms';
import { cellText, shortened } from '../../../format/cell';
import { formatCount, formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { filterLine, zone } from '../../../state/scope';
import { setFilter } from '../state/explored';

export interface FacetValueProps {
    column: Column;
    value: Cell;
    count: number | undefined;
    share: number;
    state: 'included' | 'excluded' | 'left out' | 'plain';
}

export function FacetValue({ column, value, count, share, state }: FacetValueProps) {
    const text = messages.value.explore;
    const said =
        value === null
            ? messages.value.chart.none
            : shortened(cellText(value, column, zone.value), 200) || messages.value.chart.empty;
    const toggle = (how: Toggle) => setFilter(toggledTerm(filterLine.value, column.name, value, how));
    const classes = ['facet-value', `is-${state.replace(' ', '-')}`];
    return (
        <li class={classes.join(' ')}>
            <button
                type="button"
                class="facet-choice"
                aria-pressed={state === 'included'}
                title={`${said}\n${text.facetOnly(column.name, shortened(said, 60))}`}
                onClick={(event) =>
                    toggle(event.altKey ? 'not' : event.ctrlKey || event.metaKey || event.shiftKey ? 'also' : 'only')
                }
            >
                <span class="facet-bar" style={{ width: `${String(Math.max(1, Math.round(share * 100)))}%` }} />
                <span class={value === null ? 'facet-text is-null' : 'facet-text'}>{said}</span>
                {count !== undefined && (
                    <span class="facet-count" title={formatFull(count)}>
                        {formatCount(count)}
                    </span>
                )}
            </button>
            <Button
                icon="without"
                kind="quiet"
                isSmall
                class="facet-not"
                label={text.facetNot(column.name, shortened(said, 60))}
                isPressed={state === 'excluded'}
                onClick={() => toggle('not')}
            />
        </li>
    );
}
