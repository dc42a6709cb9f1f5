import type { TileDefinition } from '../../../api/dashboards';
import { Dialog } from '../../../components/Dialog';
import { shortened } from '../../../format/cell';
import { localText } from '../../../messages';
import { Tile } from './Tile';

export interface EnlargedTileProps {
    tile: TileDefinition;
    missing?: string[] | undefined;
    onClose: () => void;
}

/** A tile over the whole page. */
export function EnlargedTile({ tile, missing, onClose }: EnlargedTileProps) {
    return (
        <Dialog title={shortened(localText(tile.title), 200)} size="large" onClose={onClose}>
            <div class="tile-enlarged">
                <Tile tile={tile} missing={missing} />
            </div>
        </Dialog>
    );
}
