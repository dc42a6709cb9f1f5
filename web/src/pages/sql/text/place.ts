/** From a line and column, as the server counts them, to a position in a text. */
import type { Place } from '../../../api/problem';

/** Columns count characters as people do: one beyond the basic plane is one, though JavaScript has two for it. */
export function positionOf(text: string, { line, column }: Place): number {
    let start = 0;
    for (let count = 1; count < line; count += 1) {
        const end = text.indexOf('\n', start);
        if (end < 0) return text.length;
        start = end + 1;
    }
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd < 0 ? text.length : lineEnd;
    let at = start;
    for (let count = 1; count < column && at < end; count += 1) {
        at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    }
    return at;
}

/** The word that begins at a position, or one character where none does. */
export function wordEnd(text: string, position: number): number {
    const word = /^(?:"(?:[^"\n]|"")*"|`[^`\n]*`|'(?:[^'\n]|'')*'|[\p{L}\p{N}_$]+)/u.exec(
        text.slice(position, position + 500),
    )?.[0];
    if (word) return position + word.length;
    return Math.min(text.length, position + ((text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1));
}

/** The place again, for people, after the text before the statement is added. */
export function placeOf(text: string, position: number): Place {
    const before = text.slice(0, position);
    const line = before.split('\n').length;
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
    return { line, column };
}
