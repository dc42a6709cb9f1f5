/** All dashboards, to be found by typing; with how to make another. */
import { useState } from 'preact/hooks';
import { Icon } from '../../components/Icon';
import { Link } from '../../components/Link';
import { type Anchor, Popover } from '../../components/Popover';
import { shortened } from '../../format/cell';
import { formatFull } from '../../format/number';
import { localText, messages } from '../../messages';
import { address, query } from '../../state/location';
import { keptQuery } from '../../state/scope';
import { paths } from '../paths';
import { entries } from './store';

export interface DashboardListProps {
    anchor: Anchor;
    current: string | undefined;
    onClose: () => void;
    onCreate: (() => void) | undefined;
    onImport: (() => void) | undefined;
}

export function DashboardList({ anchor, current, onClose, onCreate, onImport }: DashboardListProps) {
    const text = messages.value.dashboard;
    const [typed, setTyped] = useState('');
    const wanted = typed.trim().toLowerCase();
    const found = (entries.value ?? []).filter((entry) =>
        `${localText(entry.title)} ${entry.name}`.toLowerCase().includes(wanted),
    );
    const then = (what: () => void) => () => {
        onClose();
        what();
    };
    return (
        <Popover anchor={anchor} label={text.list} onClose={onClose}>
            <div class="pick-box">
                <input
                    class="input"
                    aria-label={text.find}
                    placeholder={text.find}
                    value={typed}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                />
                <nav class="menu pick-list" aria-label={text.list}>
                    {found.map((entry) => (
                        <Link
                            key={entry.name}
                            to={address(paths.dashboard(entry.name), keptQuery(query.value))}
                            class="menu-item"
                            isCurrent={entry.name === current}
                            onFollow={onClose}
                        >
                            <span class="menu-text">{shortened(localText(entry.title), 120)}</span>
                            <span class="note">
                                {entry.is_built_in ? text.builtIn : text.tiles(formatFull(entry.tile_count))}
                            </span>
                        </Link>
                    ))}
                </nav>
                {(onCreate ?? onImport) && <hr class="menu-rule" />}
                {onCreate && (
                    <button type="button" class="menu-item" onClick={then(onCreate)}>
                        <Icon name="plus" />
                        {text.create}
                    </button>
                )}
                {onImport && (
                    <button type="button" class="menu-item" onClick={then(onImport)}>
                        <Icon name="upload" />
                        {text.import}
                    </button>
                )}
            </div>
        </Popover>
    );
}
