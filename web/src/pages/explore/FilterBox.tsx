/** The filter line with completion: fields, comparisons, values; what is wrong is marked where it is. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Relation } from '../../api/catalog';
import type { Problem } from '../../api/problem';
import { Button } from '../../components/Button';
import { Icon } from '../../components/Icon';
import { ProblemText } from '../../components/ProblemText';
import { completed, completionAt } from '../../filter/completion';
import { readCondition } from '../../filter/condition';
import { piecesOf } from '../../filter/pieces';
import { shortened } from '../../format/cell';
import { formatFull } from '../../format/number';
import { messages } from '../../messages';
import { filterProblem } from '../../scope/FilterLine';
import { filterLine } from '../../state/scope';
import './filter.css';
import { setFilter } from './state/explored';
import { type Suggestion, useSuggestions } from './useSuggestions';

const LIST_ID = 'filter-suggestions';
export const FILTER_INPUT_ID = 'explore-filter';

export function FilterBox({ relation }: { relation: Relation | undefined }) {
    const text = messages.value;
    const applied = filterLine.value;
    const [typed, setTyped] = useState(applied);
    const [caret, setCaret] = useState(0);
    const [isOpen, setOpen] = useState(false);
    const [at, setAt] = useState(-1);
    const [scroll, setScroll] = useState(0);
    const input = useRef<HTMLInputElement>(null);
    const nextCaret = useRef<number>(undefined);
    useEffect(() => setTyped(applied), [applied]);
    useLayoutEffect(() => {
        if (nextCaret.current === undefined) return;
        input.current?.setSelectionRange(nextCaret.current, nextCaret.current);
        nextCaret.current = undefined;
    }, [typed]);

    const context = completionAt(typed, caret);
    const suggestions = useSuggestions(relation, isOpen ? context : undefined);
    const isShown = isOpen && suggestions.length > 0;
    const active = isShown ? Math.min(at, suggestions.length - 1) : -1;
    const known = filterProblem.value;
    const problem = known?.line === applied && typed === applied ? known.problem : undefined;

    const apply = (line = typed) => {
        setOpen(false);
        setFilter(line.trim());
    };
    const take = (one: Suggestion) => {
        const next = completed(typed, context, one.text, one.isValue);
        nextCaret.current = next.caret;
        setTyped(next.line);
        setCaret(next.caret);
        setAt(-1);
        input.current?.focus();
    };
    const see = () => {
        setCaret(input.current?.selectionStart ?? 0);
        setScroll(input.current?.scrollLeft ?? 0);
    };
    const keys = (event: KeyboardEvent) => {
        if (event.isComposing) return;
        const chosen =
            suggestions[active] ?? (event.key === 'Tab' && context.typed !== '' ? suggestions[0] : undefined);
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            if (!isShown) setOpen(true);
            else {
                const step = event.key === 'ArrowDown' ? 1 : -1;
                setAt((active + step + suggestions.length + (active < 0 && step < 0 ? 1 : 0)) % suggestions.length);
            }
        } else if (isShown && chosen && (event.key === 'Enter' || event.key === 'Tab')) take(chosen);
        else if (event.key === 'Escape' && isShown) setOpen(false);
        else if (event.key === 'Escape') setTyped(applied);
        else return;
        event.preventDefault();
    };
    return (
        <div class="filter-box">
            <form
                class="filter-line"
                role="search"
                onSubmit={(event) => {
                    event.preventDefault();
                    apply();
                }}
            >
                <Icon name="filter" />
                <div class="filter-typed">
                    <Behind line={typed} problem={problem} scroll={scroll} />
                    <input
                        ref={input}
                        id={FILTER_INPUT_ID}
                        class="mono"
                        role="combobox"
                        aria-expanded={isShown}
                        aria-controls={LIST_ID}
                        aria-autocomplete="list"
                        aria-activedescendant={active >= 0 ? `${LIST_ID}-${String(active)}` : undefined}
                        aria-label={text.filter.line}
                        aria-invalid={problem !== undefined}
                        placeholder={text.filter.placeholder}
                        value={typed}
                        spellcheck={false}
                        autocomplete="off"
                        autocapitalize="off"
                        onInput={(event) => {
                            setTyped(event.currentTarget.value);
                            setOpen(true);
                            setAt(-1);
                            see();
                        }}
                        onFocus={() => {
                            setOpen(true);
                            see();
                        }}
                        onClick={() => {
                            setOpen(true);
                            see();
                        }}
                        onKeyUp={see}
                        onScroll={see}
                        onKeyDown={keys}
                        onBlur={() => {
                            setOpen(false);
                            // Half a condition waits for its end; a whole one counts.
                            if (typed.trim() === '' || readCondition(typed)) setFilter(typed.trim());
                        }}
                    />
                </div>
                {(typed !== '' || applied !== '') && (
                    <Button
                        icon="close"
                        kind="quiet"
                        isSmall
                        label={text.action.clear}
                        onClick={() => {
                            setTyped('');
                            apply('');
                        }}
                    />
                )}
            </form>
            {isShown && (
                <List
                    suggestions={suggestions}
                    active={active}
                    heading={text.explore.suggestionsOf[context.expects]}
                    field={context.field}
                    left={context.start}
                    scroll={scroll}
                    onActive={setAt}
                    onTake={take}
                />
            )}
            {problem && !isShown && (
                <div class="filter-problem">
                    <ProblemText problem={problem} />
                </div>
            )}
            <span class="only-read-aloud" role="status">
                {isShown ? text.explore.suggested(formatFull(suggestions.length)) : ''}
            </span>
        </div>
    );
}

/** The piece a problem is at, underlined; at the end, a space. */
function Behind({ line, problem, scroll }: { line: string; problem: Problem | undefined; scroll: number }) {
    const column = problem?.place?.column;
    if (column === undefined) return null;
    const start = Math.min(column - 1, line.length);
    const piece = piecesOf(line).find((one) => one.start <= start && start < one.end);
    const end = piece?.end ?? start + 1;
    return (
        <div class="filter-behind mono" aria-hidden="true">
            <span style={{ transform: `translateX(${String(-scroll)}px)` }}>
                {line.slice(0, start)}
                <span class="filter-wrong">{line.slice(start, end) || '\u00a0\u00a0'}</span>
            </span>
        </div>
    );
}

interface ListProps {
    suggestions: Suggestion[];
    active: number;
    heading: string;
    field: string | undefined;
    /** In letters from the beginning of the line. */
    left: number;
    scroll: number;
    onActive: (at: number) => void;
    onTake: (one: Suggestion) => void;
}

function List({ suggestions, active, heading, field, left, scroll, onActive, onTake }: ListProps) {
    const list = useRef<HTMLDivElement>(null);
    useEffect(() => {
        list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    }, [active]);
    return (
        <div
            class="filter-list"
            ref={list}
            style={{
                left: `clamp(0px, calc(2rem + ${String(left)} * 0.57rem - ${String(scroll)}px), max(0px, 100% - 20rem))`,
            }}
            // The focus stays in the line.
            onPointerDown={(event) => event.preventDefault()}
        >
            <div class="filter-list-heading">
                <span>{heading}</span>
                {field !== undefined && <span class="mono">{shortened(field, 40)}</span>}
            </div>
            <div id={LIST_ID} role="listbox" aria-label={messages.value.explore.suggestions}>
                {suggestions.map((one, place) => (
                    <div
                        key={`${String(place)} ${one.text}`}
                        id={`${LIST_ID}-${String(place)}`}
                        class="filter-option"
                        role="option"
                        aria-selected={place === active}
                        onPointerMove={() => onActive(place)}
                        onClick={() => onTake(one)}
                    >
                        <span class="mono">{shortened(one.shown ?? one.text, 120) || messages.value.chart.empty}</span>
                        {one.note !== undefined && <span class="note">{one.note}</span>}
                    </div>
                ))}
            </div>
        </div>
    );
}
