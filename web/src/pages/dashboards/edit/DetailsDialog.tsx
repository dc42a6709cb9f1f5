/** Title, description and settings of a dashboard; without one, of a new one. */
import { useState } from 'preact/hooks';
import { type DashboardDefinition, saveDashboard } from '../../../api/dashboards';
import { asProblem, type Problem, ProblemError } from '../../../api/problem';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { ProblemText } from '../../../components/ProblemText';
import { localText, messages } from '../../../messages';
import { everyText } from '../../../scope/RefreshPicker';
import { lengthName } from '../../../scope/RangePicker';
import { go } from '../../../state/location';
import { usualLengths } from '../../../time/range';
import { paths } from '../../paths';
import { change, edit, entries, freeId, kept, loadEntries } from '../store';
import { LocalTextField } from './LocalTextField';

const NAME = /^[a-z0-9-]{1,64}$/;
const refreshes = [0, 10, 30, 60, 300, 900];

export function DetailsDialog({ definition, onClose }: { definition?: DashboardDefinition; onClose: () => void }) {
    const text = messages.value.dashboard;
    const [name, setName] = useState('');
    const [title, setTitle] = useState(definition?.title ?? '');
    const [description, setDescription] = useState(definition?.description ?? '');
    const [range, setRange] = useState(definition?.range ?? '24h');
    const [refresh, setRefresh] = useState(definition?.refresh_s ?? 0);
    const [problem, setProblem] = useState<Problem>();
    const taken = (entries.value ?? []).map((entry) => ({ id: entry.name }));
    const finalName = name || freeId(localText(title), taken, 'dashboard');
    const isComplete = localText(title).trim() !== '' && NAME.test(finalName);

    const store = async () => {
        const details = {
            title,
            range,
            // What is not said is not in the definition.
            ...(refresh > 0 ? { refresh_s: refresh } : {}),
            ...(description === '' ? {} : { description }),
        };
        if (definition) {
            change(({ dashboard, tiles }) => ({ dashboard, ...details, tiles }));
            onClose();
            return;
        }
        try {
            const fresh: DashboardDefinition = { dashboard: finalName, ...details, tiles: [] };
            const etag = await saveDashboard(fresh, 'new');
            kept.value = { definition: fresh, etag };
            await loadEntries();
            onClose();
            go(paths.dashboard(finalName));
            edit();
        } catch (error) {
            const isTaken = error instanceof ProblemError && error.problem.status === 412;
            setProblem(isTaken ? { title: text.exists(finalName), status: 412 } : asProblem(error));
        }
    };
    return (
        <Dialog
            title={definition ? text.details.replace('…', '') : text.create}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{messages.value.action.cancel}</Button>
                    <Button kind="primary" isDisabled={!isComplete} onClick={() => void store()}>
                        {definition ? messages.value.action.apply : text.create}
                    </Button>
                </>
            }
        >
            <div class="form">
                <LocalTextField name={text.title} value={title} onChange={setTitle} />
                {!definition && (
                    <label class="field">
                        <span>{text.name}</span>
                        <input
                            class="input mono"
                            value={name}
                            placeholder={finalName}
                            aria-invalid={name !== '' && !NAME.test(name)}
                            onInput={(event) => setName(event.currentTarget.value)}
                        />
                        <span>{text.nameRule}</span>
                    </label>
                )}
                <LocalTextField name={text.description} value={description} onChange={setDescription} />
                <div class="form-row">
                    <label class="field">
                        <span>{text.range}</span>
                        <select class="input" value={range} onChange={(event) => setRange(event.currentTarget.value)}>
                            {usualLengths.map((length) => (
                                <option key={length} value={length}>
                                    {lengthName(length)}
                                </option>
                            ))}
                        </select>
                    </label>
                    <label class="field">
                        <span>{messages.value.time.every}</span>
                        <select
                            class="input"
                            value={String(refresh)}
                            onChange={(event) => setRefresh(Number(event.currentTarget.value))}
                        >
                            {[...new Set([...refreshes, refresh])].map((seconds) => (
                                <option key={seconds} value={String(seconds)}>
                                    {everyText(seconds)}
                                </option>
                            ))}
                        </select>
                    </label>
                </div>
                {problem && <ProblemText problem={problem} />}
            </div>
        </Dialog>
    );
}
