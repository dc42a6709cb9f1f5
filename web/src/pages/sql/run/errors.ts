/** A problem of a statement, moved to where the statement is in the editor. */
import type { Problem } from '../../../api/problem';
import { shortened } from '../../../format/cell';
import { type Piece, showError, whole } from '../editor/document';
import { placeOf, positionOf, wordEnd } from '../text/place';

/** The server's words begin with the place; it is shown beside them. */
function withoutPlace(title: string): string {
    return title.replace(/^line \d+, column \d+: /, '');
}

export function problemIn(problem: Problem, piece: Piece, text: string): Problem {
    if (!problem.place || problem.in === 'filter') return problem;
    const position = piece.from + positionOf(piece.text, problem.place);
    return { ...problem, title: withoutPlace(problem.title), place: placeOf(text, position) };
}

/** The problem with its place in the whole text; marked there, if the text is still the one that was sent. */
export function showProblem(problem: Problem, piece: Piece): Problem {
    const { text } = whole();
    if (!problem.place || text.slice(piece.from, piece.from + piece.text.length) !== piece.text) return problem;
    const shown = problemIn(problem, piece, text);
    const from = piece.from + positionOf(piece.text, problem.place);
    const message = [shown.title, problem.hint].filter(Boolean).join(' — ');
    showError({ from, to: wordEnd(text, from), message: shortened(message, 400) });
    return shown;
}

export function clearError(): void {
    showError(undefined);
}

/** What a hint proposes for what is marked: ``did you mean `x`?`` */
export function proposalIn(problem: Problem, text: string): { from: number; to: number; words: string } | undefined {
    const words = /^did you mean `([^`]+)`\?$/.exec(problem.hint ?? '')?.[1];
    if (words === undefined || !problem.place) return undefined;
    const from = positionOf(text, problem.place);
    const to = wordEnd(text, from);
    // Only what the message is about, and only while it is still there.
    return problem.title.includes(`\`${text.slice(from, to).replace(/^["`]|["`]$/g, '')}\``)
        ? { from, to, words }
        : undefined;
}
