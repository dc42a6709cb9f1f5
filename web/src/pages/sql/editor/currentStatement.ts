/** A bar beside the statement that Ctrl+Enter runs, where there are several. */
import type { Extension, Range } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { statementAt, statementsOf } from '../text/statements';

/** Finding it reads the whole text; in longer ones typing comes first. */
const LONGEST = 200_000;

const line = Decoration.line({ class: 'cm-in-statement' });

function marks(view: EditorView): DecorationSet {
    const { doc, selection } = view.state;
    if (doc.length > LONGEST) return Decoration.none;
    const text = doc.toString();
    if (statementsOf(text).length < 2) return Decoration.none;
    const statement = statementAt(text, selection.main.head);
    if (!statement) return Decoration.none;
    const ranges: Range<Decoration>[] = [];
    const last = doc.lineAt(statement.to).number;
    for (let number = doc.lineAt(statement.from).number; number <= last; number += 1) {
        ranges.push(line.range(doc.line(number).from));
    }
    return Decoration.set(ranges);
}

export const currentStatement: Extension = ViewPlugin.fromClass(
    class {
        decorations: DecorationSet;
        constructor(view: EditorView) {
            this.decorations = marks(view);
        }
        update(update: ViewUpdate) {
            if (update.docChanged || update.selectionSet) this.decorations = marks(update.view);
        }
    },
    { decorations: (plugin) => plugin.decorations },
);
