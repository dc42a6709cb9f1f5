/** What every test has: a server of its worker, a page that is watched, dashboards of its own. */
import { expect, test as base } from '@playwright/test';
import type { DashboardDefinition } from '../../src/api/dashboards';
import { Api, dashboardOf, type TestTile } from './api';
import { Server } from './server';

interface OfWorker {
    server: Server;
}

interface OfTest {
    api: Api;
    /** A name nothing else has: of dashboards, tables, whatever a test makes. */
    unique: (word: string) => string;
    /** Makes a dashboard, gone after the test. Gives its name. */
    dashboard: (tiles: TestTile[], title?: DashboardDefinition['title']) => Promise<string>;
    watched: void;
}

let made = 0;

export const test = base.extend<OfTest, OfWorker>({
    server: [
        async ({}, give) => {
            const server = await Server.overSampleLogs();
            await give(server);
            await server.remove();
        },
        { scope: 'worker', timeout: 240_000 },
    ],
    baseURL: async ({ server }, give) => give(server.url),
    api: async ({ server }, give) => give(new Api(server.url)),
    unique: async ({}, give, info) => give((word) => `${word}-${String(info.workerIndex)}-${String((made += 1))}`),
    dashboard: async ({ api, unique }, give) => {
        const names: string[] = [];
        await give(async (tiles, title = 'Test') => {
            const name = unique('test');
            names.push(name);
            await api.put(dashboardOf(name, title, tiles), { 'if-none-match': '*' });
            return name;
        });
        for (const name of names) await api.remove(name);
    },
    // Whatever a test is about: no page asks another host, breaks a rule of its policy, or fails in silence.
    watched: [
        async ({ context }, give) => {
            const wrong: string[] = [];
            context.on('request', (request) => {
                const url = new URL(request.url());
                const isOwn = url.hostname === '127.0.0.1' || url.protocol === 'data:' || url.protocol === 'blob:';
                if (!isOwn) wrong.push(`a request to another host: ${request.url()}`);
            });
            context.on('weberror', (error) => wrong.push(`an error nobody caught: ${String(error.error())}`));
            context.on('console', (message) => {
                if (/Content Security Policy/i.test(message.text())) wrong.push(message.text());
            });
            context.on('dialog', (dialog) => {
                if (dialog.type() === 'alert') wrong.push(`an alert: ${dialog.message()}`);
            });
            await give();
            expect(wrong).toEqual([]);
        },
        { auto: true },
    ],
});

export { expect };
