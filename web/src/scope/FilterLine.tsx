/** The filter line: typed, applied by Enter, taken back by Escape. */
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/problem';
import { Button } from '../components/Button';
import { Icon } from '../components/Icon';
import { ProblemText } from '../components/ProblemText';
import { messages } from '../messages';
import { choose } from '../state/location';
import { filterLine } from '../state/scope';

/** What the server says about the line that is applied. Whoever asks with it tells. */
export const filterProblem = signal<{ line: string; problem: Problem } | undefined>(undefined);

/** A problem of the filter line is said once, at the line, and not in every tile. */
export function isOfFilter(problem: Problem): boolean {
    return problem.in === 'filter';
}

export function FilterLine() {
    const text = messages.value.filter;
    const applied = filterLine.value;
    const [typed, setTyped] = useState(applied);
    useEffect(() => setTyped(applied), [applied]);
    const problem = filterProblem.value?.line === applied ? filterProblem.value.problem : undefined;
    const apply = () => choose({ filter: typed.trim() });
    return (
        <form
            class="filter-line"
            role="search"
            onSubmit={(event) => {
                event.preventDefault();
                apply();
            }}
        >
            <Icon name="filter" />
            <input
                class="mono"
                aria-label={text.line}
                aria-invalid={problem !== undefined}
                placeholder={text.placeholder}
                value={typed}
                spellcheck={false}
                autocomplete="off"
                autocapitalize="off"
                onInput={(event) => setTyped(event.currentTarget.value)}
                onBlur={apply}
                onKeyDown={(event) => {
                    if (event.key === 'Escape') setTyped(applied);
                }}
            />
            {(typed !== '' || applied !== '') && (
                <Button
                    icon="close"
                    kind="quiet"
                    isSmall
                    label={messages.value.action.clear}
                    onClick={() => {
                        setTyped('');
                        choose({ filter: null });
                    }}
                />
            )}
            {problem && (
                <div class="filter-problem">
                    <ProblemText problem={problem} />
                </div>
            )}
        </form>
    );
}
