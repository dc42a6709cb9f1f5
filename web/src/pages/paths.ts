/** Where the pages are. */
export const paths = {
    dashboards: '/',
    explore: '/explore',
    sql: '/sql',
    dashboard: (name: string) => `/dashboards/${encodeURIComponent(name)}`,
};

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
