/** The relations a statement reads, by its words; statements are half written while somebody types them. */
import type { Token } from '../text/tokens';

export interface Source {
    path: string[];
    /** What columns are called by: the alias, or the last part of the name. */
    name: string;
}

const BEFORE_RELATION = new Set(['from', 'join', 'into', 'update', 'table', 'describe', 'desc', 'view', 'analyze']);
/** Words after a relation that are no alias. */
const NO_ALIAS = new Set(
    (
        'as cross except fetch for format full group having inner intersect into join lateral left limit match_recognize ' +
        'natural offset on order outer pivot qualify right sample select semi set tablesample union unnest unpivot using ' +
        'values where window with when'
    ).split(' '),
);

export function isBeforeRelation(word: string): boolean {
    return BEFORE_RELATION.has(word.toLowerCase());
}

/** A name without its quotes. */
export function nameOf(text: string, token: Token): string {
    const raw = text.slice(token.from, token.to);
    if (token.kind !== 'quoted') return raw;
    const quote = raw.charAt(0);
    return raw.slice(1, token.isClosed ? -1 : undefined).replaceAll(quote + quote, quote);
}

const isName = (token: Token | undefined): token is Token => token?.kind === 'word' || token?.kind === 'quoted';

/** `code` are the tokens without space and comments. */
export function sourcesOf(text: string, code: Token[]): Source[] {
    const sources: Source[] = [];
    const wordAt = (at: number) => {
        const token = code[at];
        return token?.kind === 'word' ? text.slice(token.from, token.to).toLowerCase() : '';
    };
    const isSymbol = (at: number, symbol: string) => {
        const token = code[at];
        return token?.kind === 'symbol' && text[token.from] === symbol;
    };
    /** Reads a relation and its alias; answers where it ends. */
    const read = (begin: number): number => {
        const path: string[] = [];
        let at = begin;
        for (;;) {
            const token = code[at];
            if (!isName(token)) break;
            path.push(nameOf(text, token));
            at += 1;
            if (!isSymbol(at, '.')) break;
            at += 1;
        }
        const last = path.at(-1);
        if (last === undefined) return at;
        if (wordAt(at) === 'as') at += 1;
        const alias = code[at];
        const hasAlias = isName(alias) && (alias.kind === 'quoted' || !NO_ALIAS.has(wordAt(at)));
        sources.push({ path, name: hasAlias ? nameOf(text, alias) : last });
        return hasAlias ? at + 1 : at;
    };
    for (let at = 0; at < code.length; at += 1) {
        const word = wordAt(at);
        if (word !== 'from' && word !== 'join' && word !== 'into' && word !== 'update') continue;
        let end = read(at + 1);
        while (word === 'from' && isSymbol(end, ',')) end = read(end + 1);
        at = Math.max(at, end - 1);
    }
    return sources;
}

/** Names that WITH gives to queries. */
export function withNames(text: string, code: Token[]): string[] {
    if (!code.some((token) => /^with$/i.test(text.slice(token.from, token.to)))) return [];
    return code.flatMap((token, at) => {
        const before = code[at - 1];
        const as = code[at + 1];
        const open = code[at + 2];
        if (!isName(token) || !before || !as || !open) return [];
        const isBegin = /^(with|recursive|,)$/i.test(text.slice(before.from, before.to));
        const isQuery = /^as$/i.test(text.slice(as.from, as.to)) && text[open.from] === '(';
        return isBegin && isQuery ? [nameOf(text, token)] : [];
    });
}
