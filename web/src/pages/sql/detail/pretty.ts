/** JSON set out in lines. Its words stay as they are: a number of twenty digits is not rounded by being read. */

export interface Piece {
    kind: 'key' | 'text' | 'number' | 'word' | 'mark';
    text: string;
}

/** Longer ones are shown as they are. */
const LONGEST = 200_000;
const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy;

export function looksLikeJson(text: string): boolean {
    if (text.length > LONGEST || !/^\s*[{[]/.test(text)) return false;
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

export function prettyPieces(json: string): Piece[] {
    const pieces: Piece[] = [];
    const tokens = [...json.matchAll(TOKEN)].map((match) => match[0]).filter((token) => token.trim() !== '');
    let depth = 0;
    const line = () => pieces.push({ kind: 'mark', text: `\n${'  '.repeat(depth)}` });
    for (const [at, token] of tokens.entries()) {
        const next = tokens[at + 1];
        if (token === '{' || token === '[') {
            pieces.push({ kind: 'mark', text: token });
            depth += 1;
            if (next !== '}' && next !== ']') line();
        } else if (token === '}' || token === ']') {
            depth -= 1;
            const before = tokens[at - 1];
            if (before !== '{' && before !== '[') line();
            pieces.push({ kind: 'mark', text: token });
        } else if (token === ',') {
            pieces.push({ kind: 'mark', text: token });
            line();
        } else if (token === ':') {
            pieces.push({ kind: 'mark', text: ': ' });
        } else if (token.startsWith('"')) {
            pieces.push({ kind: next === ':' ? 'key' : 'text', text: token });
        } else {
            pieces.push({ kind: /^-?\d/.test(token) ? 'number' : 'word', text: token });
        }
    }
    return pieces;
}
