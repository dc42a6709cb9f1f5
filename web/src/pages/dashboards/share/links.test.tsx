import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { language } from '../../../state/settings';
import { Links } from './Links';

const HOSTILE = '<img src=x onerror=alert(1)>';
const entry = (id: string, more: object = {}) => ({
    id,
    label: id,
    created_at: '2026-11-20T10:00:00Z',
    expires_at: null,
    has_password: false,
    ...more,
});

let root: HTMLElement;
let kept: object[];
const asked: [string, string, unknown][] = [];

beforeEach(() => {
    language.value = 'en';
    asked.length = 0;
    kept = [entry('aaa', { label: HOSTILE, has_password: true }), entry('bbb', { expires_at: '2020-01-01T00:00:00Z' })];
    vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
        const method = init.method ?? 'GET';
        asked.push([method, url, init.body === undefined ? undefined : JSON.parse(String(init.body as string))]);
        if (method === 'DELETE') {
            kept = kept.filter((link) => !url.endsWith((link as { id: string }).id));
            return Promise.resolve(new Response(null, { status: 204 }));
        }
        const made = { id: 'ccc', token: 'secret', path: '/shared/secret' };
        if (method === 'POST') kept = [entry('ccc'), ...kept];
        return Promise.resolve(new Response(JSON.stringify(method === 'POST' ? made : kept)));
    });
    root = document.createElement('div');
    document.body.append(root);
    render(<Links dashboard="net" title="Net" />, root);
});
afterEach(() => {
    render(null, root);
    root.remove();
    vi.unstubAllGlobals();
});

const rows = () => [...root.querySelectorAll('.share-link')];
const button = (name: string, within: Element = root) =>
    [...within.querySelectorAll('button')].find((one) => one.textContent === name);
const type = (selector: string, value: string) => {
    const input = root.querySelector<HTMLInputElement>(selector);
    if (!input) throw new Error(selector);
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
};

test('links are listed; labels are text', async () => {
    await vi.waitFor(() => expect(rows().length).toBe(2));
    expect(root.querySelector('img')).toBeNull();
    expect(rows()[0]?.textContent).toContain(HOSTILE);
    expect(rows()[0]?.textContent).toContain('with a password');
    expect(rows()[1]?.textContent).toContain('ended');
});

test('a link is made as it was asked for, and shown once', async () => {
    await vi.waitFor(() => expect(rows().length).toBe(2));
    type('input[maxlength]', ' for the board ');
    type('input[autocomplete=off]', 'open sesame');
    await vi.waitFor(() => expect(button('Make a link')?.disabled).toBe(false));
    root.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    await vi.waitFor(() => expect(rows().length).toBe(3));
    const [method, url, body] = asked.find(([how]) => how === 'POST') ?? [];
    expect([method, url]).toEqual(['POST', '/api/v1/dashboards/net/links']);
    expect(body).toEqual({ label: 'for the board', password: 'open sesame', expires_at: expect.any(String) as string });
    const shown = () => [...root.querySelectorAll<HTMLInputElement>('.copy-field .input')].map(({ value }) => value);
    expect(shown()[0]).toBe(`${window.location.origin}/shared/secret`);
    expect(shown()[1]).toContain('<iframe src=');
    button('Make another')?.click();
    await vi.waitFor(() => expect(root.querySelector('form')).not.toBeNull());
    expect(shown()).toEqual([]);
    expect(root.textContent).not.toContain('secret');
});

test('what can be no password makes no link', async () => {
    type('input[autocomplete=off]', 'パ'.repeat(67));
    await vi.waitFor(() => expect(button('Make a link')?.disabled).toBe(true));
});

test('revoking asks first; what has ended already only goes from the list', async () => {
    await vi.waitFor(() => expect(rows().length).toBe(2));
    const first = rows()[0];
    if (!first) throw new Error('no row');
    button('Revoke', first)?.click();
    await vi.waitFor(() => expect(button('Cancel', first)).toBeDefined());
    expect(asked.some(([method]) => method === 'DELETE')).toBe(false);
    button('Cancel', first)?.click();
    await vi.waitFor(() => expect(button('Cancel', first)).toBeUndefined());
    button('Revoke', first)?.click();
    await vi.waitFor(() => expect(button('Cancel', first)).toBeDefined());
    button('Revoke', first)?.click();
    await vi.waitFor(() => expect(rows().length).toBe(1));
    expect(asked.filter(([method]) => method === 'DELETE').map(([, url]) => url)).toEqual(['/api/v1/links/aaa']);
    button('Remove')?.click();
    await vi.waitFor(() => expect(rows().length).toBe(0));
});
