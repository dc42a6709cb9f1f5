/** The editor: CodeMirror, in the chosen accent and language. */
import {
    autocompletion,
    closeBrackets,
    closeBracketsKeymap,
    acceptCompletion,
    completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import {
    drawSelection,
    dropCursor,
    EditorView,
    highlightActiveLineGutter,
    highlightSpecialChars,
    keymap,
    lineNumbers,
    placeholder,
} from '@codemirror/view';
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { messages } from '../../../messages';
import { accent, text } from '../choices';
import { completionSource } from './completion';
import { currentStatement } from './currentStatement';
import { dialectOf } from './dialects';
import { attach, leftState } from './document';
import { errorMarks } from './errorMark';
import { functionNames } from './functionNames';
import { look } from './look';

export interface EditorProps {
    onRun: () => void;
    onRunAll: () => void;
    onSave: () => void;
}

const dialect = new Compartment();
const words = new Compartment();
const keys = new Compartment();

function wordsInLanguage(): Extension {
    const texts = messages.value.sqlPage;
    return [
        EditorState.phrases.of(texts.find),
        EditorView.contentAttributes.of({ 'aria-label': texts.editor, spellcheck: 'false', autocapitalize: 'off' }),
        placeholder(texts.placeholder),
    ];
}

const fixed: Extension = [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    dropCursor(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    search({ top: true }),
    indentUnit.of('    '),
    EditorView.lineWrapping,
    errorMarks,
    currentStatement,
    functionNames,
    look,
    autocompletion({
        override: [completionSource(() => accent.peek())],
        activateOnTypingDelay: 60,
        maxRenderedOptions: 200,
    }),
    keymap.of([
        { key: 'Tab', run: acceptCompletion },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => {
        if (update.docChanged) text.value = update.state.doc.toString();
    }),
];

function runKeys(props: { current: EditorProps }): Extension {
    const doing = (what: keyof EditorProps) => () => {
        props.current[what]();
        return true;
    };
    return Prec.highest(
        keymap.of([
            { key: 'Mod-Enter', run: doing('onRun'), preventDefault: true },
            { key: 'Mod-Shift-Enter', run: doing('onRunAll'), preventDefault: true },
            { key: 'Mod-s', run: doing('onSave'), preventDefault: true },
        ]),
    );
}

export function Editor(props: EditorProps) {
    const box = useRef<HTMLDivElement>(null);
    const latest = useRef(props);
    latest.current = props;
    useEffect(() => {
        if (!box.current) return;
        const before = leftState();
        const state =
            before ??
            EditorState.create({
                doc: text.peek(),
                // At the end: where one goes on.
                selection: { anchor: text.peek().length },
                extensions: [fixed, dialect.of([]), words.of([]), keys.of([])],
            });
        const view = new EditorView({ state, parent: box.current });
        view.dispatch({ effects: keys.reconfigure(runKeys(latest)) });
        const detach = attach(view);
        const stops = [
            effect(() => {
                view.dispatch({ effects: dialect.reconfigure(dialectOf(accent.value).language) });
            }),
            effect(() => {
                view.dispatch({ effects: words.reconfigure(wordsInLanguage()) });
            }),
            // A text from elsewhere: a link, another tab of the page.
            effect(() => {
                const wanted = text.value;
                if (wanted !== view.state.doc.toString()) {
                    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } });
                }
            }),
        ];
        // On a phone the keyboard would cover the page.
        if (window.matchMedia('(pointer: fine)').matches) view.focus();
        return () => {
            for (const stop of stops) stop();
            detach();
            view.destroy();
        };
    }, []);
    return <div class="sql-editor" ref={box} />;
}
