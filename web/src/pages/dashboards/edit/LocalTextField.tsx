/** A text for people: one for all, or one a language. */
import { languageNames, type LocalText } from '../../../messages';
import { languages } from '../../../state/settings';

export interface LocalTextFieldProps {
    name: string;
    value: LocalText;
    onChange: (value: LocalText) => void;
}

/** One text where all languages say the same; empty languages are left out. */
export function joined(texts: Record<(typeof languages)[number], string>): LocalText {
    const filled = languages.filter((language) => texts[language].trim() !== '');
    if (filled.length === 0) return '';
    if (filled.length === 1 || texts.en === texts.ja) return texts[filled[0] ?? 'en'];
    return Object.fromEntries(filled.map((language) => [language, texts[language]]));
}

export function LocalTextField({ name, value, onChange }: LocalTextFieldProps) {
    const texts = typeof value === 'string' ? { en: value, ja: '' } : { en: value.en ?? '', ja: value.ja ?? '' };
    return (
        <div class="local-text">
            {languages.map((language) => (
                <label key={language} class="field">
                    <span>
                        {name} · {languageNames[language]}
                    </span>
                    <input
                        class="input"
                        value={texts[language]}
                        placeholder={language === 'ja' ? texts.en : texts.ja}
                        onInput={(event) => onChange(joined({ ...texts, [language]: event.currentTarget.value }))}
                    />
                </label>
            ))}
        </div>
    );
}
