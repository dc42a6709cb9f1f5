import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TileDefinition } from '../../../api/dashboards';
import { nameFor, pinTo, withTile } from './pinning';

const tile = { title: 'Rejects', sql: 'select 1', chart: 'bar' as const };
const board = { dashboard: 'net', title: 'Net', tiles: [] };

describe('pinning', () => {
    const fetched = vi.fn<typeof fetch>();
    beforeEach(() => vi.stubGlobal('fetch', fetched));
    afterEach(() => {
        vi.unstubAllGlobals();
        fetched.mockReset();
    });
    const read = (etag: string, tiles: object[] = []) =>
        new Response(JSON.stringify({ ...board, tiles }), { headers: { etag } });

    test('sends the version it read', async () => {
        fetched
            .mockResolvedValueOnce(read('"7"'))
            .mockResolvedValueOnce(new Response('{}', { headers: { etag: '"8"' } }));
        await pinTo('net', tile);
        const put = fetched.mock.calls[1]?.[1];
        expect(put?.method).toBe('PUT');
        expect(put?.headers).toMatchObject({ 'if-match': '"7"' });
    });

    test('reads again when somebody was quicker, and keeps their tile', async () => {
        const theirs = { ...tile, id: 'rejects', at: { x: 0, y: 0, width: 12, height: 5 } };
        fetched
            .mockResolvedValueOnce(read('"7"'))
            .mockResolvedValueOnce(new Response('{"title":"changed"}', { status: 412 }))
            .mockResolvedValueOnce(read('"8"', [theirs]))
            .mockResolvedValueOnce(new Response('{}'));
        await pinTo('net', tile);
        const body = fetched.mock.calls[3]?.[1]?.body;
        const sent = JSON.parse(typeof body === 'string' ? body : '') as { tiles: TileDefinition[] };
        expect(sent.tiles.map(({ id, at }) => [id, at.y])).toEqual([
            ['rejects', 0],
            ['rejects-2', 5],
        ]);
    });

    test('other problems are told', async () => {
        fetched
            .mockResolvedValueOnce(read('"7"'))
            .mockResolvedValueOnce(new Response('{"title":"no"}', { status: 422 }));
        await expect(pinTo('net', tile)).rejects.toMatchObject({ problem: { title: 'no' } });
    });
});

test('a tile goes below the others', () => {
    const once = withTile(board, tile);
    expect(withTile(once, tile).tiles.map(({ at }) => at.y)).toEqual([0, 8]);
});

test('names of dashboards have letters for addresses', () => {
    expect(nameFor('My Network', [])).toBe('my-network');
    expect(nameFor('My Network', ['my-network'])).toBe('my-network-2');
    expect(nameFor('ネットワーク', [])).toBe('dashboard');
});
