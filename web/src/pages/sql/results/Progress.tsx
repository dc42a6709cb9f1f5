/** How far a run is: a thin line, and numbers that move. */
import { Button } from '../../../components/Button';
import { formatMilliseconds } from '../../../format/duration';
import { formatBytes, formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { cancelRun, isRunning, run, shownIndex } from '../run/runs';
import { useElapsed } from './useElapsed';

/** What is done sooner needs no words. */
const SILENT_MS = 150;

export function Progress() {
    const text = messages.value.sqlPage;
    const elapsed = useElapsed();
    const current = run.value;
    if (!isRunning.value || !current || elapsed < SILENT_MS) return null;
    // Once there are rows, the bar over them has the words.
    const isBelow = (current.results[shownIndex.value]?.rowCount.value ?? 0) > 0;
    const figures = current.progress;
    const rows = current.results.reduce((sum, result) => sum + result.rowCount.value, 0);
    const share = figures && figures.files_total > 0 ? figures.files_read / figures.files_total : undefined;
    const words = [
        current.results.length > 1 &&
            text.statementOf(formatFull(shownIndex.value + 1), formatFull(current.results.length)),
        text.rows(formatFull(rows)),
        figures && figures.bytes_scanned > 0 && text.read(formatBytes(figures.bytes_scanned)),
        figures &&
            figures.files_total > 0 &&
            text.files(formatFull(figures.files_read), formatFull(figures.files_total)),
        formatMilliseconds(elapsed),
    ].filter(Boolean);
    return (
        <div class="sql-run-progress">
            <div
                class={share === undefined || share >= 1 ? 'sql-run-line is-unknown' : 'sql-run-line'}
                role="progressbar"
                aria-label={text.running}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
            >
                <span style={share === undefined || share >= 1 ? {} : { width: `${String(share * 100)}%` }} />
            </div>
            {!isBelow && (
                <div class="sql-run-words">
                    <span>{words.join(' · ')}</span>
                    <Button icon="stop" isSmall onClick={cancelRun}>
                        {text.stop}
                    </Button>
                </div>
            )}
        </div>
    );
}
