/** Where the rows are in a line `{"event":"rows","rows":[[…],[…]]}`, without reading what is in them. */

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const PREFIX = new TextEncoder().encode('{"event":"rows","rows":[');

/** Whether a line is one of rows, written as the server writes it. */
export function isRowsLine(line: Uint8Array): boolean {
    return line.length > PREFIX.length && PREFIX.every((byte, at) => line[at] === byte);
}

/** Where each row begins. It ends at the last bracket before the next one. */
export function rowOffsets(line: Uint8Array): Uint32Array {
    const offsets: number[] = [];
    let depth = 0;
    for (let at = PREFIX.length; at < line.length; at += 1) {
        const byte = line[at];
        if (byte === QUOTE) {
            at += 1;
            while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
        } else if (byte === OPEN || byte === OPEN_BRACE) {
            if (depth === 0) offsets.push(at);
            depth += 1;
        } else if (byte === CLOSE || byte === CLOSE_BRACE) {
            depth -= 1;
            if (depth < 0) break; // The end of the rows.
        }
    }
    return Uint32Array.from(offsets);
}

/** The end of the row that begins at `offsets[index]`. */
export function rowEnd(line: Uint8Array, offsets: Uint32Array, index: number): number {
    let end = offsets[index + 1] ?? line.lastIndexOf(CLOSE, line.lastIndexOf(CLOSE) - 1) + 1;
    while (end > 0 && line[end - 1] !== CLOSE) end -= 1;
    return end;
}
