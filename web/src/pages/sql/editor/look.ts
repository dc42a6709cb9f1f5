/** The editor's looks: the console's colours by their names, so that both themes are one. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
    '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--text)', fontSize: 'var(--text-m)' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.6', overflow: 'auto' },
    '.cm-content': { caretColor: 'var(--text)', padding: '0.5rem 0' },
    '.cm-line': { padding: '0 0.75rem 0 0.625rem' },
    '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-2)', border: '0' },
    '.cm-lineNumbers .cm-gutterElement': { padding: '0 0.5rem 0 0.75rem', minWidth: '2.25rem' },
    '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
    '.cm-cursor': { borderLeft: '2px solid var(--accent)' },
    '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
        backgroundColor: 'var(--code-selection)',
    },
    '.cm-selectionMatch': { backgroundColor: 'var(--code-match)' },
    '&.cm-focused .cm-matchingBracket': {
        backgroundColor: 'var(--code-match)',
        outline: '1px solid var(--line-strong)',
    },
    '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--danger-soft)' },
    '.cm-placeholder': { color: 'var(--text-2)' },
    '.cm-in-statement': { boxShadow: 'inset 2px 0 0 var(--accent)' },
    '.cm-function': { color: 'var(--code-function)' },
    '.cm-completionIcon-property::after': { content: '"c"' },
    '.cm-completionIcon-class::after': { content: '"t"' },
    '.cm-completionIcon-interface::after': { content: '"v"' },
    '.cm-completionIcon-namespace::after': { content: '"s"' },
    '.cm-completionIcon-variable::after': { content: '"a"' },
    '.cm-completionIcon-constant::after': { content: '"@"' },
    '.cm-completionIcon-type::after': { content: '"τ"' },
    '.cm-completionIcon-function::after': { content: '"ƒ"' },
    '.cm-completionIcon-keyword::after': { content: '"·"' },
    '.cm-error-mark': {
        textDecoration: 'underline wavy var(--danger) 1.5px',
        textUnderlineOffset: '3px',
        backgroundColor: 'var(--danger-soft)',
    },
    '.cm-error-note': {
        display: 'flex',
        gap: '0.5ch',
        padding: '0 0.75rem 0.25rem 0.625rem',
        color: 'var(--danger)',
        whiteSpace: 'pre-wrap',
        overflowWrap: 'anywhere',
    },
    '.cm-error-note::before': { content: '"▲"', flex: 'none', fontSize: '0.7em', lineHeight: '2' },
    '.cm-tooltip': {
        border: '1px solid var(--line)',
        borderRadius: 'var(--radius-s)',
        backgroundColor: 'var(--raised)',
        color: 'var(--text)',
        boxShadow: 'var(--shadow-raised)',
        overflow: 'hidden',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': {
        fontFamily: 'var(--font-mono)',
        maxHeight: '16rem',
        minWidth: '16rem',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { display: 'flex', gap: '0.5ch', padding: '0.15rem 0.5rem' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
    '.cm-completionLabel': { flex: '1' },
    '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)', fontWeight: '600' },
    '.cm-completionDetail': {
        color: 'var(--text-2)',
        fontStyle: 'normal',
        fontFamily: 'var(--font)',
        marginLeft: '1rem',
    },
    '.cm-completionIcon': { opacity: '1', color: 'var(--text-2)', width: '1.25em' },
    '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)' },
    '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
    '.cm-panel.cm-search': { fontFamily: 'var(--font)', padding: '0.375rem 2rem 0.375rem 0.5rem' },
    '.cm-textfield': {
        fontSize: 'inherit',
        border: '1px solid var(--line-strong)',
        borderRadius: 'var(--radius-s)',
        backgroundColor: 'var(--surface)',
    },
    '.cm-button': {
        fontSize: 'inherit',
        border: '1px solid var(--line)',
        borderRadius: 'var(--radius-s)',
        background: 'var(--surface)',
        color: 'var(--text)',
    },
    '.cm-search label': { fontSize: 'var(--text-s)' },
    '.cm-panel.cm-search [name=close]': { color: 'var(--text-2)', fontSize: '1.1rem', top: '0.25rem', right: '0.5rem' },
    '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
    '.cm-searchMatch-selected': { backgroundColor: 'var(--code-selection)' },
});

const colours = HighlightStyle.define([
    { tag: tags.keyword, color: 'var(--code-word)', fontWeight: '500' },
    { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-text)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
    { tag: [tags.lineComment, tags.blockComment, tags.comment], color: 'var(--text-2)', fontStyle: 'italic' },
    { tag: tags.standard(tags.name), color: 'var(--code-function)' },
    { tag: tags.typeName, color: 'var(--code-type)' },
    { tag: tags.special(tags.name), color: 'var(--code-type)' },
    { tag: [tags.operator, tags.punctuation], color: 'var(--text-2)' },
]);

export const look = [theme, syntaxHighlighting(colours)];
