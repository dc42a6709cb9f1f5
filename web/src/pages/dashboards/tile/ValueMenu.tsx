/** What to do with a value that was clicked: filter by it, filter it out, look at it, copy it. */
import type { TileDefinition } from '../../../api/dashboards';
import type { PickedValue } from '../../../charts/built';
import type { Point } from '../../../charts/Plot';
import { Menu, type MenuEntry } from '../../../components/Menu';
import { notify } from '../../../components/notices';
import { filterValue } from '../../../filter/fields';
import { withTerm } from '../../../filter/line';
import { plainText, shortened } from '../../../format/cell';
import { messages } from '../../../messages';
import { choose, go } from '../../../state/location';
import { filterLine } from '../../../state/scope';
import { exploreLink } from '../../links';

export interface ValueMenuProps {
    tile: TileDefinition;
    values: PickedValue[];
    at: Point;
    onClose: () => void;
}

export function ValueMenu({ tile, values, at, onClose }: ValueMenuProps) {
    const anchor = { left: at.x, right: at.x, top: at.y, bottom: at.y };
    return (
        <Menu
            anchor={anchor}
            label={messages.value.filter.valueMenu}
            entries={entriesOf(tile, values)}
            onClose={onClose}
        />
    );
}

function entriesOf(tile: TileDefinition, values: PickedValue[]): MenuEntry[] {
    const text = messages.value.filter;
    const filters = values.map((value) => filterValue(value)).filter((value) => value !== undefined);
    const entries: MenuEntry[] = [];
    for (const { field, value } of filters) {
        const said = value === null ? messages.value.chart.none : shortened(plainText(value), 60);
        entries.push(
            {
                text: text.only(field, said),
                icon: 'filter',
                onChoose: () => choose({ filter: withTerm(filterLine.value, field, '=', value) }),
            },
            {
                text: text.without(field, said),
                icon: 'close',
                onChoose: () => choose({ filter: withTerm(filterLine.value, field, '!=', value) }),
            },
        );
    }
    if (entries.length > 0) entries.push('rule');
    entries.push({ text: text.inExplore, icon: 'explore', onChoose: () => go(exploreLink(tile, filters)) });
    for (const { cell } of values.slice(0, 1)) {
        entries.push({
            text: text.copyValue,
            icon: 'copy',
            onChoose: () => {
                void navigator.clipboard.writeText(plainText(cell)).then(() => notify(messages.value.action.copied));
            },
        });
    }
    return entries;
}
