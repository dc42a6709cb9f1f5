/** The editor for those beside it: what to run, and putting text in. It outlives the page: undo is there on return. */
import { EditorSelection, type EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { text } from '../choices';
import { type ErrorMark, markError } from './errorMark';
import { statementAt } from '../text/statements';

let view: EditorView | undefined;
let left: EditorState | undefined;

/** A part of the text, and where it begins. */
export interface Piece {
    text: string;
    from: number;
}

export function attach(shown: EditorView): () => void {
    view = shown;
    return () => {
        left = shown.state;
        view = undefined;
    };
}

/** What the editor was when the page was left, if the text is still that. */
export function leftState(): EditorState | undefined {
    return left?.doc.toString() === text.peek() ? left : undefined;
}

export function whole(): Piece {
    return { text: view?.state.doc.toString() ?? text.peek(), from: 0 };
}

/** What is selected, else the statement the cursor is in. */
export function selected(): Piece | undefined {
    if (!view) return undefined;
    const { from, to, head, empty } = view.state.selection.main;
    if (!empty) return { text: view.state.sliceDoc(from, to), from };
    const statement = statementAt(view.state.doc.toString(), head);
    return statement && { text: statement.text, from: statement.from };
}

/** Another text; undo brings the one before back. */
export function replaceText(next: string): void {
    if (!view) {
        text.value = next;
        return;
    }
    view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        selection: { anchor: 0 },
        scrollIntoView: true,
        userEvent: 'input.replace',
    });
    view.focus();
}

/** Below what is there, as a statement of its own, with the cursor in it. */
export function appendStatement(sql: string): void {
    const before = whole().text.trimEnd();
    if (before === '' || !view) {
        replaceText(sql);
        return;
    }
    const insert = `${/;$/.test(before) ? '' : ';'}\n\n${sql}`;
    view.dispatch({
        changes: { from: before.length, to: view.state.doc.length, insert },
        selection: { anchor: before.length + insert.length },
        scrollIntoView: true,
        userEvent: 'input',
    });
    view.focus();
}

export function insert(words: string): void {
    if (!view) return;
    view.dispatch(view.state.replaceSelection(words), { scrollIntoView: true, userEvent: 'input' });
    view.focus();
}

export function replaceRange(from: number, to: number, words: string): void {
    view?.dispatch({
        changes: { from, to, insert: words },
        selection: EditorSelection.cursor(from + words.length),
        userEvent: 'input',
    });
    view?.focus();
}

export function showError(mark: ErrorMark | undefined): void {
    if (view) markError(view, mark);
}

export function goTo(position: number): void {
    if (!view) return;
    const anchor = Math.min(position, view.state.doc.length);
    view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    view.focus();
}
