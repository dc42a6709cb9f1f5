/** Tiles on the grid, moved and sized by pointer or arrow keys while editing. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { TileDefinition } from '../../../api/dashboards';
import { Icon } from '../../../components/Icon';
import { shortened } from '../../../format/cell';
import { localText, messages } from '../../../messages';
import './grid.css';
import { type Box, COLUMNS, inReadingOrder, moved } from './layout';

export interface GridProps {
    tiles: TileDefinition[];
    isEditing: boolean;
    onChange: (tiles: TileDefinition[]) => void;
    /** A tile; `grip` is what it is moved by, to be put where the tile wants it. */
    children: (tile: TileDefinition, grip: ComponentChildren) => ComponentChildren;
}

interface Drag {
    id: string;
    kind: 'move' | 'size';
    /** Tiles as they were: every step begins with them, so that a detour leaves no traces. */
    before: TileDefinition[];
    from: Box;
    x: number;
    y: number;
}

const arrows: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
};

function changed(from: Box, kind: Drag['kind'], across: number, down: number): Box {
    return kind === 'move'
        ? { ...from, x: from.x + across, y: from.y + down }
        : { ...from, width: Math.min(COLUMNS - from.x, from.width + across), height: from.height + down };
}

export function Grid({ tiles, isEditing, onChange, children }: GridProps) {
    const text = messages.value.tile;
    const grid = useRef<HTMLDivElement>(null);
    const drag = useRef<Drag>(undefined);
    const [dragged, setDragged] = useState<string>();
    const [said, setSaid] = useState('');

    const put = (all: TileDefinition[], id: string, to: Box) => {
        const next = moved(all, id, to);
        onChange(next);
        const at = next.find((tile) => tile.id === id)?.at;
        if (at)
            setSaid(
                text.placed(
                    ...([at.x + 1, at.y + 1, at.width, at.height].map(String) as [string, string, string, string]),
                ),
            );
    };

    const begin = (tile: TileDefinition, kind: Drag['kind']) => (event: PointerEvent) => {
        if (event.button !== 0) return;
        event.preventDefault();
        const handle = event.currentTarget as HTMLElement;
        handle.focus();
        handle.setPointerCapture(event.pointerId);
        drag.current = { id: tile.id, kind, before: tiles, from: tile.at, x: event.pageX, y: event.pageY };
        setDragged(tile.id);
    };
    const move = (event: PointerEvent) => {
        const now = drag.current;
        const element = grid.current;
        if (!now || !element) return;
        scrollNearEdge(event.clientY);
        const style = getComputedStyle(element);
        const column = (element.clientWidth + parseFloat(style.columnGap)) / COLUMNS;
        const row = parseFloat(style.gridAutoRows) + parseFloat(style.rowGap);
        put(
            now.before,
            now.id,
            changed(now.from, now.kind, (event.pageX - now.x) / column, (event.pageY - now.y) / row),
        );
    };
    const end = () => {
        drag.current = undefined;
        setDragged(undefined);
    };
    const keys = (tile: TileDefinition, kind: Drag['kind']) => (event: KeyboardEvent) => {
        const now = drag.current;
        if (event.key === 'Escape' && now) {
            onChange(now.before);
            end();
            return;
        }
        const step = arrows[event.key];
        if (!step) return;
        event.preventDefault();
        // A step down has to get past the tile that lies there, or it would float up again.
        const down = kind === 'move' && step[1] !== 0 ? verticalStep(tiles, tile, step[1]) : step[1];
        put(tiles, tile.id, changed(tile.at, kind, step[0], down));
    };
    const handle = (tile: TileDefinition, kind: Drag['kind']) => {
        const title = shortened(localText(tile.title), 80);
        return (
            <button
                type="button"
                class={kind === 'move' ? 'tile-grip' : 'tile-corner'}
                aria-label={kind === 'move' ? text.move(title) : text.resize(title)}
                onPointerDown={begin(tile, kind)}
                onPointerMove={move}
                onPointerUp={end}
                onPointerCancel={end}
                onKeyDown={keys(tile, kind)}
            >
                <Icon name={kind === 'move' ? 'grip' : 'corner'} />
            </button>
        );
    };
    return (
        <div class={isEditing ? 'grid is-editing' : 'grid'} ref={grid}>
            {inReadingOrder(tiles).map((tile) => (
                <div
                    key={tile.id}
                    class={classOf(tile, dragged)}
                    style={{
                        '--x': String(tile.at.x + 1),
                        '--y': String(tile.at.y + 1),
                        '--w': String(tile.at.width),
                        '--h': String(tile.at.height),
                    }}
                >
                    {children(tile, isEditing ? handle(tile, 'move') : null)}
                    {isEditing && handle(tile, 'size')}
                </div>
            ))}
            <span class="only-read-aloud" role="status">
                {said}
            </span>
        </div>
    );
}

function classOf(tile: TileDefinition, dragged: string | undefined): string {
    const classes = ['grid-cell'];
    if (tile.at.width <= 3) classes.push('is-narrow');
    if (tile.id === dragged) classes.push('is-dragged');
    return classes.join(' ');
}

/** Rows to the other side of the next tile in the way, or one. */
function verticalStep(tiles: TileDefinition[], tile: TileDefinition, direction: number): number {
    const inColumn = tiles.filter(
        ({ id, at }) => id !== tile.id && at.x < tile.at.x + tile.at.width && tile.at.x < at.x + at.width,
    );
    if (direction > 0) {
        const below = inColumn
            .filter(({ at }) => at.y >= tile.at.y + tile.at.height)
            .sort((a, b) => a.at.y - b.at.y)[0];
        return below ? below.at.y + below.at.height - tile.at.height - tile.at.y || 1 : 1;
    }
    const above = inColumn.filter(({ at }) => at.y < tile.at.y).sort((a, b) => b.at.y - a.at.y)[0];
    return above ? above.at.y - tile.at.y : -1;
}

const EDGE = 60;

function scrollNearEdge(y: number): void {
    if (y < EDGE) window.scrollBy(0, -12);
    else if (y > window.innerHeight - EDGE) window.scrollBy(0, 12);
}
