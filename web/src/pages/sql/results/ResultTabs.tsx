/** The statements of a run, each with how it went. */
import { useRef } from 'preact/hooks';
import { Icon, type IconName } from '../../../components/Icon';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import type { ResultState, StatementResult } from '../run/result';
import { oneLine } from '../text/statements';

const icons: Partial<Record<ResultState, IconName>> = {
    done: 'check',
    failed: 'warning',
    cancelled: 'stop',
};

export interface ResultTabsProps {
    results: StatementResult[];
    shown: number;
    onChoose: (index: number) => void;
}

export function ResultTabs({ results, shown, onChoose }: ResultTabsProps) {
    const list = useRef<HTMLDivElement>(null);
    const keys = (event: KeyboardEvent) => {
        const last = results.length - 1;
        const next = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: last }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        const index = Math.max(0, Math.min(last, next));
        onChoose(index);
        list.current?.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus();
    };
    return (
        <div
            class="sql-result-tabs"
            role="tablist"
            aria-label={messages.value.sqlPage.statements}
            ref={list}
            onKeyDown={keys}
        >
            {results.map((result, at) => (
                <Tab key={result.id} result={result} at={at} isShown={at === shown} onChoose={() => onChoose(at)} />
            ))}
        </div>
    );
}

function Tab({
    result,
    at,
    isShown,
    onChoose,
}: {
    result: StatementResult;
    at: number;
    isShown: boolean;
    onChoose: () => void;
}) {
    const text = messages.value.sqlPage;
    const { state } = result.head.value;
    const icon = icons[state];
    const count = result.rowCount.value;
    return (
        <button
            type="button"
            role="tab"
            id={`sql-tab-${String(at)}`}
            class={`sql-result-tab is-${state}`}
            aria-selected={isShown}
            aria-controls="sql-result"
            tabIndex={isShown ? 0 : -1}
            title={oneLine(result.sql, 400)}
            onClick={onChoose}
        >
            {icon ? <Icon name={icon} /> : <span class={state === 'running' ? 'sql-dot is-running' : 'sql-dot'} />}
            <span class="sql-result-tab-number">{formatFull(at + 1)}</span>
            <span class="sql-result-tab-text">{oneLine(result.sql, 60)}</span>
            {state === 'done' && <span class="note">{text.rows(formatFull(count))}</span>}
            <span class="only-read-aloud">{text.state[state]}</span>
        </button>
    );
}
