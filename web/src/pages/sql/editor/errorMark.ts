/** The error's caret: its word underlined, its message below the line. Whoever types has read it: it goes. */
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';

export interface ErrorMark {
    from: number;
    to: number;
    message: string;
}

const put = StateEffect.define<ErrorMark | undefined>();

/** Columns beyond are not counted: the note would begin outside of the window. */
const MOST_INDENT = 48;

class Note extends WidgetType {
    constructor(
        readonly message: string,
        readonly column: number,
    ) {
        super();
    }
    override eq(other: Note): boolean {
        return other.message === this.message && other.column === this.column;
    }
    override toDOM(): HTMLElement {
        const note = document.createElement('div');
        note.className = 'cm-error-note';
        note.style.marginLeft = `${String(this.column)}ch`;
        const words = document.createElement('span');
        words.textContent = this.message;
        note.append(words);
        return note;
    }
}

const field = StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(marks, transaction) {
        let next = transaction.docChanged ? Decoration.none : marks;
        for (const effect of transaction.effects) {
            if (!effect.is(put)) continue;
            const mark = effect.value;
            if (!mark) {
                next = Decoration.none;
                continue;
            }
            const { doc } = transaction.state;
            const from = Math.min(mark.from, doc.length);
            const line = doc.lineAt(from);
            // At the end of a line there is nothing to underline.
            const to = Math.min(Math.max(mark.to, from), doc.length);
            const column = Math.min(from - line.from, MOST_INDENT);
            next = Decoration.set(
                [
                    ...(to > from ? [Decoration.mark({ class: 'cm-error-mark' }).range(from, to)] : []),
                    Decoration.widget({ widget: new Note(mark.message, column), block: true, side: 1 }).range(line.to),
                ],
                true,
            );
        }
        return next;
    },
    provide: (own) => EditorView.decorations.from(own),
});

export const errorMarks = field;

/** Shows an error where it is, or takes it away. */
export function markError(view: EditorView, mark: ErrorMark | undefined): void {
    const effects: StateEffect<unknown>[] = [put.of(mark)];
    if (mark)
        effects.push(
            EditorView.scrollIntoView(Math.min(mark.from, view.state.doc.length), { y: 'nearest', yMargin: 48 }),
        );
    view.dispatch({ effects });
}
