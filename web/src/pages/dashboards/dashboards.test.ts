import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type DashboardDefinition, type TileDefinition, withPlaces } from '../../api/dashboards';
import type { Answer } from '../../api/statements';
import { exploreLink, relationIn, sqlLink } from '../links';
import { routeOf } from '../paths';
import { joined } from './edit/LocalTextField';
import { draftOf, titleFor, withPart } from './edit/tileDraft';
import {
    conflict,
    differences,
    draft,
    edit,
    freeId,
    isChanged,
    kept,
    open,
    removeTile,
    save,
    takeTheirs,
} from './store';
import { logField } from './tile/MissingFields';
import { questionsOf, statementOf } from './tile/needs';
import { canCompare } from './tile/useTile';

const tile = (id: string, more: Partial<TileDefinition> = {}): TileDefinition => ({
    id,
    title: id,
    sql: 'select 1',
    chart: 'bar',
    at: { x: 0, y: 0, width: 6, height: 4 },
    ...more,
});
const board = (...tiles: TileDefinition[]): DashboardDefinition => ({ dashboard: 'net', title: 'Net', tiles });

describe('saving', () => {
    const fetched = vi.fn<typeof fetch>();
    const answer = (status: number, body: unknown, etag = '"2"') =>
        new Response(JSON.stringify(body), { status, headers: { etag, 'content-type': 'application/problem+json' } });
    beforeEach(() => {
        fetched.mockReset();
        vi.stubGlobal('fetch', fetched);
        kept.value = { definition: board(tile('a'), tile('b')), etag: '"1"' };
        draft.value = undefined;
        conflict.value = undefined;
    });

    test('sends the version it began with, and keeps the new one', async () => {
        edit();
        expect(isChanged.value).toBe(false);
        removeTile('a');
        expect(isChanged.value).toBe(true);
        fetched.mockResolvedValueOnce(answer(200, {})).mockResolvedValueOnce(answer(200, []));
        expect(await save()).toBe('saved');
        const [, init] = fetched.mock.calls[0] ?? [];
        expect(new Headers(init?.headers).get('if-match')).toBe('"1"');
        expect(kept.value?.etag).toBe('"2"');
        expect(draft.value).toBeUndefined();
    });

    test('is asked about when somebody else was quicker, and either version can stay', async () => {
        removeTile('a');
        const theirs = board(tile('a', { title: 'theirs' }));
        fetched
            .mockResolvedValueOnce(answer(412, { title: 'changed' }))
            .mockResolvedValueOnce(answer(200, theirs, '"5"'));
        expect(await save()).toBe('conflict');
        expect(draft.value?.tiles.map(({ id }) => id)).toEqual(['b']);
        fetched.mockResolvedValueOnce(answer(200, {}, '"6"')).mockResolvedValueOnce(answer(200, []));
        expect(await save(conflict.value?.etag)).toBe('saved');
        expect(new Headers(fetched.mock.calls[2]?.[1]?.headers).get('if-match')).toBe('"5"');

        removeTile('b');
        fetched
            .mockResolvedValueOnce(answer(412, { title: 'changed' }))
            .mockResolvedValueOnce(answer(200, theirs, '"7"'));
        await save();
        takeTheirs();
        expect(kept.value?.definition.tiles[0]?.title).toBe('theirs');
        expect(draft.value).toBeUndefined();
    });

    test('a refusal leaves the draft, with the mistakes', async () => {
        removeTile('a');
        fetched.mockResolvedValueOnce(answer(422, { title: 'no', mistakes: [{ message: 'x' }] }));
        expect(await save()).toMatchObject({ problem: { status: 422, mistakes: [{ message: 'x' }] } });
        expect(isChanged.value).toBe(true);
    });

    test('a draft keeps the version it began with when the page reads again', async () => {
        removeTile('a');
        fetched.mockResolvedValueOnce(answer(200, board(tile('z')), '"9"'));
        await open('net');
        expect(kept.value?.etag).toBe('"1"');
    });
});

test('what differs between two versions', () => {
    const mine = board(tile('a'), tile('b', { title: 'mine' }), tile('d'));
    const theirs = board(tile('a'), tile('b'), tile('c'));
    const ids = (tiles: TileDefinition[]) => tiles.map(({ id }) => id);
    const found = differences(mine, theirs);
    expect([ids(found.different), ids(found.onlyMine), ids(found.onlyTheirs)]).toEqual([['b'], ['d'], ['c']]);
});

test('ids are free, and made of titles where these have letters', () => {
    expect(freeId('Reject Count!', [])).toBe('reject-count');
    expect(freeId('Reject Count', [{ id: 'reject-count' }, { id: 'reject-count-2' }])).toBe('reject-count-3');
    expect(freeId('拒否', [])).toBe('tile');
});

test('tiles without a place come below', () => {
    const { at: _at, ...unplaced } = tile('b');
    expect(withPlaces([tile('a'), unplaced, { ...unplaced, id: 'c' }]).map(({ at }) => at.y)).toEqual([0, 4, 12]);
});

describe('fields that are needed', () => {
    const needing = (id: string, table: string, fields: string[]) => tile(id, { needs: { table, fields } });
    test('are one question a table', () => {
        const questions = questionsOf([
            needing('a', 'logs.vpc_flow', ['flow_direction', 'az_id']),
            needing('b', 'logs.vpc_flow', ['az_id']),
            tile('c'),
        ]);
        expect(questions.map(statementOf)).toEqual([
            'select count(*), count(az_id), count(flow_direction) from logs.vpc_flow',
        ]);
    });
    test('that are no names are not asked for', () => {
        expect(questionsOf([needing('a', 'logs.vpc_flow', ['x) from y; drop table z --'])])).toEqual([]);
        expect(questionsOf([needing('a', 'a; drop table b', ['x'])])).toEqual([]);
    });
    test('have hyphens in the log', () => expect(logField('flow_direction')).toBe('${flow-direction}'));
});

test('only a number or a time has a previous period', () => {
    const answer = (kind: 'time' | 'text'): Answer => ({
        columns: [
            { name: 'x', type: '', kind },
            { name: 'n', type: '', kind: 'number' },
        ],
        rows: [],
        isCut: false,
    });
    expect(canCompare(tile('a', { chart: 'number' }), undefined)).toBe(true);
    expect(canCompare(tile('a', { chart: 'line' }), answer('time'))).toBe(true);
    expect(canCompare(tile('a', { chart: 'column' }), answer('text'))).toBe(false);
    expect(canCompare(tile('a', { chart: 'table' }), answer('time'))).toBe(false);
});

test('texts of all languages are one text where they are the same', () => {
    expect(joined({ en: 'Net', ja: '' })).toBe('Net');
    expect(joined({ en: 'Net', ja: 'ネット' })).toEqual({ en: 'Net', ja: 'ネット' });
    expect(joined({ en: '', ja: '' })).toBe('');
});

test('what is automatic is not in a tile', () => {
    const start = draftOf(tile('a', { unit: 'bytes' }));
    expect('unit' in withPart(start, 'unit', undefined)).toBe(false);
    expect('at' in start).toBe(false);
    expect(
        titleFor({
            columns: [
                { name: 'srcaddr', type: '', kind: 'text' },
                { name: 'n', type: '', kind: 'number' },
            ],
            rows: [],
        }),
    ).toBe('n · srcaddr');
});

test('links say the table, the chart and the filter', () => {
    expect(relationIn('select 1 from logs.trail')).toBe('logs.trail');
    expect(relationIn('select 1 FROM vpc_flow v')).toBe('logs.vpc_flow');
    const link = new URL(exploreLink(tile('a', { x: 'srcaddr' }), [{ field: 'dstport', value: 22 }]), 'http://x');
    expect(link.pathname).toBe('/explore');
    expect(Object.fromEntries(link.searchParams)).toEqual({
        filter: 'dstport = 22',
        table: 'logs.flow',
        x: 'srcaddr',
        chart: 'bar',
    });
    expect(new URL(sqlLink('select "ä"'), 'http://x').searchParams.get('sql')).toBe('select "ä"');
});

test('pages are where they are said to be', () => {
    expect(routeOf('/')).toEqual({ page: 'dashboards', name: undefined });
    expect(routeOf('/dashboards/my-net')).toEqual({ page: 'dashboards', name: 'my-net' });
    expect(routeOf('/explore')).toEqual({ page: 'explore' });
    expect(routeOf('/dashboards/%')).toEqual({ page: 'none' });
    expect(routeOf('/else')).toEqual({ page: 'none' });
});
