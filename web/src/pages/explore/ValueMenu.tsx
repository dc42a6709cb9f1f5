/** What can be done with a value of a field: filter by it or out, see more of it, copy it. */
import type { Relation } from '../../api/catalog';
import type { PickedValue } from '../../charts/built';
import type { Point } from '../../charts/Plot';
import { Menu, type MenuEntry } from '../../components/Menu';
import { notify } from '../../components/notices';
import { toggledTerm } from '../../filter/fieldTerms';
import { withTerm } from '../../filter/line';
import { cellText, plainText, shortened } from '../../format/cell';
import { messages } from '../../messages';
import { go } from '../../state/location';
import { filterLine, zone } from '../../state/scope';
import { linksOf } from './records/links';
import { setFilter } from './state/explored';

export interface ValueMenuProps {
    relation: Relation;
    values: PickedValue[];
    at: Point;
    onClose: () => void;
}

export function ValueMenu({ relation, values, at, onClose }: ValueMenuProps) {
    const text = messages.value.filter;
    return (
        <Menu
            anchor={{ left: at.x, right: at.x, top: at.y, bottom: at.y }}
            label={text.valueMenu}
            entries={entriesOf(relation, values)}
            onClose={onClose}
        />
    );
}

/** The filter line says neither several values in one nor a moment. */
function canFilter({ column }: PickedValue): boolean {
    return column.kind !== 'other' && column.kind !== 'time';
}

function entriesOf(relation: Relation, values: PickedValue[]): MenuEntry[] {
    const text = messages.value.filter;
    const entries: MenuEntry[] = [];
    const both = values.filter(canFilter);
    if (both.length > 1) {
        const said = both.map(({ column, cell }) => `${column.name} = ${sayable(column, cell)}`).join(', ');
        entries.push({
            text: said,
            icon: 'filter',
            onChoose: () =>
                setFilter(
                    both.reduce((line, { column, cell }) => withTerm(line, column.name, '=', cell), filterLine.peek()),
                ),
        });
        entries.push('rule');
    }
    for (const { column, cell } of both) {
        const said = sayable(column, cell);
        entries.push(
            {
                text: text.only(column.name, said),
                icon: 'filter',
                onChoose: () => setFilter(withTerm(filterLine.peek(), column.name, '=', cell)),
            },
            {
                text: text.without(column.name, said),
                icon: 'without',
                onChoose: () => setFilter(toggledTerm(filterLine.peek(), column.name, cell, 'not')),
            },
        );
    }
    for (const { column, cell } of values) {
        const links = linksOf(relation, column.name, cell);
        if (links.length > 0) entries.push('rule');
        for (const link of links) {
            entries.push({ text: link.text, icon: link.icon, onChoose: () => go(link.to) });
        }
    }
    const [first] = values;
    if (first) {
        entries.push('rule', { text: text.copyValue, icon: 'copy', onChoose: () => void copy(plainText(first.cell)) });
    }
    return entries;
}

function sayable(column: PickedValue['column'], cell: PickedValue['cell']): string {
    if (cell === null) return messages.value.chart.none;
    return shortened(cellText(cell, column, zone.peek()), 60) || messages.value.chart.empty;
}

async function copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    notify(messages.peek().action.copied);
}
