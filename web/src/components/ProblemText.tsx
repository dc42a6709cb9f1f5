/** A problem in the server's words: message, line and caret, hint, every mistake. */
import type { Problem } from '../api/problem';
import { formatFull } from '../format/number';
import { shortened } from '../format/cell';
import { messages } from '../messages';
import { Icon } from './Icon';
import './problem.css';

export function ProblemText({ problem }: { problem: Problem }) {
    const text = messages.value.problem;
    const where = problem.place && text.line(formatFull(problem.place.line), formatFull(problem.place.column));
    const { mistakes } = problem;
    // The first line of the words is the title again, with the place; mistakes are told below, each by itself.
    const lines = mistakes ? '' : (problem.detail ?? '').split('\n').slice(1).join('\n');
    return (
        <div class="problem" role="alert">
            <p class="problem-title">
                <Icon name="warning" />
                <span>
                    {mistakes ? messages.value.dashboard.mistakes : shortened(problem.title, 600)}
                    {where && <span class="problem-place"> {where}</span>}
                </span>
            </p>
            {lines.trim() !== '' && <pre class="problem-detail">{shortened(lines, 4000)}</pre>}
            {problem.hint && <p class="problem-hint">{shortened(problem.hint, 1000)}</p>}
            {mistakes && (
                <ul class="problem-mistakes">
                    {mistakes.map((mistake, at) => (
                        <li key={at}>
                            {mistake.line !== undefined && (
                                <span class="problem-place">
                                    {text.line(formatFull(mistake.line), formatFull(mistake.column ?? 1))}:{' '}
                                </span>
                            )}
                            {shortened(mistake.message, 600)}
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}
