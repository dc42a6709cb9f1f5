import { paletteIsOpen } from '../commands/Palette';
import { messages } from '../messages';
import { paths, type Route } from '../pages/paths';
import { address, query } from '../state/location';
import { keptQuery } from '../state/scope';
import { Icon, type IconName } from './Icon';
import { Link } from './Link';
import { Mark } from './Mark';
import { SettingsMenu } from './SettingsMenu';
import './topBar.css';

/** Names, the same in every language. */
const PRODUCT = 'Flowtrail';
const PALETTE_KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

export function TopBar({ page }: { page: Route['page'] }) {
    const text = messages.value.shell;
    const kept = keptQuery(query.value);
    const pages: { page: Route['page']; to: string; icon: IconName; name: string }[] = [
        { page: 'dashboards', to: paths.dashboards, icon: 'dashboards', name: text.dashboards },
        { page: 'explore', to: paths.explore, icon: 'explore', name: text.explore },
        { page: 'sql', to: paths.sql, icon: 'sql', name: text.sql },
    ];
    return (
        <header class="top-bar">
            <Link to={address(paths.dashboards, kept)} class="brand">
                <Mark />
                <span>{PRODUCT}</span>
            </Link>
            <nav aria-label={text.pages}>
                {pages.map((one) => (
                    <Link key={one.page} to={address(one.to, kept)} class="top-bar-page" isCurrent={one.page === page}>
                        <Icon name={one.icon} />
                        <span>{one.name}</span>
                    </Link>
                ))}
            </nav>
            <div class="top-bar-end">
                <button
                    type="button"
                    class="top-bar-search"
                    title={text.commands}
                    onClick={() => (paletteIsOpen.value = true)}
                >
                    <Icon name="search" />
                    <span class="top-bar-search-text">{text.commands}</span>
                    <kbd class="keys">{PALETTE_KEYS}</kbd>
                </button>
                <SettingsMenu />
            </div>
        </header>
    );
}
