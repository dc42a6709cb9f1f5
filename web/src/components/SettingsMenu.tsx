/** Theme and language. */
import { languageNames, messages } from '../messages';
import { chooseLanguage, chooseTheme, language, languages, theme, themeChoice, themeChoices } from '../state/settings';
import type { IconName } from './Icon';
import { Menu, type MenuEntry, Opener } from './Menu';

const themeIcons: Record<(typeof themeChoices)[number], IconName> = {
    auto: 'system',
    light: 'sun',
    dark: 'moon',
};

export function SettingsMenu() {
    const text = messages.value.shell;
    return (
        <Opener label={text.settings} icon={theme.value === 'dark' ? 'moon' : 'sun'} kind="quiet">
            {(anchor, close) => <Menu anchor={anchor} label={text.settings} entries={settings()} onClose={close} />}
        </Opener>
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
