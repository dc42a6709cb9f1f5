/** What somebody with a link may ask: its dashboard, and what the tiles of that answer. */
import type { Scope } from '../state/scope';
import { type DashboardDefinition, withPlaces } from './dashboards';
import { BASE, request } from './request';
import { type Answer, answersIn, eventsOf, type RunOptions } from './statements';

export interface LinkAccess {
    token: string;
    password: string | undefined;
}

function place(token: string): string {
    return `/shared/${encodeURIComponent(token)}`;
}

/** The server takes passwords of so many bytes. */
const LONGEST_PASSWORD = 200;

export function canBePassword(text: string): boolean {
    const length = new TextEncoder().encode(text).length;
    return length > 0 && length <= LONGEST_PASSWORD && text.trim() === text && !/\p{Cc}/u.test(text);
}

function headers({ password }: LinkAccess, more: Record<string, string>): Record<string, string> {
    return password === undefined ? more : { ...more, 'x-link-password': encodeURIComponent(password) };
}

export async function readShared(access: LinkAccess, signal?: AbortSignal): Promise<DashboardDefinition> {
    const response = await request(place(access.token), {
        headers: headers(access, { accept: 'application/json' }),
        cache: 'no-store',
        signal: signal ?? null,
    });
    const definition = (await response.json()) as DashboardDefinition;
    return { ...definition, tiles: withPlaces(definition.tiles) };
}

export async function askShared(
    access: LinkAccess,
    tile: string,
    over: Scope,
    options: RunOptions = {},
): Promise<Answer> {
    // Of the scope only the time: the server refuses the rest, which may be in the address all the same.
    const { from, to, granularity, time_zone } = over;
    const response = await request(`${place(access.token)}/tiles/${encodeURIComponent(tile)}`, {
        method: 'POST',
        headers: headers(access, { 'content-type': 'application/json', accept: 'application/x-ndjson' }),
        body: JSON.stringify({ scope: { from, to, granularity, time_zone } }),
        signal: options.signal ?? null,
    });
    const answer = (await answersIn(eventsOf(response), options)).at(-1);
    return answer ?? { columns: [], rows: [], isCut: false };
}

/** Whether the server is there. What it says of the link does not matter, so the password stays here. */
export async function answersShared(token: string): Promise<boolean> {
    const response = await fetch(BASE + place(token), { cache: 'no-store' });
    return response.status < 500;
}
