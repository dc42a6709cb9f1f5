/** The address is the state: where we are, and every choice that another person should see by the same link. */
import { computed, signal } from '@preact/signals';

interface Place {
    path: string;
    query: URLSearchParams;
}

function here(): Place {
    return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

const place = signal<Place>(here());

export const path = computed(() => place.value.path);
export const query = computed(() => place.value.query);

window.addEventListener('popstate', () => (place.value = here()));

export type Choices = Record<string, string | null | undefined>;

/** A query string with some choices changed; null takes one out. Keys stay in their order. */
export function changed(search: URLSearchParams, choices: Choices): URLSearchParams {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(choices)) {
        if (value === null || value === undefined || value === '') next.delete(key);
        else next.set(key, value);
    }
    return next;
}

export function address(toPath: string, search: URLSearchParams): string {
    const text = search.toString();
    return text ? `${toPath}?${text}` : toPath;
}

/** Asked before the page is left for another path: unsaved work may say no, or ask the person first. */
type Guard = () => boolean | Promise<boolean>;
let guard: Guard | undefined;

export function guardLeaving(mayLeave: Guard | undefined): void {
    guard = mayLeave;
}

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
    const url = new URL(to, window.location.href);
    if (url.pathname === window.location.pathname || !guard) {
        move(url, how);
        return;
    }
    const answer = guard();
    // At once where nothing is asked: who calls this may go on with the page it went to.
    if (answer === true) move(url, how);
    else if (answer) void answer.then((may) => may && move(url, how));
}

function move(url: URL, how: 'push' | 'replace'): void {
    if (url.href === window.location.href) return;
    if (how === 'push') window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
    place.value = here();
}

/** Changes choices in the query string of this page. */
export function choose(choices: Choices, how: 'push' | 'replace' = 'push'): void {
    go(address(place.value.path, changed(place.value.query, choices)), how);
}
