import { computed } from '@preact/signals';
import { language } from '../state/settings';

/** English dates day first and with 24 hours: logs are read across countries. */
export const locale = computed(() => (language.value === 'ja' ? 'ja-JP' : 'en-GB'));

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs as much as a hundred uses of it. */
export function numberFormat(of: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = `${of} ${JSON.stringify(options)}`;
    let format = numberFormats.get(key);
    if (!format) numberFormats.set(key, (format = new Intl.NumberFormat(of, options)));
    return format;
}

export function dateFormat(of: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = `${of} ${JSON.stringify(options)}`;
    let format = dateFormats.get(key);
    if (!format) dateFormats.set(key, (format = new Intl.DateTimeFormat(of, options)));
    return format;
}
