import { render } from 'preact';
import { loadCatalog, loadStatus } from './api/catalog';
import { App } from './App';
import { listenForPaletteKey } from './commands/Palette';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';

const root = document.getElementById('app');
if (root) render(<App />, root);
listenForPaletteKey();

// Pages do without these at first; whoever needs them asks again when the server is back.
const nothing = () => undefined;
loadStatus().catch(nothing);
loadCatalog().catch(nothing);
