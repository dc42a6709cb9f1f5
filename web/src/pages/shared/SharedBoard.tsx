/** The tiles of a link's dashboard. */
import { useState } from 'preact/hooks';
import type { TileDefinition } from '../../api/dashboards';
import { messages } from '../../messages';
import { Grid } from '../dashboards/grid/Grid';
import { EnlargedTile } from '../dashboards/tile/EnlargedTile';
import { Tile } from '../dashboards/tile/Tile';

const nothing = () => undefined;

export function SharedBoard({ tiles }: { tiles: TileDefinition[] }) {
    const [large, setLarge] = useState<string>();
    const enlarged = tiles.find((tile) => tile.id === large);
    if (tiles.length === 0) return <p class="page-note">{messages.value.dashboard.empty}</p>;
    return (
        <>
            <Grid tiles={tiles} isEditing={false} onChange={nothing}>
                {(tile) => <Tile tile={tile} onEnlarge={() => setLarge(tile.id)} />}
            </Grid>
            {enlarged && <EnlargedTile tile={enlarged} onClose={() => setLarge(undefined)} />}
        </>
    );
}
