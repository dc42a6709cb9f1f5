import { lazy, Suspense } from 'preact/compat';
import { useEffect } from 'preact/hooks';
import { generalCommands } from './commands/general';
import { Palette } from './commands/Palette';
import { useCommands } from './commands/registry';
import { Link } from './components/Link';
import { Confirmation } from './components/Confirmation';
import { ConnectionBanner, Notices } from './components/notices';
import { TopBar } from './components/TopBar';
import { messages } from './messages';
import { DashboardsPage } from './pages/dashboards/DashboardsPage';
import { paths, type Route, routeOf } from './pages/paths';
import { path, query } from './state/location';

const ExplorePage = lazy(() => import('./pages/explore/ExplorePage'));
const SqlPage = lazy(() => import('./pages/sql/SqlPage'));

export function App() {
    const text = messages.value.shell;
    const route = routeOf(path.value);
    useCommands(generalCommands);
    // Without bars: for a wall, and for being shown inside of another page.
    const isBare = query.value.get('bare') === '1';
    return (
        <div class={isBare ? 'shell is-bare' : 'shell'}>
            <a class="skip-link" href="#content">
                {text.skip}
            </a>
            {!isBare && <TopBar page={route.page} />}
            <ConnectionBanner />
            <main id="content" tabIndex={-1}>
                <Suspense fallback={<p class="page-note">{text.loading}</p>}>
                    <Page route={route} />
                </Suspense>
            </main>
            <Notices />
            <Palette />
            <Confirmation />
        </div>
    );
}

function Page({ route }: { route: Route }) {
    const text = messages.value.shell;
    const names = { dashboards: text.dashboards, explore: text.explore, sql: text.sql, none: '' };
    const name = names[route.page];
    useEffect(() => {
        // A dashboard adds its own title.
        document.title = name ? `${name} · Flowtrail` : 'Flowtrail';
    }, [name]);
    switch (route.page) {
        case 'dashboards':
            return <DashboardsPage name={route.name} />;
        case 'explore':
            return <ExplorePage />;
        case 'sql':
            return <SqlPage />;
        case 'none':
            return (
                <div class="page-note">
                    <p>{text.notFound}</p>
                    <Link to={paths.dashboards}>{text.toStart}</Link>
                </div>
            );
    }
}
