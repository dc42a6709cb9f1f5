/** The lines of an answer as bytes: a row that nobody looks at is never made a string of. */

const NEWLINE = 10;

function joined(pieces: Uint8Array[], last: Uint8Array): Uint8Array {
    if (pieces.length === 0) return last;
    const length = pieces.reduce((sum, piece) => sum + piece.length, last.length);
    const line = new Uint8Array(length);
    let at = 0;
    for (const piece of [...pieces, last]) {
        line.set(piece, at);
        at += piece.length;
    }
    return line;
}

export async function* byteLinesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    let pieces: Uint8Array[] = [];
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) break;
            let start = 0;
            for (let end = value.indexOf(NEWLINE); end >= 0; end = value.indexOf(NEWLINE, start)) {
                const line = joined(pieces, value.subarray(start, end));
                pieces = [];
                start = end + 1;
                if (line.length > 0) yield line;
            }
            if (start < value.length) pieces.push(value.subarray(start));
        }
        const [first, ...rest] = pieces;
        if (first) yield rest.length === 0 ? first : joined([first, ...rest.slice(0, -1)], rest.at(-1) ?? first);
    } finally {
        // Who stops reading stops the statement.
        await reader.cancel().catch(() => undefined);
    }
}
