/** The server asked without a browser: what tests prepare, and what they look up afterwards. */
import type { DashboardDefinition, DashboardEntry, TileDefinition } from '../../src/api/dashboards';
import type { StatementEvent, StatementRequest } from '../../src/api/statements';
import type { Cell } from '../../src/api/table';

export type TestTile = Omit<TileDefinition, 'id' | 'at'> & Partial<Pick<TileDefinition, 'id' | 'at'>>;

type AskedWith = Partial<Omit<StatementRequest, 'scope'>> & { scope?: Partial<StatementRequest['scope']> };

export class Api {
    constructor(readonly url: string) {}

    async request(path: string, init: RequestInit = {}): Promise<Response> {
        return await fetch(`${this.url}/api/v1${path}`, init);
    }

    private async right(path: string, init: RequestInit = {}): Promise<Response> {
        const response = await this.request(path, init);
        if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${await response.text()}`);
        return response;
    }

    /** Runs statements; the rows of the last one. */
    async sql(sql: string, more: AskedWith = {}): Promise<Cell[][]> {
        const response = await this.right('/statements', {
            method: 'POST',
            headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
            body: JSON.stringify({ sql, ...more }),
        });
        let rows: Cell[][] = [];
        for (const line of (await response.text()).trim().split('\n')) {
            const event = JSON.parse(line) as StatementEvent;
            if (event.event === 'statement') rows = [];
            else if (event.event === 'rows') rows.push(...event.rows);
            else if (event.event === 'error') throw new Error(`${event.problem.title}\n${sql}`);
        }
        return rows;
    }

    /** The one number a statement answers. */
    async number(sql: string, more: AskedWith = {}): Promise<number> {
        return Number((await this.sql(sql, more))[0]?.[0]);
    }

    async dashboards(): Promise<DashboardEntry[]> {
        return (await (await this.right('/dashboards')).json()) as DashboardEntry[];
    }

    async dashboard(name: string): Promise<{ definition: DashboardDefinition; etag: string }> {
        const response = await this.right(`/dashboards/${name}`, { headers: { accept: 'application/json' } });
        return {
            definition: (await response.json()) as DashboardDefinition,
            etag: response.headers.get('etag') ?? '',
        };
    }

    async put(definition: DashboardDefinition, conditions: Record<string, string>): Promise<void> {
        await this.right(`/dashboards/${definition.dashboard}`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json', ...conditions },
            body: JSON.stringify(definition),
        });
    }

    /** One that is not there, or a built-in one that nobody changed, is as it should be. */
    async remove(name: string): Promise<void> {
        const response = await this.request(`/dashboards/${name}`);
        const etag = response.headers.get('etag');
        if (response.status === 404 || etag === null || etag === '"0"') return;
        await this.right(`/dashboards/${name}`, {
            method: 'DELETE',
            headers: { 'content-type': 'application/json', 'if-match': etag },
        });
    }
}

/** A dashboard of tiles that say only what matters: two beside each other, and so on. */
export function dashboardOf(name: string, title: DashboardDefinition['title'], tiles: TestTile[]): DashboardDefinition {
    return {
        dashboard: name,
        title,
        range: '24h',
        tiles: tiles.map((tile, at) => ({
            ...tile,
            id: tile.id ?? `tile-${String(at + 1)}`,
            at: tile.at ?? { x: (at % 2) * 6, y: Math.floor(at / 2) * 8, width: 6, height: 8 },
        })),
    };
}
