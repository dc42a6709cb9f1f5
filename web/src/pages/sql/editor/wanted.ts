/** What fits where the cursor is. */
import { isCode, type Token, tokensOf } from '../text/tokens';
import { statementAt } from '../text/statements';
import { isBeforeRelation, nameOf, type Source, sourcesOf, withNames } from './sources';

export type Wanted =
    /** After `a.b.`: a column, a relation of a schema, a field of a structure. */
    | { kind: 'member'; path: string[]; from: number }
    /** After FROM and the like. */
    | { kind: 'relation'; from: number }
    /** After `@`; `from` is the `@`. */
    | { kind: 'stage'; from: number }
    /** After `::`. */
    | { kind: 'type'; from: number }
    | { kind: 'word'; from: number };

export interface Context {
    wanted: Wanted;
    sources: Source[];
    withNames: string[];
    /** Whether something of it is typed already. */
    isBegun: boolean;
}

/** Words that begin a part of a statement: back from a comma, the first of them says which part it is in. */
const CLAUSES = new Set('by from having join on qualify select set using values where with'.split(' '));

export function contextAt(text: string, position: number): Context | undefined {
    const statement = statementAt(text, position);
    const start = statement && position >= statement.start ? statement.start : 0;
    const end = statement && position <= statement.end ? statement.end : text.length;
    const part = text.slice(start, end);
    const tokens = tokensOf(part);
    const at = position - start;

    const here = tokens.find((token) => token.from < at && at <= token.to);
    if (here && !isFree(here, at)) return undefined;
    const isBegun = here?.kind === 'word';
    const from = isBegun ? here.from : at;
    const before = tokens.filter((token) => token.to <= from && isCode(token));
    const code = tokens.filter(isCode);
    const wanted = wantedAfter(part, before, from, tokens);
    return {
        wanted: { ...wanted, from: wanted.from + start },
        sources: sourcesOf(part, code),
        withNames: withNames(part, code),
        isBegun: isBegun || wanted.kind === 'member' || wanted.kind === 'stage' || wanted.kind === 'type',
    };
}

/** Nothing is completed inside of strings, quoted names, comments and numbers. */
function isFree(token: Token, at: number): boolean {
    if (token.kind === 'number') return false;
    if (token.kind === 'string' || token.kind === 'quoted' || token.kind === 'comment') {
        return token.isClosed && at === token.to;
    }
    return true;
}

function wantedAfter(text: string, before: Token[], from: number, tokens: Token[]): Wanted {
    const last = before.at(-1);
    if (!last) return { kind: 'word', from };
    const isClose = last.to === from;
    const char = last.kind === 'symbol' ? text[last.from] : undefined;
    if (char === '@' && isClose) return { kind: 'stage', from: last.from };
    if (char === ':' && isClose && text[last.from - 1] === ':') return { kind: 'type', from };
    if ((char === '.' || char === ':') && isClose) {
        const path = pathBefore(text, tokens, last);
        return path.length > 0 ? { kind: 'member', path, from } : { kind: 'word', from };
    }
    if (last.kind === 'word' && isBeforeRelation(text.slice(last.from, last.to))) return { kind: 'relation', from };
    if (char === ',' && clauseBefore(text, before) === 'from') return { kind: 'relation', from };
    return { kind: 'word', from };
}

/** The names before a dot: `a`, `b` of `a.b.` */
function pathBefore(text: string, tokens: Token[], dot: Token): string[] {
    const path: string[] = [];
    let at = tokens.indexOf(dot);
    for (;;) {
        const name = tokens[at - 1];
        if (name?.kind !== 'word' && name?.kind !== 'quoted') break;
        path.unshift(nameOf(text, name));
        const separator = tokens[at - 2];
        const char = separator?.kind === 'symbol' ? text[separator.from] : undefined;
        if (char !== '.' && char !== ':') break;
        at -= 2;
    }
    return path;
}

function clauseBefore(text: string, before: Token[]): string | undefined {
    let depth = 0;
    for (const token of before.toReversed()) {
        const raw = text.slice(token.from, token.to).toLowerCase();
        if (raw === ')') depth += 1;
        else if (raw === '(') {
            // A comma between arguments, not between relations.
            if (depth === 0) return undefined;
            depth -= 1;
        } else if (depth === 0 && token.kind === 'word' && CLAUSES.has(raw)) return raw === 'join' ? 'from' : raw;
    }
    return undefined;
}
