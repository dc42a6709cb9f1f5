/** The tiles of a dashboard, and what is opened from them. */
import { useState } from 'preact/hooks';
import { status } from '../../api/catalog';
import type { DashboardDefinition, TileDefinition } from '../../api/dashboards';
import { messages } from '../../messages';
import { TileEditor } from './edit/TileEditor';
import { Grid } from './grid/Grid';
import { bottomOf, change, changeTile, freeId, isEditing, removeTile } from './store';
import { EnlargedTile } from './tile/EnlargedTile';
import { useMissing } from './tile/needs';
import { Tile } from './tile/Tile';

export function DashboardBoard({ definition }: { definition: DashboardDefinition }) {
    const text = messages.value.dashboard;
    const { tiles } = definition;
    const missing = useMissing(tiles);
    const [edited, setEdited] = useState<TileDefinition>();
    const [large, setLarge] = useState<string>();
    const enlarged = tiles.find((tile) => tile.id === large);
    const mayChange = status.value?.read_only !== true;
    if (tiles.length === 0) return <p class="page-note">{text.empty}</p>;
    return (
        <>
            <Grid
                tiles={tiles}
                isEditing={isEditing.value}
                onChange={(next) => change((before) => ({ ...before, tiles: next }))}
            >
                {(tile, grip) => (
                    <Tile
                        tile={tile}
                        grip={grip}
                        missing={missing.get(tile.id)}
                        onEnlarge={() => setLarge(tile.id)}
                        onEdit={mayChange ? () => setEdited(tile) : undefined}
                        onDuplicate={mayChange ? () => duplicate(tile) : undefined}
                        onDelete={mayChange ? () => removeTile(tile.id) : undefined}
                    />
                )}
            </Grid>
            {edited && (
                <TileEditor
                    tile={edited}
                    tiles={tiles}
                    onClose={() => setEdited(undefined)}
                    onKeep={(tile) => {
                        changeTile(edited.id, { ...tile, at: edited.at });
                        setEdited(undefined);
                    }}
                />
            )}
            {enlarged && (
                <EnlargedTile tile={enlarged} missing={missing.get(enlarged.id)} onClose={() => setLarge(undefined)} />
            )}
        </>
    );
}

function duplicate(tile: TileDefinition): void {
    change((before) => ({
        ...before,
        tiles: [
            ...before.tiles,
            { ...tile, id: freeId(tile.id, before.tiles), at: { ...tile.at, x: 0, y: bottomOf(before.tiles) } },
        ],
    }));
}
