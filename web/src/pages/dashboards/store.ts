/** The dashboards there are, the one that is shown, and its draft while somebody edits it. */
import { computed, signal } from '@preact/signals';
import {
    type DashboardDefinition,
    type DashboardEntry,
    type KeptDashboard,
    listDashboards,
    readDashboard,
    saveDashboard,
    type TileDefinition,
} from '../../api/dashboards';
import { type Problem, ProblemError } from '../../api/problem';

export const entries = signal<DashboardEntry[] | undefined>(undefined);
/** As the server has it. */
export const kept = signal<KeptDashboard | undefined>(undefined);
/** As it is being changed; there is one as long as it is edited. */
export const draft = signal<DashboardDefinition | undefined>(undefined);
/** Theirs, after somebody else was quicker. */
export const conflict = signal<KeptDashboard | undefined>(undefined);

export const shown = computed(() => draft.value ?? kept.value?.definition);
export const isEditing = computed(() => draft.value !== undefined);
export const isChanged = computed(
    () => draft.value !== undefined && JSON.stringify(draft.value) !== JSON.stringify(kept.value?.definition),
);

export async function loadEntries(): Promise<void> {
    entries.value = await listDashboards();
}

export async function open(name: string, signal?: AbortSignal): Promise<void> {
    const read = await readDashboard(name, signal);
    if (signal?.aborted) return;
    const isSame = kept.peek()?.definition.dashboard === name;
    // A draft belongs to the version it began with: with a newer one beside it, saving would overwrite in silence.
    if (isSame && draft.peek()) return;
    draft.value = undefined;
    kept.value = read;
}

export function edit(): void {
    if (kept.value && !draft.value) draft.value = kept.value.definition;
}

export function discard(): void {
    draft.value = undefined;
}

/** Changes the draft; the first change makes it. */
export function change(how: (definition: DashboardDefinition) => DashboardDefinition): void {
    const before = shown.value;
    if (before) draft.value = how(before);
}

export function changeTile(id: string, tile: TileDefinition): void {
    change((definition) => ({ ...definition, tiles: definition.tiles.map((one) => (one.id === id ? tile : one)) }));
}

export function removeTile(id: string): void {
    change((definition) => ({ ...definition, tiles: definition.tiles.filter((tile) => tile.id !== id) }));
}

/** An id no other tile has, made of a title. */
export function freeId(title: string, tiles: { id: string }[], nameless = 'tile'): string {
    const base =
        title
            .toLowerCase()
            .replace(/[^a-z0-9]+/g, '-')
            .replace(/^-+|-+$/g, '')
            .slice(0, 40) || nameless;
    const taken = new Set(tiles.map((tile) => tile.id));
    if (!taken.has(base)) return base;
    for (let count = 2; ; count += 1) {
        const id = `${base}-${String(count)}`;
        if (!taken.has(id)) return id;
    }
}

/** Below all that is there. */
export function bottomOf(tiles: TileDefinition[]): number {
    return tiles.reduce((bottom, { at }) => Math.max(bottom, at.y + at.height), 0);
}

export type Saved = 'saved' | 'conflict' | { problem: Problem };

/** Saves the draft over the version it began with; `over` names another, after a conflict. */
export async function save(over?: string): Promise<Saved> {
    const definition = draft.value;
    const etag = over ?? kept.value?.etag;
    if (!definition || etag === undefined) return 'saved';
    try {
        const next = await saveDashboard(definition, { etag });
        kept.value = { definition, etag: next };
        draft.value = undefined;
        conflict.value = undefined;
        await loadEntries().catch(() => undefined);
        return 'saved';
    } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        if (error.problem.status !== 412) return { problem: error.problem };
        conflict.value = await readDashboard(definition.dashboard);
        return 'conflict';
    }
}

export function takeTheirs(): void {
    if (conflict.value) kept.value = conflict.value;
    conflict.value = undefined;
    draft.value = undefined;
}

export interface Differences {
    onlyTheirs: TileDefinition[];
    onlyMine: TileDefinition[];
    different: TileDefinition[];
}

/** What two versions do not have in common, by the tiles' ids. */
export function differences(mine: DashboardDefinition, theirs: DashboardDefinition): Differences {
    const inMine = new Map(mine.tiles.map((tile) => [tile.id, tile]));
    const inTheirs = new Map(theirs.tiles.map((tile) => [tile.id, tile]));
    return {
        onlyTheirs: theirs.tiles.filter((tile) => !inMine.has(tile.id)),
        onlyMine: mine.tiles.filter((tile) => !inTheirs.has(tile.id)),
        different: mine.tiles.filter((tile) => {
            const other = inTheirs.get(tile.id);
            return other !== undefined && JSON.stringify(other) !== JSON.stringify(tile);
        }),
    };
}
