/** Where the pages are. */
export const paths = {
    dashboards: '/',
    explore: '/explore',
    sql: '/sql',
    dashboard: (name: string) => `/dashboards/${encodeURIComponent(name)}`,
};

/** The token of a link to one dashboard; that page is a console of its own, with no way to the others. */
export function sharedToken(path: string): string | undefined {
    // Whatever it is like: for one that is none, too, nothing else may be asked.
    return path.startsWith('/shared/') ? path.slice('/shared/'.length).replace(/\/$/, '') : undefined;
}

export type Route =
    { page: 'dashboards'; name: string | undefined } | { page: 'explore' } | { page: 'sql' } | { page: 'none' };

function decoded(text: string): string | undefined {
    try {
        return decodeURIComponent(text);
    } catch {
        return undefined; // A lone percent sign, most likely.
    }
}

export function routeOf(path: string): Route {
    if (path === '/' || path === '/dashboards' || path === '/dashboards/')
        return { page: 'dashboards', name: undefined };
    const name = /^\/dashboards\/([^/]+)\/?$/.exec(path)?.[1];
    if (name !== undefined) {
        const text = decoded(name);
        return text === undefined ? { page: 'none' } : { page: 'dashboards', name: text };
    }
    if (path === '/explore' || path === '/explore/') return { page: 'explore' };
    if (path === '/sql' || path === '/sql/') return { page: 'sql' };
    return { page: 'none' };
}
