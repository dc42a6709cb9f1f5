/** What belongs to the person and not to the page: theme and language. Kept in the browser; `?theme=` and `?lang=` win. */
import { computed, effect, signal } from '@preact/signals';

export type Language = 'en' | 'ja';
export type ThemeChoice = 'auto' | 'light' | 'dark';

export const languages: Language[] = ['en', 'ja'];
export const themeChoices: ThemeChoice[] = ['auto', 'light', 'dark'];

function kept(key: string): string | null {
    try {
        return localStorage.getItem(`flowtrail.${key}`);
    } catch {
        return null; // Storage is refused in some embeddings.
    }
}

function keep(key: string, value: string): void {
    try {
        localStorage.setItem(`flowtrail.${key}`, value);
    } catch {
        // As above: the choice holds until the page is left.
    }
}

const asked = new URLSearchParams(location.search);

function oneOf<T extends string>(choices: readonly T[], value: string | null): T | undefined {
    return choices.find((choice) => choice === value);
}

export const language = signal<Language>(
    oneOf(languages, asked.get('lang')) ??
        oneOf(languages, kept('language')) ??
        (navigator.language.toLowerCase().startsWith('ja') ? 'ja' : 'en'),
);

export const themeChoice = signal<ThemeChoice>(
    oneOf(themeChoices, asked.get('theme')) ?? oneOf(themeChoices, kept('theme')) ?? 'auto',
);

const systemIsDark = signal(false);
const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');
systemIsDark.value = darkQuery.matches;
darkQuery.addEventListener('change', (event) => (systemIsDark.value = event.matches));

export const theme = computed<'light' | 'dark'>(() =>
    themeChoice.value === 'auto' ? (systemIsDark.value ? 'dark' : 'light') : themeChoice.value,
);

export function chooseLanguage(choice: Language): void {
    language.value = choice;
    keep('language', choice);
}

export function chooseTheme(choice: ThemeChoice): void {
    themeChoice.value = choice;
    keep('theme', choice);
}

effect(() => {
    document.documentElement.lang = language.value;
});
effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
});
