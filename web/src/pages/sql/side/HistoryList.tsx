/** What was run, here and by others of this server, with what it took. */
import { useEffect, useState } from 'preact/hooks';
import { asProblem, isAbort, type Problem } from '../../../api/problem';
import type { PastStatement } from '../../../api/statements';
import { Button } from '../../../components/Button';
import { Icon, type IconName } from '../../../components/Icon';
import { ProblemText } from '../../../components/ProblemText';
import { shortened } from '../../../format/cell';
import { formatMilliseconds } from '../../../format/duration';
import { formatBytes, formatFull } from '../../../format/number';
import { formatDay, formatMoment } from '../../../format/time';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { replaceText } from '../editor/document';
import { forgetPast, loadPast, past } from '../run/past';
import { isRunning } from '../run/runs';
import { oneLine } from '../text/statements';

const icons: Record<PastStatement['state'], IconName> = {
    running: 'clock',
    done: 'check',
    failed: 'warning',
    cancelled: 'stop',
};

export function HistoryList({ onChosen }: { onChosen: () => void }) {
    const text = messages.value.sqlPage;
    const [typed, setTyped] = useState('');
    const [problem, setProblem] = useState<Problem>();
    const running = isRunning.value;
    useEffect(() => {
        const controller = new AbortController();
        loadPast(controller.signal).then(
            () => setProblem(undefined),
            (error: unknown) => {
                if (!isAbort(error)) setProblem(asProblem(error));
            },
        );
        return () => controller.abort();
        // Asked again whenever something was run.
    }, [running]);
    const wanted = typed.trim().toLowerCase();
    const list = past().filter((one) => wanted === '' || one.sql.toLowerCase().includes(wanted));
    let day = '';
    return (
        <>
            <div class="sql-side-find">
                <input
                    class="input"
                    type="search"
                    aria-label={text.findHistory}
                    placeholder={text.findHistory}
                    value={typed}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                />
                <Button icon="delete" kind="quiet" label={text.forgetHistory} onClick={forgetPast} />
            </div>
            {problem && <ProblemText problem={problem} />}
            <div class="sql-side-list">
                {list.length === 0 && <p class="sql-side-empty">{text.noHistory}</p>}
                <ul>
                    {list.map((one) => {
                        const ownDay = formatDay(Date.parse(one.started_at), zone.value);
                        const isNewDay = ownDay !== day;
                        day = ownDay;
                        return (
                            <li key={one.id}>
                                {isNewDay && <h2 class="sql-side-schema">{ownDay}</h2>}
                                <Past one={one} onChosen={onChosen} />
                            </li>
                        );
                    })}
                </ul>
            </div>
        </>
    );
}

function Past({ one, onChosen }: { one: PastStatement; onChosen: () => void }) {
    const text = messages.value.sqlPage;
    const [, clock] = formatMoment(Math.floor(Date.parse(one.started_at) / 1000) * 1000, zone.value).split(' ');
    const words = [
        clock,
        one.state !== 'running' && formatMilliseconds(one.elapsed_ms),
        one.state === 'done' && text.rows(formatFull(one.rows)),
        one.bytes_scanned > 0 && formatBytes(one.bytes_scanned),
    ].filter(Boolean);
    return (
        <button
            type="button"
            class={`sql-side-item is-${one.state}`}
            title={shortened(one.error ? `${one.sql}\n\n${one.error}` : one.sql, 1500)}
            onClick={() => {
                replaceText(one.sql);
                onChosen();
            }}
        >
            <Icon name={icons[one.state]} />
            <span class="sql-side-item-text">
                <span class="sql-side-sql">{oneLine(one.sql, 160)}</span>
                {one.state === 'failed' && one.error && (
                    <span class="sql-side-error">
                        {oneLine((one.error.split('\n')[0] ?? '').replace(/^line \d+, column \d+: /, ''), 120)}
                    </span>
                )}
                <span class="note">{words.join(' · ')}</span>
                <span class="only-read-aloud">{text.past[one.state]}</span>
            </span>
        </button>
    );
}
