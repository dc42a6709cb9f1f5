/** A result becomes a tile of a dashboard. */
import { type DashboardDefinition, readDashboard, saveDashboard, type TileDefinition } from '../../../api/dashboards';
import { ProblemError } from '../../../api/problem';
import { localText } from '../../../messages';
import { bottomOf, freeId } from '../../dashboards/store';

/** Somebody else may save in between: their change is kept, the tile goes below it. */
const MOST_TRIES = 4;

export type NewTile = Omit<TileDefinition, 'id' | 'at'>;

export function withTile(definition: DashboardDefinition, tile: NewTile): DashboardDefinition {
    const id = freeId(localText(tile.title), definition.tiles);
    const at = { x: 0, y: bottomOf(definition.tiles), width: 6, height: 8 };
    return { ...definition, tiles: [...definition.tiles, { ...tile, id, at }] };
}

export async function pinTo(name: string, tile: NewTile): Promise<void> {
    for (let tries = 1; ; tries += 1) {
        const { definition, etag } = await readDashboard(name);
        try {
            await saveDashboard(withTile(definition, tile), { etag });
            return;
        } catch (error) {
            const isConflict = error instanceof ProblemError && error.problem.status === 412;
            if (!isConflict || tries >= MOST_TRIES) throw error;
        }
    }
}

export async function pinToNew(name: string, title: string, tile: NewTile): Promise<void> {
    await saveDashboard(withTile({ dashboard: name, title, tiles: [] }, tile), 'new');
}

/** A name for addresses and files, made of a title; some titles have no letter that may be in one. */
export function nameFor(title: string, taken: string[]): string {
    const ids = taken.map((id) => ({ id }));
    const plain = freeId(title, ids);
    return plain.startsWith('tile') && !/tile/i.test(title) ? freeId('dashboard', ids) : plain;
}
