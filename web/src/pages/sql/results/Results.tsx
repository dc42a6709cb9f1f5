/** What came of the last run: a tab a statement. */
import { messages } from '../../../messages';
import { chooseResult, run, shownIndex } from '../run/runs';
import { Examples } from '../examples/Examples';
import { Progress } from './Progress';
import { ResultPanel } from './ResultPanel';
import './results.css';
import { ResultTabs } from './ResultTabs';

export function Results() {
    const now = run.value;
    if (!now) return <Examples />;
    const index = Math.min(shownIndex.value, now.results.length - 1);
    const result = now.results[index];
    return (
        <section class="sql-results" aria-label={messages.value.sqlPage.results} aria-busy={now.state === 'running'}>
            <Progress />
            {now.results.length > 1 && <ResultTabs results={now.results} shown={index} onChoose={chooseResult} />}
            {result ? (
                <div
                    class="sql-result-panel"
                    id="sql-result"
                    {...(now.results.length > 1
                        ? { role: 'tabpanel', 'aria-labelledby': `sql-tab-${String(index)}` }
                        : {})}
                >
                    <ResultPanel key={result.id} result={result} />
                </div>
            ) : (
                <p class="chart-notice" role="status">
                    {now.state === 'running' ? messages.value.sqlPage.running : messages.value.sqlPage.cancelled}
                </p>
            )}
        </section>
    );
}
