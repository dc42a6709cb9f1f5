/** What is offered while somebody types: columns, relations, functions, stages, words. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import { catalog, type Catalog, type Relation } from '../../../api/catalog';
import type { Column } from '../../../api/table';
import type { Accent } from '../../../api/statements';
import { wordsOf } from './dialects';
import { bareName, type Field, fieldsAt, relationOf, relationsIn, schemasOf, shortType } from './names';
import type { Source } from './sources';
import { type Context, contextAt } from './wanted';

const PLAIN_NAME = /^[a-z_][a-z0-9_]*$/;
/** Functions that are written without brackets. */
const WITHOUT_BRACKETS = /^current_(date|time|timestamp|user|role|catalog|schema)$|^local(time|timestamp)$/;

/** Quotes where a name needs them. */
function quoted(name: string): string {
    return PLAIN_NAME.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function ofColumn(field: Field | Column, detail?: string): Completion {
    return {
        label: field.name,
        apply: quoted(field.name),
        type: 'property',
        detail: detail ?? shortType(field.type),
        boost: 30,
    };
}

function ofRelation(relation: Relation, isBare = false): Completion {
    const label = isBare ? bareName(relation) : relation.name;
    return {
        label,
        apply: label.split('.').map(quoted).join('.'),
        type: relation.kind === 'view' ? 'interface' : 'class',
        detail: isBare || label.includes('.') ? relation.kind : `${relation.schema} · ${relation.kind}`,
        boost: 10,
    };
}

function ofFunction(name: string): Completion {
    return {
        label: name,
        type: 'function',
        apply: (view: EditorView, _completion: Completion, from: number, to: number) => {
            const hasBrackets = WITHOUT_BRACKETS.test(name) || view.state.sliceDoc(to, to + 1) === '(';
            view.dispatch({
                changes: { from, to, insert: hasBrackets ? name : `${name}()` },
                selection: { anchor: from + name.length + (hasBrackets ? 0 : 1) },
                userEvent: 'input.complete',
            });
        },
    };
}

function members(all: Catalog, sources: Source[], path: string[]): Completion[] {
    const [first = '', ...rest] = path;
    const source = sources.find((one) => one.name.toLowerCase() === first.toLowerCase());
    const relation = source && relationOf(all, source.path);
    if (relation) return fieldsAt(relation.columns, rest).map((field) => ofColumn(field));
    if (rest.length === 0) {
        const inSchema = relationsIn(all, first);
        if (inSchema.length > 0) return inSchema.map((one) => ofRelation(one, true));
        const schemas = all.databases.some((name) => name.toLowerCase() === first.toLowerCase())
            ? schemasOf(all, first)
            : [];
        if (schemas.length > 0) return schemas.map((label) => ({ label, type: 'namespace' }));
    }
    const asSchema = rest.length === 1 && rest[0] !== undefined ? relationsIn(all, rest[0]) : [];
    if (asSchema.length > 0 && all.databases.includes(first)) return asSchema.map((one) => ofRelation(one, true));
    const asRelation = relationOf(all, path);
    if (asRelation) return asRelation.columns.map((column) => ofColumn(column));
    // `useridentity.type`: a structure of a relation that is read.
    return columnSources(all, sources).flatMap((one) => fieldsAt(one.columns, path).map((field) => ofColumn(field)));
}

function columnSources(all: Catalog, sources: Source[]): Relation[] {
    const found = sources.map((source) => relationOf(all, source.path)).filter((one) => one !== undefined);
    return [...new Set(found)];
}

function relations(all: Catalog, context: Context): Completion[] {
    return [
        ...context.withNames.map((label) => ({ label, apply: quoted(label), type: 'variable', boost: 20 })),
        ...all.relations.map((relation) => ofRelation(relation)),
        ...schemasOf(all).map((label) => ({ label, type: 'namespace' })),
        ...(all.relations.length === 0 ? [] : all.databases.map((label) => ({ label, type: 'namespace', boost: -5 }))),
    ];
}

/** Words are written as the beginning of the word is. */
function words(accent: Accent, all: Catalog | undefined, typed: string): Completion[] {
    const isLower = typed === typed.toLowerCase();
    return wordsOf(accent, all?.keywords ?? []).map((word) => ({
        label: isLower ? word.toLowerCase() : word.toUpperCase(),
        type: 'keyword',
        boost: -10,
    }));
}

function columns(all: Catalog, sources: Source[]): Completion[] {
    const read = columnSources(all, sources);
    const seen = new Set<string>();
    const list = read.flatMap((relation) =>
        relation.columns.flatMap((column) => {
            if (seen.has(column.name)) return [];
            seen.add(column.name);
            const detail = read.length > 1 ? `${bareName(relation)} · ${shortType(column.type)}` : undefined;
            return [ofColumn(column, detail)];
        }),
    );
    const names = sources.filter((one) => one.name !== one.path.at(-1));
    return [...list, ...names.map(({ name }) => ({ label: name, apply: quoted(name), type: 'variable', boost: 20 }))];
}

/** Exported for its tests: everything but the editor. */
export function offered(text: string, position: number, accent: Accent, all: Catalog | undefined) {
    const context = contextAt(text, position);
    if (!context) return undefined;
    const { wanted, sources } = context;
    const typed = text.slice(wanted.from, position);
    const options = ((): Completion[] => {
        switch (wanted.kind) {
            case 'member':
                return all ? members(all, sources, wanted.path) : [];
            case 'stage':
                return (all?.stages ?? []).map((label) => ({ label, type: 'constant' }));
            case 'type':
                return wordsOf('types', []).map((label) => ({ label, type: 'type' }));
            case 'relation':
                return all ? relations(all, context) : [];
            case 'word':
                return [
                    ...(all ? columns(all, sources) : []),
                    ...(all?.functions ?? []).map(ofFunction),
                    ...(all?.relations ?? []).map((one) => ({ ...ofRelation(one), boost: -5 })),
                    ...words(accent, all, typed),
                ];
        }
    })();
    return { context, options };
}

export function completionSource(accent: () => Accent) {
    return (editor: CompletionContext): CompletionResult | null => {
        const found = offered(editor.state.doc.toString(), editor.pos, accent(), catalog.peek());
        if (!found || found.options.length === 0) return null;
        if (!editor.explicit && !found.context.isBegun) return null;
        return { from: found.context.wanted.from, options: found.options, validFor: /^@?[\w$]*$/ };
    };
}
