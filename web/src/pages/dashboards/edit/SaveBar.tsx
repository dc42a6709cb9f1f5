/** While a dashboard is edited: saving, or not. */
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../../api/problem';
import { Button } from '../../../components/Button';
import { notify } from '../../../components/notices';
import { ProblemText } from '../../../components/ProblemText';
import { messages } from '../../../messages';
import { discard, isChanged, save } from '../store';

export function SaveBar() {
    const text = messages.value;
    const [problem, setProblem] = useState<Problem>();
    const [isSaving, setSaving] = useState(false);
    const store = async () => {
        setSaving(true);
        setProblem(undefined);
        try {
            const saved = await save();
            if (saved === 'saved') notify(text.dashboard.saved);
            else if (saved !== 'conflict') setProblem(saved.problem);
        } catch (error) {
            setProblem(asProblem(error));
        } finally {
            setSaving(false);
        }
    };
    return (
        <div class="save-bar" role="region" aria-label={text.dashboard.edit}>
            {problem && <ProblemText problem={problem} />}
            <div class="save-bar-row">
                <span class="note">{isChanged.value ? text.dashboard.unsaved : ''}</span>
                <Button kind="quiet" onClick={discard}>
                    {isChanged.value ? text.dashboard.discard : text.action.close}
                </Button>
                <Button kind="primary" isDisabled={!isChanged.value || isSaving} onClick={() => void store()}>
                    {text.action.save}
                </Button>
            </div>
        </div>
    );
}
