/** Names before a bracket are functions: in colour wherever they are called, and only there. */
import { syntaxTree } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import {
    Decoration,
    type DecorationSet,
    type EditorView,
    MatchDecorator,
    ViewPlugin,
    type ViewUpdate,
} from '@codemirror/view';

const called = Decoration.mark({ class: 'cm-function' });

const matcher = new MatchDecorator({
    regexp: /[\p{L}_][\w$]*(?=\()/gu,
    decorate: (add, from, to, _match, view) => {
        const node = syntaxTree(view.state).resolveInner(from, 1).name;
        // `in (`, `varchar(`, and what is in strings and comments, has its colour.
        if (/^(Keyword|Type|String|LineComment|BlockComment|QuotedIdentifier)$/.test(node)) return;
        add(from, to, called);
    },
});

export const functionNames: Extension = ViewPlugin.fromClass(
    class {
        decorations: DecorationSet;
        constructor(view: EditorView) {
            this.decorations = matcher.createDeco(view);
        }
        update(update: ViewUpdate) {
            const isParsed = syntaxTree(update.startState) !== syntaxTree(update.state);
            this.decorations = isParsed
                ? matcher.createDeco(update.view)
                : matcher.updateDeco(update, this.decorations);
        }
    },
    { decorations: (plugin) => plugin.decorations },
);
