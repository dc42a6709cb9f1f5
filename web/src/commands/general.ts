/** Commands there are on every page. */
import { paths } from '../pages/paths';
import { languageNames, messages } from '../messages';
import { address, go, query } from '../state/location';
import { chooseRange, keptQuery, refresh } from '../state/scope';
import { chooseLanguage, chooseTheme, languages, themeChoices } from '../state/settings';
import { usualLengths } from '../time/range';
import type { Command } from './registry';

export function generalCommands(): Command[] {
    const { palette, shell, time } = messages.value;
    const to = (path: string) => () => go(address(path, keptQuery(query.value)));
    return [
        {
            id: 'go-dashboards',
            text: palette.goTo(shell.dashboards),
            icon: 'dashboards',
            run: to(paths.dashboards),
        },
        { id: 'go-explore', text: palette.goTo(shell.explore), icon: 'explore', run: to(paths.explore) },
        { id: 'go-sql', text: palette.goTo(shell.sql), icon: 'sql', run: to(paths.sql) },
        { id: 'refresh', text: time.refreshNow, icon: 'refresh', run: refresh },
        ...usualLengths.map((length): Command => ({
            id: `range-${length}`,
            text: palette.range(time.last[length]),
            icon: 'clock',
            run: () => chooseRange({ kind: 'relative', length }),
        })),
        ...themeChoices.map((choice): Command => ({
            id: `theme-${choice}`,
            text: palette.theme(shell[choice]),
            icon: choice === 'auto' ? 'system' : choice === 'dark' ? 'moon' : 'sun',
            run: () => chooseTheme(choice),
        })),
        ...languages.map((choice): Command => ({
            id: `language-${choice}`,
            text: palette.language(languageNames[choice]),
            icon: 'language',
            run: () => chooseLanguage(choice),
        })),
    ];
}
