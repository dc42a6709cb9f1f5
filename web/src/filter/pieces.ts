/** The filter line cut into its pieces, as the server cuts it: words, quoted texts, brackets, commas, operators. */
export interface Piece {
    /** What it says: without quotes, and with doubled quotes made single. */
    text: string;
    start: number;
    end: number;
    kind: 'word' | 'quoted' | 'sign' | 'operator';
    /** A quoted text whose closing quote is not there yet. */
    isOpen: boolean;
}

const PIECES = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|[(),]|[=!<>]+|[^\s(),=!<>'"]+/g;

export function piecesOf(line: string): Piece[] {
    return [...line.matchAll(PIECES)].map((match) => {
        const [raw] = match;
        const start = match.index;
        const quote = raw[0] === "'" || raw[0] === '"' ? raw[0] : undefined;
        const place = { start, end: start + raw.length };
        if (quote !== undefined) {
            const isOpen = !isClosed(raw, quote);
            const inner = raw.slice(1, isOpen ? undefined : -1);
            return { ...place, text: inner.replaceAll(quote + quote, quote), kind: 'quoted' as const, isOpen };
        }
        const kind = /^[(),]$/.test(raw) ? 'sign' : /^[=!<>]/.test(raw) ? 'operator' : 'word';
        return { ...place, text: raw, kind, isOpen: false };
    });
}

/** Quotes within come in pairs, so a text with an even number of them ends with its own. */
function isClosed(raw: string, quote: string): boolean {
    return raw.length > 1 && raw.split(quote).length % 2 === 1;
}

/** Whether a piece is this word of the line's own. */
export function says(piece: Piece | undefined, word: string): boolean {
    return piece !== undefined && piece.kind !== 'quoted' && piece.text.toLowerCase() === word;
}
