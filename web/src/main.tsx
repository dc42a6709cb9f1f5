import { render } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import { loadCatalog, loadStatus } from './api/catalog';
import { App } from './App';
import { listenForPaletteKey } from './commands/Palette';
import { sharedToken } from './pages/paths';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';

const SharedPage = lazy(() => import('./pages/shared/SharedPage'));

const root = document.getElementById('app');
const token = sharedToken(window.location.pathname);
if (root && token !== undefined) {
    // Whoever has a link may ask for nothing but its dashboard.
    render(
        <Suspense fallback={null}>
            <SharedPage token={token} />
        </Suspense>,
        root,
    );
} else if (root) {
    render(<App />, root);
    listenForPaletteKey();
    // Pages do without these at first; whoever needs them asks again when the server is back.
    const nothing = () => undefined;
    loadStatus().catch(nothing);
    loadCatalog().catch(nothing);
}
