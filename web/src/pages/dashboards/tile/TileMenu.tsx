import { useContext } from 'preact/hooks';
import type { TileDefinition } from '../../../api/dashboards';
import type { Picture } from '../../../charts/Plot';
import { Menu, type MenuEntry } from '../../../components/Menu';
import type { Anchor } from '../../../components/Popover';
import { formatMilliseconds } from '../../../format/duration';
import { formatBytes, formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { go } from '../../../state/location';
import { exploreLink, sqlLink } from '../../links';
import { downloadPicture, downloadRows, downloadShown } from './downloads';
import { TileReader } from './reader';
import type { TileProps } from './Tile';
import type { TileState } from './useTile';

export interface TileMenuProps extends Pick<TileProps, 'onEdit' | 'onDuplicate' | 'onDelete' | 'onEnlarge'> {
    anchor: Anchor;
    tile: TileDefinition;
    state: TileState;
    picture: Picture | undefined;
    onClose: () => void;
}

export function TileMenu({ anchor, tile, state, picture, onClose, ...actions }: TileMenuProps) {
    const text = messages.value.tile;
    const { onEdit, onDuplicate, onDelete, onEnlarge } = actions;
    const entries: MenuEntry[] = [
        ...(onEdit ? [{ text: text.edit, icon: 'edit' as const, onChoose: onEdit }] : []),
        ...(onEnlarge ? [{ text: text.enlarge, icon: 'enlarge' as const, onChoose: onEnlarge }] : []),
        ...(useContext(TileReader).isShared ? ofShared(tile, state) : ofOwn(tile)),
        ...(picture
            ? [{ text: text.png, icon: 'download' as const, onChoose: () => downloadPicture(tile, picture) }]
            : []),
    ];
    if (onDuplicate) entries.push('rule', { text: text.duplicate, icon: 'copy', onChoose: onDuplicate });
    if (onDelete) entries.push({ text: text.delete, icon: 'delete', isDanger: true, onChoose: onDelete });
    const figures = figuresOf(state);
    if (figures) entries.push('rule', { heading: figures });
    return <Menu anchor={anchor} label={text.menu('')} entries={entries} onClose={onClose} />;
}

function ofOwn(tile: TileDefinition): MenuEntry[] {
    const text = messages.value.tile;
    return [
        { text: text.explore, icon: 'explore', onChoose: () => go(exploreLink(tile)) },
        { text: text.sql, icon: 'sql', onChoose: () => go(sqlLink(tile.sql)) },
        'rule',
        { text: text.csv, icon: 'download', onChoose: () => void downloadRows(tile, 'csv') },
        { text: text.xlsx, icon: 'download', onChoose: () => void downloadRows(tile, 'xlsx') },
    ];
}

/** The rows that are here: whoever has a link may ask for no file. */
function ofShared(tile: TileDefinition, { answer }: TileState): MenuEntry[] {
    if (!answer) return [];
    return [{ text: messages.value.tile.csv, icon: 'download', onChoose: () => downloadShown(tile, answer) }];
}

/** What the picture cost. */
function figuresOf(state: TileState): string | undefined {
    const { answer } = state;
    if (!answer?.figures) return undefined;
    return messages.value.tile.figures(
        formatFull(answer.rows.length),
        formatBytes(answer.figures.bytes_scanned),
        formatMilliseconds(answer.figures.elapsed_ms),
    );
}
