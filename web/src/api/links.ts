/** Links by which people without an account see one dashboard: made, listed, revoked. */
import { getJson, request } from './request';

export interface LinkEntry {
    id: string;
    label: string;
    created_at: string;
    /** Null: it ends when it is revoked. */
    expires_at: string | null;
    has_password: boolean;
}

export interface LinkRequest {
    label: string;
    expires_at?: string;
    password?: string;
}

export interface NewLink {
    id: string;
    /** Told this once: the server keeps only what it needs to know it again. */
    token: string;
    path: string;
}

const json = { 'content-type': 'application/json' };

function place(dashboard: string): string {
    return `/dashboards/${encodeURIComponent(dashboard)}/links`;
}

/** Those too whose time is over; the last made first. */
export function listLinks(dashboard: string, signal?: AbortSignal): Promise<LinkEntry[]> {
    return getJson(place(dashboard), signal);
}

export async function createLink(dashboard: string, link: LinkRequest): Promise<NewLink> {
    const response = await request(place(dashboard), { method: 'POST', headers: json, body: JSON.stringify(link) });
    return (await response.json()) as NewLink;
}

export async function revokeLink(id: string): Promise<void> {
    await request(`/links/${encodeURIComponent(id)}`, { method: 'DELETE', headers: json });
}
