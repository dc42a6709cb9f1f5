/** Bytes as they come, in pieces cut anywhere, to the lines they hold. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    // Pieces of one long line are kept apart until it ends: joining them each time would be quadratic.
    let pieces: string[] = [];
    try {
        for (;;) {
            const { done, value } = await reader.read();
            const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
            let start = 0;
            for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
                pieces.push(text.slice(start, end));
                const line = pieces.join('');
                pieces = [];
                start = end + 1;
                if (line.trim() !== '') yield line;
            }
            if (start < text.length) pieces.push(text.slice(start));
            if (done) break;
        }
        const last = pieces.join('');
        if (last.trim() !== '') yield last;
    } finally {
        // Who stops reading stops the statement.
        await reader.cancel().catch(() => undefined);
    }
}
