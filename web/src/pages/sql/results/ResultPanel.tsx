/** One statement's answer: what is known about it, and its rows, its chart or its mistake. */
import { lazy, Suspense } from 'preact/compat';
import { messages } from '../../../messages';
import { run } from '../run/runs';
import type { StatementResult } from '../run/result';
import { ProblemPanel } from './ProblemPanel';
import { ResultBar } from './ResultBar';
import { ResultGridView } from './ResultGridView';

// Charts are another half megabyte, for those who look at one.
const ResultChart = lazy(() => import('../chart/ResultChart'));

export function ResultPanel({ result }: { result: StatementResult }) {
    const text = messages.value.sqlPage;
    const { state, columns, problem } = result.head.value;
    if (problem) return <ProblemPanel problem={problem} sent={run.value?.piece} />;
    if (!columns) return <p class="chart-notice">{text.state[state]}</p>;
    return (
        <>
            <ResultBar result={result} columns={columns} />
            {result.look.value.mode === 'chart' ? (
                <Suspense fallback={<p class="chart-notice">{messages.value.shell.loading}</p>}>
                    <ResultChart result={result} columns={columns} />
                </Suspense>
            ) : (
                <ResultGridView result={result} columns={columns} />
            )}
        </>
    );
}
