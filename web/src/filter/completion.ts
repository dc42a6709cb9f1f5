/** What could be typed at a place of the filter line, and what it would take the place of. */
import { quoted } from './line';
import { type Piece, piecesOf, says } from './pieces';

export interface CompletionContext {
    expects: 'field' | 'operator' | 'value' | 'joiner';
    /** What was typed of it so far. */
    typed: string;
    /** What a choice takes the place of. */
    start: number;
    end: number;
    /** The field whose operator or value it is. */
    field?: string;
    operator?: string;
    /** Inside of the brackets of `in (…)`. */
    isInList?: boolean;
}

type State =
    | { expects: 'field' }
    | { expects: 'operator'; field: string }
    | { expects: 'afterNot'; field: string }
    | { expects: 'value'; field: string; operator: string; isInList: boolean }
    | { expects: 'afterListed'; field: string; operator: string }
    | { expects: 'null'; field: string; operator: string }
    | { expects: 'joiner' };

function after(state: State, piece: Piece): State {
    switch (state.expects) {
        case 'field':
            return says(piece, 'not') || says(piece, '(') ? state : { expects: 'operator', field: piece.text };
        case 'operator':
            if (says(piece, 'not')) return { expects: 'afterNot', field: state.field };
            if (says(piece, 'is')) return { expects: 'null', field: state.field, operator: 'is' };
            return { expects: 'value', field: state.field, operator: piece.text.toLowerCase(), isInList: false };
        case 'afterNot':
            return { expects: 'value', field: state.field, operator: piece.text.toLowerCase(), isInList: false };
        case 'value':
            if (says(piece, '(')) return { ...state, isInList: true };
            if (says(piece, ')')) return { expects: 'joiner' };
            if (!state.isInList) return { expects: 'joiner' };
            return { expects: 'afterListed', field: state.field, operator: state.operator };
        case 'afterListed':
            if (says(piece, ')')) return { expects: 'joiner' };
            return { expects: 'value', field: state.field, operator: state.operator, isInList: true };
        case 'null':
            return says(piece, 'not') ? { ...state, operator: 'is not' } : { expects: 'joiner' };
        case 'joiner':
            return says(piece, ')') ? state : { expects: 'field' };
    }
}

/** Where the caret is; a word it touches is being typed, and what stands behind the caret is left alone. */
export function completionAt(line: string, caret: number): CompletionContext {
    const pieces = piecesOf(line);
    const at = pieces.find((piece) => piece.start < caret && caret <= piece.end && piece.kind !== 'sign');
    const isTyping =
        at !== undefined && (at.kind === 'word' || (at.kind === 'quoted' && (at.isOpen || caret < at.end)));
    const current = isTyping ? at : undefined;
    let state: State = { expects: 'field' };
    for (const piece of pieces) {
        if (piece === current || piece.start >= caret) break;
        state = after(state, piece);
    }
    const place = current
        ? { typed: typedIn(line, current, caret), start: current.start, end: current.end }
        : { typed: '', start: caret, end: caret };
    switch (state.expects) {
        case 'field':
            return { expects: 'field', ...place };
        case 'operator':
            return { expects: 'operator', field: state.field, ...place };
        case 'afterNot':
            return { expects: 'operator', field: state.field, ...place, operator: 'not' };
        case 'null':
            return { expects: 'operator', field: state.field, ...place, operator: state.operator };
        case 'value':
            return {
                expects: 'value',
                field: state.field,
                operator: state.operator,
                isInList: state.isInList,
                ...place,
            };
        case 'afterListed':
            return { expects: 'joiner', ...place, isInList: true };
        case 'joiner':
            return { expects: 'joiner', ...place };
    }
}

function typedIn(line: string, piece: Piece, caret: number): string {
    const raw = line.slice(piece.start, caret);
    return piece.kind === 'quoted' ? raw.slice(1).replaceAll("''", "'") : raw;
}

/** The line with a choice put in, and where the caret goes. */
export function completed(
    line: string,
    context: CompletionContext,
    choice: string,
    isValue = false,
): { line: string; caret: number } {
    const text = isValue ? quoted(choice) : choice;
    const before = line.slice(0, context.start);
    const rest = line.slice(context.end);
    const lead = before === '' || /[\s(]$/.test(before) ? '' : ' ';
    const space = rest.startsWith(' ') || rest.startsWith(')') || text.endsWith('(') || text.endsWith(')') ? '' : ' ';
    const put = `${before}${lead}${text}${space}`;
    return { line: put + rest, caret: put.length + (space === '' && rest.startsWith(' ') ? 1 : 0) };
}
