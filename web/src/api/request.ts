/** One door for every request: failures become ProblemError or UnreachableError. */
import { reportGone } from './connection';
import { isAbort, problemOf, ProblemError, UnreachableError } from './problem';

export const BASE = '/api/v1';

/** What a proxy answers when the server behind it is away. */
const AWAY = new Set([502, 503, 504]);

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
        response = await fetch(BASE + path, init);
    } catch (error) {
        if (isAbort(error)) throw error;
        reportGone();
        throw new UnreachableError();
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (AWAY.has(response.status) && !response.headers.get('content-type')?.includes('problem+json')) {
        reportGone();
        throw new UnreachableError();
    }
    throw new ProblemError(problem);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await request(path, { signal: signal ?? null, headers: { accept: 'application/json' } });
    return (await response.json()) as T;
}
