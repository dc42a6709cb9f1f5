import { computed } from '@preact/signals';
import { language, type Language } from '../state/settings';
import { en, type Messages } from './en';
import { ja } from './ja';

const all: Record<Language, Messages> = { en, ja };

/** The texts in the chosen language: `messages.value.action.save`. */
export const messages = computed<Messages>(() => all[language.value]);

/** What a language calls itself. */
export const languageNames: Record<Language, string> = { en: 'English', ja: '日本語' };

/** A text of a definition: one for all, or one a language. */
export type LocalText = string | Partial<Record<Language, string>>;

export function localText(text: LocalText | undefined): string {
    if (text === undefined) return '';
    if (typeof text === 'string') return text;
    return text[language.value] ?? text.en ?? text.ja ?? '';
}
