/** The text in the address, as long as addresses are short; and kept in this browser. */
import { effect } from '@preact/signals';
import { choose, path, query } from '../../state/location';
import { paths } from '../paths';
import { text } from './choices';
import { writeKept } from './kept';

/** Longer addresses break in mails and chats. */
export const LONGEST_IN_ADDRESS = 1800;
const WAIT_MS = 400;

/** `q` is this page's; `sql` is how a tile opens here. */
export function textInAddress(search: URLSearchParams): string | undefined {
    return search.get('q') ?? search.get('sql') ?? undefined;
}

export function fitsAddress(words: string): boolean {
    return encodeURIComponent(words).length <= LONGEST_IN_ADDRESS;
}

/** Takes the text from the address, then keeps the address with the text. It is never run by that: a link is no order. */
export function followAddress(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let written: string | undefined;
    const stopReading = effect(() => {
        if (path.value !== paths.sql) return;
        const asked = textInAddress(query.value);
        // What was written by the other half is no news.
        if (asked !== undefined && asked !== written) text.value = asked;
        written = asked;
    });
    const stopWriting = effect(() => {
        const words = text.value;
        clearTimeout(timer);
        timer = setTimeout(() => {
            writeKept('text', words);
            if (path.peek() !== paths.sql) return;
            written = words !== '' && fitsAddress(words) ? words : undefined;
            choose({ q: written ?? null, sql: null }, 'replace');
        }, WAIT_MS);
    });
    return () => {
        clearTimeout(timer);
        writeKept('text', text.peek());
        stopReading();
        stopWriting();
    };
}
