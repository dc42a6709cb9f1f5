/** A dashboard from a YAML file. The server reads it, and names every mistake with its line. */
import { useState } from 'preact/hooks';
import { nameInYaml, readDashboard, saveYaml } from '../../../api/dashboards';
import { asProblem, type Problem, ProblemError } from '../../../api/problem';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { ProblemText } from '../../../components/ProblemText';
import { messages } from '../../../messages';
import { go } from '../../../state/location';
import { paths } from '../../paths';
import { discard, loadEntries, open } from '../store';

export function ImportDialog({ onClose }: { onClose: () => void }) {
    const text = messages.value.dashboard;
    const [yaml, setYaml] = useState('');
    const [problem, setProblem] = useState<Problem>();
    const [exists, setExists] = useState<string>();

    const store = async (mayReplace: boolean) => {
        setProblem(undefined);
        setExists(undefined);
        const name = nameInYaml(yaml);
        if (name === undefined) {
            setProblem({ title: text.noName, status: 0 });
            return;
        }
        try {
            await saveYaml(name, yaml, mayReplace ? { etag: (await readDashboard(name)).etag } : 'new');
            discard();
            await loadEntries();
            await open(name);
            onClose();
            go(paths.dashboard(name));
        } catch (error) {
            if (error instanceof ProblemError && error.problem.status === 412) setExists(name);
            else setProblem(asProblem(error));
        }
    };
    return (
        <Dialog
            title={text.import.replace('…', '')}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{messages.value.action.cancel}</Button>
                    {exists !== undefined && (
                        <Button kind="danger" onClick={() => void store(true)}>
                            {text.replace}
                        </Button>
                    )}
                    <Button kind="primary" isDisabled={yaml.trim() === ''} onClick={() => void store(false)}>
                        {messages.value.action.save}
                    </Button>
                </>
            }
        >
            <div class="form">
                <input
                    type="file"
                    accept=".yaml,.yml,.json,application/yaml"
                    aria-label={text.import}
                    onChange={(event) => {
                        const file = event.currentTarget.files?.[0];
                        if (file) void file.text().then(setYaml);
                    }}
                />
                <textarea
                    class="input mono"
                    rows={14}
                    spellcheck={false}
                    aria-label={text.import}
                    value={yaml}
                    onInput={(event) => setYaml(event.currentTarget.value)}
                />
                {exists !== undefined && <p role="alert">{text.exists(exists)}</p>}
                {problem && <ProblemText problem={problem} />}
            </div>
        </Dialog>
    );
}
