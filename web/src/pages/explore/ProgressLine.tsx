/** A thin line that says that an answer is on its way, and how far. */
import type { AnswerState } from '../../api/useAnswer';
import { formatFull } from '../../format/number';
import { messages } from '../../messages';
import './progress.css';

export function ProgressLine({ state }: { state: Pick<AnswerState, 'isLoading' | 'progress'> }) {
    const { progress, isLoading } = state;
    const text = messages.value.tile;
    if (!isLoading) return <div class="progress-line" />;
    const share = progress && progress.files_total > 0 ? progress.files_read / progress.files_total : undefined;
    return (
        <div
            class={share === undefined ? 'progress-line is-vague' : 'progress-line'}
            role="progressbar"
            aria-label={text.running}
            {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) })}
            title={progress && text.progress(formatFull(progress.files_read), formatFull(progress.files_total))}
        >
            <span style={{ width: `${String(Math.round((share ?? 0.3) * 100))}%` }} />
        </div>
    );
}
