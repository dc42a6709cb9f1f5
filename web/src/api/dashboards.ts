/** Dashboards as the server keeps them. */
import type { ChartKind, ChartSpec } from '../charts/spec';
import type { LocalText } from '../messages';
import { getJson, request } from './request';
import type { Accent } from './statements';

export interface DashboardEntry {
    name: string;
    title: LocalText;
    is_built_in: boolean;
    tile_count: number;
}

export interface TilePlace {
    x: number;
    y: number;
    width: number;
    height: number;
}

export interface TileDefinition extends ChartSpec {
    id: string;
    title: LocalText;
    description?: LocalText;
    sql: string;
    accent?: Accent;
    chart: ChartKind;
    compare?: 'previous';
    needs?: { table: string; fields: string[] };
    at: TilePlace;
}

export interface DashboardDefinition {
    dashboard: string;
    title: LocalText;
    description?: LocalText;
    range?: string;
    refresh_s?: number;
    tiles: TileDefinition[];
}

/** A definition and the version it is of. */
export interface KeptDashboard {
    definition: DashboardDefinition;
    etag: string;
}

/** What a dashboard has to be for a change to be taken: the version that was read, or new. The server takes no other. */
export type Expected = { etag: string } | 'new';

function place(name: string): string {
    return `/dashboards/${encodeURIComponent(name)}`;
}

function conditions(expected: Expected): Record<string, string> {
    return expected === 'new' ? { 'if-none-match': '*' } : { 'if-match': expected.etag };
}

export function listDashboards(signal?: AbortSignal): Promise<DashboardEntry[]> {
    return getJson('/dashboards', signal);
}

export async function readDashboard(name: string, signal?: AbortSignal): Promise<KeptDashboard> {
    const response = await request(place(name), {
        headers: { accept: 'application/json' },
        cache: 'no-cache',
        signal: signal ?? null,
    });
    const definition = (await response.json()) as DashboardDefinition;
    return {
        definition: { ...definition, tiles: withPlaces(definition.tiles) },
        etag: response.headers.get('etag') ?? '"0"',
    };
}

/** A tile that was written without a place comes below the others. */
export function withPlaces(tiles: (Omit<TileDefinition, 'at'> & { at?: TilePlace })[]): TileDefinition[] {
    let bottom = tiles.reduce((lowest, { at }) => Math.max(lowest, at ? at.y + at.height : 0), 0);
    return tiles.map((tile) => {
        if (tile.at) return { ...tile, at: tile.at };
        const at = { x: 0, y: bottom, width: 6, height: 8 };
        bottom += at.height;
        return { ...tile, at };
    });
}

async function put(name: string, type: string, body: string, expected: Expected): Promise<string> {
    const response = await request(place(name), {
        method: 'PUT',
        headers: { 'content-type': type, ...conditions(expected) },
        body,
    });
    return response.headers.get('etag') ?? '"0"';
}

/** The new version's ETag. A ProblemError of status 412: somebody else was quicker. */
export function saveDashboard(definition: DashboardDefinition, expected: Expected): Promise<string> {
    return put(definition.dashboard, 'application/json', JSON.stringify(definition), expected);
}

export function saveYaml(name: string, yaml: string, expected: Expected): Promise<string> {
    return put(name, 'application/yaml', yaml, expected);
}

export async function readYaml(name: string): Promise<string> {
    const response = await request(place(name), { headers: { accept: 'application/yaml' } });
    return await response.text();
}

export async function deleteDashboard(name: string, etag: string): Promise<void> {
    await request(place(name), {
        method: 'DELETE',
        headers: { 'content-type': 'application/json', 'if-match': etag },
    });
}

/** The name a YAML file gives its dashboard; the server reads the rest. */
export function nameInYaml(yaml: string): string | undefined {
    const match = /^dashboard:\s*["']?([a-z0-9-]{1,64})["']?\s*(#.*)?$/m.exec(yaml);
    return match?.[1] ?? /"dashboard"\s*:\s*"([a-z0-9-]{1,64})"/.exec(yaml)?.[1];
}
