/** What a link is to be like. */
import { useId, useState } from 'preact/hooks';
import { createLink, type NewLink } from '../../../api/links';
import { asProblem, type Problem } from '../../../api/problem';
import { canBePassword } from '../../../api/shared';
import { Button } from '../../../components/Button';
import { ProblemText } from '../../../components/ProblemText';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { canEnd, dayIn, type End, endOf, ends } from './ends';

/** As the API has it. */
const LONGEST = 200;

export interface NewLinkFormProps {
    dashboard: string;
    onMade: (link: NewLink) => void;
}

export function NewLinkForm({ dashboard, onMade }: NewLinkFormProps) {
    const text = messages.value.share;
    const [label, setLabel] = useState('');
    const [end, setEnd] = useState<End>('week');
    const [day, setDay] = useState('');
    const [password, setPassword] = useState('');
    const [problem, setProblem] = useState<Problem>();
    const [isBusy, setBusy] = useState(false);
    const rule = useId();
    const today = dayIn(Date.now(), zone.value);
    const isOver = end === 'date' && day !== '' && !canEnd(day, Date.now(), zone.value);
    const isOdd = password !== '' && !canBePassword(password);
    const isComplete = !isOdd && !isOver && (end !== 'date' || day !== '');

    const make = async () => {
        setBusy(true);
        setProblem(undefined);
        const expires = endOf(end, day, Date.now(), zone.value);
        try {
            onMade(
                await createLink(dashboard, {
                    label: label.trim(),
                    ...(expires === undefined ? {} : { expires_at: expires }),
                    ...(password === '' ? {} : { password }),
                }),
            );
        } catch (error) {
            setProblem(asProblem(error));
        } finally {
            setBusy(false);
        }
    };
    return (
        <form
            class="share-form"
            onSubmit={(event) => {
                event.preventDefault();
                if (isComplete && !isBusy) void make();
            }}
        >
            <label class="field share-wide">
                <span>{text.label}</span>
                <input
                    class="input"
                    maxLength={LONGEST}
                    placeholder={text.labelExample}
                    value={label}
                    onInput={(event) => setLabel(event.currentTarget.value)}
                />
            </label>
            <label class="field">
                <span>{text.end}</span>
                <select class="input" value={end} onChange={(event) => setEnd(event.currentTarget.value as End)}>
                    {ends.map((one) => (
                        <option key={one} value={one}>
                            {text.ends[one]}
                        </option>
                    ))}
                </select>
            </label>
            {end === 'date' && (
                <label class="field">
                    <span>
                        {text.lastDay} ({zone.value})
                    </span>
                    <input
                        class="input"
                        type="date"
                        min={today}
                        value={day}
                        aria-invalid={isOver}
                        onInput={(event) => setDay(event.currentTarget.value)}
                    />
                </label>
            )}
            <label class="field">
                <span>{text.password}</span>
                <input
                    class="input"
                    // In plain sight: it is made here, to be told to somebody, and is nobody's own.
                    type="text"
                    autocomplete="off"
                    spellcheck={false}
                    autocapitalize="off"
                    maxLength={LONGEST}
                    value={password}
                    aria-invalid={isOdd}
                    aria-describedby={rule}
                    onInput={(event) => setPassword(event.currentTarget.value)}
                />
            </label>
            <p id={rule} class={isOdd || isOver ? 'share-wide share-mistake' : 'share-wide note'} role="status">
                {isOver ? text.notOver : isOdd ? text.passwordRule : ''}
            </p>
            {problem && (
                <div class="share-wide">
                    <ProblemText problem={problem} />
                </div>
            )}
            <div class="share-wide">
                <Button type="submit" kind="primary" icon="link" isDisabled={!isComplete || isBusy}>
                    {text.make}
                </Button>
            </div>
        </form>
    );
}
