/** The pieces of a text in SQL, as far as finding statements and completing words needs them. */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'comment' | 'space' | 'symbol';

export interface Token {
    kind: TokenKind;
    from: number;
    to: number;
    /** Of strings, quoted names and comments: whether their end is there. */
    isClosed: boolean;
}

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\w.]*/y;
const SPACE = /\s+/y;
const DOLLAR = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;

function match(pattern: RegExp, text: string, at: number): number {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
}

/** Where what began with a quote ends; a doubled quote is one inside of it. */
function afterQuote(text: string, from: number, quote: string): { to: number; isClosed: boolean } {
    for (let at = text.indexOf(quote, from + 1); at >= 0; at = text.indexOf(quote, at + 2)) {
        if (text[at + 1] !== quote) return { to: at + 1, isClosed: true };
    }
    return { to: text.length, isClosed: false };
}

function until(text: string, from: number, end: string): { to: number; isClosed: boolean } {
    const at = text.indexOf(end, from);
    return at < 0 ? { to: text.length, isClosed: false } : { to: at + end.length, isClosed: true };
}

function next(text: string, from: number): Token {
    const char = text[from] ?? '';
    const two = text.slice(from, from + 2);
    const plain = (kind: TokenKind, length: number): Token => ({ kind, from, to: from + length, isClosed: true });

    const space = match(SPACE, text, from);
    if (space > 0) return plain('space', space);
    if (two === '--') {
        const end = text.indexOf('\n', from);
        // To the end of its line, which is not there on the last one: typing goes on in it.
        return { kind: 'comment', from, to: end < 0 ? text.length : end, isClosed: false };
    }
    if (two === '/*') return { kind: 'comment', from, ...until(text, from + 2, '*/') };
    if (char === "'") return { kind: 'string', from, ...afterQuote(text, from, char) };
    if (char === '"' || char === '`') return { kind: 'quoted', from, ...afterQuote(text, from, char) };
    if (char === '$') {
        const mark = match(DOLLAR, text, from);
        if (mark > 0) {
            return { kind: 'string', from, ...until(text, from + mark, text.slice(from, from + mark)) };
        }
    }
    const word = match(WORD, text, from);
    if (word > 0) return plain('word', word);
    const number = match(NUMBER, text, from);
    if (number > 0) return plain('number', number);
    return plain('symbol', 1);
}

export function tokensOf(text: string): Token[] {
    const tokens: Token[] = [];
    for (let at = 0; at < text.length;) {
        const token = next(text, at);
        tokens.push(token);
        at = token.to;
    }
    return tokens;
}

export function isCode(token: Token): boolean {
    return token.kind !== 'space' && token.kind !== 'comment';
}
