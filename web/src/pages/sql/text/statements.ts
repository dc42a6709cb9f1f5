/** The statements of a text, and which one the cursor is in. */
import { isCode, tokensOf } from './tokens';

export interface Statement {
    /** Its first and last character that is neither space nor comment. */
    from: number;
    to: number;
    text: string;
    /** All that belongs to it: the comments before it, its semicolon. */
    start: number;
    end: number;
}

export function statementsOf(text: string): Statement[] {
    const statements: Statement[] = [];
    let start = 0;
    let from = -1;
    let to = -1;
    const close = (end: number) => {
        if (from >= 0) statements.push({ from, to, text: text.slice(from, to), start, end });
        start = end;
        from = -1;
    };
    for (const token of tokensOf(text)) {
        if (token.kind === 'symbol' && text[token.from] === ';') {
            close(token.to);
        } else if (isCode(token)) {
            if (from < 0) from = token.from;
            to = token.to;
        }
    }
    close(text.length);
    return statements;
}

/** The statement a position is in. Behind a semicolon on its line it is still the one before. */
export function statementAt(text: string, position: number): Statement | undefined {
    const statements = statementsOf(text);
    const after = statements.findIndex((statement) => position < statement.end || statement.end === text.length);
    const here = statements[after] ?? statements.at(-1);
    if (!here) return undefined;
    const before = after > 0 ? statements[after - 1] : undefined;
    if (before && position <= here.from) {
        const between = text.slice(before.end, position);
        if (!between.includes('\n') && between.trim() === '') return before;
    }
    return here;
}

/** What a tab or a list calls a statement: its words on one line. */
export function oneLine(text: string, longest = 120): string {
    const short = text
        .slice(0, longest * 4)
        .replace(/\s+/g, ' ')
        .trim();
    return short.length <= longest ? short : `${short.slice(0, longest - 1)}…`;
}
