/** One field: its most frequent values, each with a bar, under all that is filtered but this field itself. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import type { Cell } from '../../../api/table';
import { useAnswer } from '../../../api/useAnswer';
import { Button } from '../../../components/Button';
import { Icon } from '../../../components/Icon';
import { ProblemText } from '../../../components/ProblemText';
import { fieldTerms, valueKey, withFieldTerms, withoutField } from '../../../filter/fieldTerms';
import { shortened, toNumber } from '../../../format/cell';
import { messages } from '../../../messages';
import { isOfFilter } from '../../../scope/FilterLine';
import { filterLine, scope, type Scope } from '../../../state/scope';
import { useSeen } from '../../dashboards/tile/useTile';
import { ProgressLine } from '../ProgressLine';
import { changeView, setFilter, view } from '../state/explored';
import { fieldColumn } from '../state/relations';
import { valuesStatement } from '../statement/ask';
import { FacetValue } from './FacetValue';
import { searchTerm } from './search';

const FEW = 5;
const MANY = 50;
const TYPING_MS = 250;

export interface FacetProps {
    relation: Relation;
    field: string;
    onRemove: (() => void) | undefined;
}

export function Facet({ relation, field, onRemove }: FacetProps) {
    const text = messages.value.explore;
    const element = useRef<HTMLElement>(null);
    const isSeen = useSeen(element);
    const [isOpen, setOpen] = useState(true);
    const [isLong, setLong] = useState(false);
    const [typed, setTyped] = useState<string>();
    const searched = useLater(typed?.trim() ?? '');
    const column = fieldColumn(relation, field);
    const request = {
        sql: valuesStatement(relation, field, isLong || searched ? MANY : FEW + 1),
        scope: scopeOf(field, column ? searchTerm(column, searched) : undefined),
    };
    const state = useAnswer(isSeen && isOpen && column ? request : undefined);
    const terms = fieldTerms(filterLine.value, field);
    const isFiltered = terms.included.length + terms.excluded.length > 0;
    // A mistake in the filter line leaves the values there, to go on with.
    const last = useRef(state.answer);
    if (state.answer) last.current = state.answer;
    const answer = state.answer ?? last.current;
    if (!column) return null;
    const rows = (answer?.rows ?? []).map(([value = null, count = null]) => ({
        value,
        count: toNumber(count) ?? 0,
    }));
    const shown = rows.slice(0, isLong || searched ? MANY : FEW);
    // What is chosen stays in sight, even where it is rare or nothing is left of it.
    const chosen = [...terms.included, ...terms.excluded].filter(
        (value) => !shown.some((row) => valueKey(row.value) === valueKey(value)),
    );
    const most = rows.reduce((biggest, row) => Math.max(biggest, row.count), 1);
    const has = (values: Cell[], value: Cell) => values.some((one) => valueKey(one) === valueKey(value));
    const name = shortened(field, 60);
    return (
        <section class="facet" ref={element} aria-label={text.facet(name)} aria-busy={state.isLoading}>
            <header class="facet-head">
                <button type="button" class="facet-name" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
                    <Icon name={isOpen ? 'down' : 'right'} />
                    <span class="mono">{name}</span>
                </button>
                <span class={isFiltered ? 'facet-tools is-kept' : 'facet-tools'}>
                    {isFiltered && (
                        <Button
                            icon="close"
                            kind="quiet"
                            isSmall
                            label={text.facetClear(name)}
                            onClick={() =>
                                setFilter(withFieldTerms(filterLine.value, field, { included: [], excluded: [] }))
                            }
                        />
                    )}
                    <Button
                        icon="explore"
                        kind="quiet"
                        isSmall
                        label={text.facetBy(name)}
                        isPressed={view.value?.fields.includes(field)}
                        onClick={() => changeView({ fields: [field] })}
                    />
                    <Button
                        icon="search"
                        kind="quiet"
                        isSmall
                        label={text.facetSearch(name)}
                        isPressed={typed !== undefined}
                        onClick={() => {
                            setOpen(true);
                            setTyped(typed === undefined ? '' : undefined);
                        }}
                    />
                    {onRemove && (
                        <Button icon="delete" kind="quiet" isSmall label={text.facetRemove(name)} onClick={onRemove} />
                    )}
                </span>
            </header>
            <ProgressLine state={state} />
            {isOpen && (
                <div class="facet-body">
                    {typed !== undefined && (
                        <input
                            class="input facet-search"
                            aria-label={text.facetSearch(name)}
                            placeholder={messages.value.action.search}
                            value={typed}
                            autocomplete="off"
                            spellcheck={false}
                            ref={focusOnce}
                            onInput={(event) => setTyped(event.currentTarget.value)}
                            onKeyDown={(event) => {
                                if (event.key === 'Escape') setTyped(undefined);
                            }}
                        />
                    )}
                    {state.problem && !isOfFilter(state.problem) && <ProblemText problem={state.problem} />}
                    {!answer && !state.problem && <div class="facet-waiting" aria-hidden="true" />}
                    <ul class="facet-values">
                        {[...chosen.map((value) => ({ value, count: undefined })), ...shown].map(({ value, count }) => (
                            <FacetValue
                                key={valueKey(value)}
                                column={column}
                                value={value}
                                count={count}
                                share={(count ?? 0) / most}
                                state={
                                    has(terms.included, value)
                                        ? 'included'
                                        : has(terms.excluded, value)
                                          ? 'excluded'
                                          : terms.included.length > 0
                                            ? 'left out'
                                            : 'plain'
                                }
                            />
                        ))}
                    </ul>
                    {answer && shown.length === 0 && chosen.length === 0 && (
                        <p class="note facet-none">{text.facetNone}</p>
                    )}
                    {rows.length > FEW && !isLong && !searched && (
                        <button type="button" class="facet-more" onClick={() => setLong(true)}>
                            {text.facetMore}
                        </button>
                    )}
                </div>
            )}
        </section>
    );
}

/** All that is filtered, but for the field's own values: those that were not chosen can then be. */
function scopeOf(field: string, search: string | undefined): Scope {
    const { filter, ...rest } = scope.value;
    const others = withoutField(filter ?? '', field);
    const line = search === undefined ? others : others ? `(${others}) and ${search}` : search;
    return line ? { ...rest, filter: line } : rest;
}

/** A value once it has been the same for a moment: not every letter is a question. */
function useLater(value: string): string {
    const [later, setLater] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setLater(value), TYPING_MS);
        return () => clearTimeout(timer);
    }, [value]);
    return later;
}

function focusOnce(element: HTMLInputElement | null): void {
    if (element && !element.dataset['focused']) {
        element.dataset['focused'] = 'yes';
        element.focus();
    }
}
