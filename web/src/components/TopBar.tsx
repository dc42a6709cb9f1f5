import { paletteIsOpen } from '../commands/Palette';
import { languageNames, messages } from '../messages';
import { paths, type Route } from '../pages/paths';
import { address, query } from '../state/location';
import { keptQuery } from '../state/scope';
import { chooseLanguage, chooseTheme, language, languages, theme, themeChoice, themeChoices } from '../state/settings';
import { Icon, type IconName } from './Icon';
import { Link } from './Link';
import { Menu, type MenuEntry, Opener } from './Menu';
import './topBar.css';

/** Names, the same in every language. */
const PRODUCT = 'Flowtrail';
const PALETTE_KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

const themeIcons: Record<(typeof themeChoices)[number], IconName> = {
    auto: 'system',
    light: 'sun',
    dark: 'moon',
};

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
                <Opener label={text.settings} icon={theme.value === 'dark' ? 'moon' : 'sun'} kind="quiet">
                    {(anchor, close) => (
                        <Menu anchor={anchor} label={text.settings} entries={settings()} onClose={close} />
                    )}
                </Opener>
            </div>
        </header>
    );
}

function settings(): MenuEntry[] {
    const text = messages.value.shell;
    return [
        { heading: text.theme },
        ...themeChoices.map((choice): MenuEntry => ({
            text: text[choice],
            icon: themeIcons[choice],
            isChosen: themeChoice.value === choice,
            onChoose: () => chooseTheme(choice),
        })),
        'rule',
        { heading: text.language },
        ...languages.map((choice): MenuEntry => ({
            text: languageNames[choice],
            icon: 'language',
            isChosen: language.value === choice,
            onChoose: () => chooseLanguage(choice),
        })),
    ];
}

function Mark() {
    return (
        <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" />
            <path d="M7 21c4 0 5-10 9-10s4 6 9 0" />
            <circle cx="7" cy="21" r="2.6" />
        </svg>
    );
}
