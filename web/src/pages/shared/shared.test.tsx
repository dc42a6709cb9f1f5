import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connection, reportGone } from '../../api/connection';
import { go } from '../../state/location';
import { refresh } from '../../state/scope';
import { language } from '../../state/settings';
import { sharedToken } from '../paths';
import SharedPage from './SharedPage';

const HOSTILE = '<img src=x onerror=alert(1)>';
const PLACE = '/api/v1/shared/tok';
const place = { width: 6, height: 6 };
const definition = {
    dashboard: 'net',
    title: 'Net',
    range: '7d',
    tiles: [
        { id: 'count', title: 'Count', sql: '', chart: 'number', compare: 'previous', at: { x: 0, y: 0, ...place } },
        { id: 'who', title: HOSTILE, sql: '', chart: 'table', at: { x: 6, y: 0, ...place } },
        {
            id: 'lack',
            title: 'Lack',
            sql: '',
            chart: 'table',
            needs: { table: 'logs.vpc_flow', fields: ['az_id'] },
            at: { x: 0, y: 6, ...place },
        },
    ],
};
const end = { event: 'end', rows: 1, is_cut: false, bytes_scanned: 1, files_read: 1, files_total: 1, elapsed_ms: 1 };
const column = { name: 'n', type: 'Int64', kind: 'number' };

interface Asked {
    url: string;
    password: string | null;
    scope?: Record<string, unknown>;
}
let asked: Asked[];
/** What the server says of the link: 200, or why not. */
let status: (password: string | null) => number;
let tileStatus: number;
let shown: object;
let root: HTMLElement;

function problem(code: number): Response {
    const headers = { 'content-type': 'application/problem+json' };
    return new Response(JSON.stringify({ title: 'select secret from x', status: code }), { status: code, headers });
}

function answer(): Response {
    const events = [
        { event: 'statement', index: 0, count: 1, line: 1 },
        { event: 'columns', columns: [{ name: 'who', type: 'Utf8', kind: 'text' }, column] },
        { event: 'rows', rows: [[HOSTILE, 5]] },
        end,
    ];
    return new Response(events.map((event) => JSON.stringify(event)).join('\n'));
}

beforeEach(() => {
    language.value = 'en';
    asked = [];
    status = () => 200;
    tileStatus = 200;
    shown = definition;
    sessionStorage.clear();
    vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
        const sent = new Headers(init.headers).get('x-link-password');
        const password = sent === null ? null : decodeURIComponent(sent);
        const body =
            init.body === undefined ? {} : (JSON.parse(String(init.body as string)) as { scope?: Asked['scope'] });
        asked.push({ url, password, ...(body as object) });
        const code = url.includes('/tiles/') && tileStatus !== 200 ? tileStatus : status(password);
        if (code !== 200) return Promise.resolve(problem(code));
        return Promise.resolve(url === PLACE ? new Response(JSON.stringify(shown)) : answer());
    });
    vi.stubGlobal(
        'IntersectionObserver',
        class {
            constructor(private readonly seen: (entries: { isIntersecting: boolean }[]) => void) {}
            observe() {
                this.seen([{ isIntersecting: true }]);
            }
            disconnect() {}
        },
    );
    root = document.createElement('div');
    document.body.append(root);
});
afterEach(() => {
    render(null, root);
    root.remove();
    vi.unstubAllGlobals();
    vi.useRealTimers();
    connection.value = 'there';
});

const open = (search = '') => {
    go(`/shared/tok${search}`);
    render(<SharedPage token="tok" />, root);
};
const answered = () => vi.waitFor(() => expect(root.querySelectorAll('.data-table').length).toBe(2));
const type = async (password: string) => {
    const input = await vi.waitFor(() => {
        const found = root.querySelector<HTMLInputElement>('input[type=password]');
        if (!found) throw new Error('no form');
        return found;
    });
    input.value = password;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await vi.waitFor(() => expect(root.querySelector<HTMLButtonElement>('[type=submit]')?.disabled).toBe(false));
    root.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
};

describe('whoever has a link', () => {
    test('asks for its dashboard and tiles, over a time, and for nothing else', async () => {
        open('?filter=a+%3D+1&accounts=1&regions=r&vpcs=v&compare=previous&tz=Asia/Tokyo');
        await answered();
        await vi.waitFor(() => expect(asked.filter(({ url }) => url.endsWith('/tiles/count')).length).toBe(2));
        refresh();
        await vi.waitFor(() => expect(asked.filter(({ url }) => url === PLACE).length).toBe(2));
        expect(new Set(asked.map(({ url }) => url))).toEqual(
            new Set([PLACE, ...['count', 'who', 'lack'].map((id) => `${PLACE}/tiles/${id}`)]),
        );
        for (const { scope } of asked.filter(({ url }) => url !== PLACE)) {
            expect(Object.keys(scope ?? {}).sort()).toEqual(['from', 'granularity', 'time_zone', 'to']);
            expect(scope?.['time_zone']).toBe('Asia/Tokyo');
        }
        const [now, before] = asked.filter(({ url }) => url.endsWith('/count')).map(({ scope }) => scope);
        expect(Number(now?.['to']) - Number(now?.['from'])).toBe(7 * 86_400);
        expect(before?.['to']).toBe(now?.['from']);
    });

    test('asks the same way whether the server is back', async () => {
        open();
        await answered();
        asked = [];
        vi.useFakeTimers();
        reportGone();
        await vi.advanceTimersByTimeAsync(5000);
        expect(connection.value).not.toBe('gone');
        expect(asked.every(({ url }) => url.startsWith(PLACE))).toBe(true);
        expect(asked.length).toBeGreaterThan(0);
    });

    test('sees text, and no way to filters, statements or other pages', async () => {
        open();
        await answered();
        expect(root.querySelector('img')).toBeNull();
        expect(root.textContent).toContain(HOSTILE);
        expect(root.querySelectorAll('.filter-line, .data-table-value, a:not(.skip-link)').length).toBe(0);
        root.querySelectorAll<HTMLButtonElement>('.tile-tools button[aria-haspopup]')[1]?.click();
        await vi.waitFor(() => expect(document.querySelector('.menu')).not.toBeNull());
        const entries = [...document.querySelectorAll('.menu .menu-item')].map((entry) => entry.textContent);
        expect(entries).toEqual(['Enlarge', 'Download CSV']);
    });

    test('is not told a statement by its mistake', async () => {
        tileStatus = 400;
        open();
        await vi.waitFor(() => expect(root.querySelectorAll('.chart-notice').length).toBe(3));
        expect(root.textContent).not.toContain('secret');
    });

    test('in a frame sees tiles alone, which refresh by themselves', async () => {
        vi.useFakeTimers();
        open('?bare=1');
        await vi.advanceTimersByTimeAsync(100);
        expect(root.querySelectorAll('.tile').length).toBe(3);
        expect(root.querySelector('.scope-bar, .shared-head, header.top-bar')).toBeNull();
        await vi.advanceTimersByTimeAsync(61_000);
        expect(asked.filter(({ url }) => url === PLACE).length).toBe(2);
    });
});

describe('a link', () => {
    test('asks for its password, and keeps it in the tab', async () => {
        status = (password) => (password === 'open sesame' ? 200 : 401);
        open();
        await type('sesame');
        await vi.waitFor(() => expect(root.textContent).toContain('That is not the password.'));
        expect(sessionStorage.length).toBe(0);
        await type(' open sesame ');
        await answered();
        expect(asked.filter(({ url }) => url.includes('/tiles/')).every((one) => one.password === 'open sesame')).toBe(
            true,
        );
        expect(localStorage.getItem('flowtrail.link.tok')).toBeNull();
        render(null, root);
        open();
        await answered();
        expect(root.querySelector('input[type=password]')).toBeNull();
    });

    test('is not asked with what can be no password', async () => {
        status = () => 401;
        open();
        await type('パ'.repeat(67));
        await vi.waitFor(() => expect(root.textContent).toContain('That is not the password.'));
        expect(asked.length).toBe(1);
        expect(connection.value).toBe('there');
    });

    test('that ends takes its tiles with it', async () => {
        open();
        await answered();
        status = () => 404;
        refresh();
        await vi.waitFor(() => expect(root.textContent).toContain('This link has ended'));
        expect(root.querySelector('.tile')).toBeNull();
    });

    test('at which too many guess keeps what is shown, and goes on', async () => {
        open();
        await answered();
        vi.useFakeTimers();
        status = () => 429;
        refresh();
        await vi.advanceTimersByTimeAsync(100);
        expect(root.querySelector('.shared-held')).not.toBeNull();
        expect(root.querySelectorAll('.data-table').length).toBe(2);
        status = () => 200;
        await vi.advanceTimersByTimeAsync(62_000);
        expect(root.querySelector('.shared-held')).toBeNull();
    });

    test('says that too many guessed, and takes the password afterwards', async () => {
        vi.useFakeTimers();
        status = () => 429;
        open();
        await vi.advanceTimersByTimeAsync(100);
        expect(root.textContent).toContain('Too many wrong passwords');
        status = () => 401;
        await vi.advanceTimersByTimeAsync(62_000);
        expect(root.querySelector('input[type=password]')).not.toBeNull();
    });

    test('shows another dashboard when it is changed', async () => {
        open();
        await answered();
        shown = { ...definition, tiles: [] };
        refresh();
        await vi.waitFor(() => expect(root.querySelectorAll('.tile').length).toBe(0));
    });
});

test('every path of links is theirs, also one that is none', () => {
    expect(sharedToken('/shared/abc')).toBe('abc');
    expect(sharedToken('/shared/%')).toBe('%');
    expect(sharedToken('/shared/')).toBe('');
    expect(sharedToken('/dashboards/shared')).toBeUndefined();
});
