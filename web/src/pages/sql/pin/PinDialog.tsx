/** Which dashboard, under which title. */
import { useEffect, useState } from 'preact/hooks';
import { type DashboardEntry, listDashboards } from '../../../api/dashboards';
import { asProblem, isAbort, type Problem } from '../../../api/problem';
import type { Column } from '../../../api/table';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { notify } from '../../../components/notices';
import { ProblemText } from '../../../components/ProblemText';
import { shortened } from '../../../format/cell';
import { localText, messages } from '../../../messages';
import { go } from '../../../state/location';
import { chartOf, titleFor } from '../../dashboards/edit/tileDraft';
import { loadEntries } from '../../dashboards/store';
import { paths } from '../../paths';
import type { StatementResult } from '../run/result';
import { nameFor, type NewTile, pinTo, pinToNew } from './pinning';

export interface PinDialogProps {
    result: StatementResult;
    columns: Column[];
    onClose: () => void;
}

const NEW = '\u0000new';
/** Enough to see which chart fits. */
const SAMPLE = 500;

function tileOf(result: StatementResult, columns: Column[], title: string): NewTile {
    const { kind, mode, chart: draft } = result.look.peek();
    const sample = { columns, rows: result.rows.head(SAMPLE) };
    // What is seen as a grid is pinned as one, unless a chart was chosen for it.
    const chart = mode === 'grid' && !kind ? 'table' : chartOf(kind, sample);
    const accent = result.accent === 'auto' ? {} : { accent: result.accent };
    return { ...draft, ...accent, chart, sql: result.sql, title };
}

export function PinDialog({ result, columns, onClose }: PinDialogProps) {
    const text = messages.value.sqlPage;
    const [entries, setEntries] = useState<DashboardEntry[]>();
    const [chosen, setChosen] = useState('');
    const [newTitle, setNewTitle] = useState('');
    const [title, setTitle] = useState(() => titleFor({ columns, rows: [] }).slice(0, 80));
    const [problem, setProblem] = useState<Problem>();
    const [isBusy, setBusy] = useState(false);
    const [pinned, setPinned] = useState<string>();

    useEffect(() => {
        const controller = new AbortController();
        listDashboards(controller.signal).then(
            (list) => {
                setEntries(list);
                setChosen((old) => old || (list[0]?.name ?? NEW));
            },
            (error: unknown) => {
                if (!isAbort(error)) setProblem(asProblem(error));
            },
        );
        return () => controller.abort();
    }, []);

    const isNew = chosen === NEW;
    const isReady = entries !== undefined && !isBusy && title.trim() !== '' && (!isNew || newTitle.trim() !== '');
    const pin = async () => {
        setBusy(true);
        setProblem(undefined);
        const name = isNew ? nameFor(newTitle, entries?.map((entry) => entry.name) ?? []) : chosen;
        const tile = tileOf(result, columns, title.trim());
        try {
            await (isNew ? pinToNew(name, newTitle.trim(), tile) : pinTo(name, tile));
            loadEntries().catch(() => undefined);
            setPinned(name);
            notify(text.pinned);
        } catch (error) {
            setProblem(asProblem(error));
        } finally {
            setBusy(false);
        }
    };
    return (
        <Dialog
            title={text.pinTitle}
            onClose={onClose}
            footer={
                pinned === undefined ? (
                    <>
                        <Button onClick={onClose}>{messages.value.action.cancel}</Button>
                        <Button kind="primary" isDisabled={!isReady} onClick={() => void pin()}>
                            {text.pin}
                        </Button>
                    </>
                ) : (
                    <>
                        <Button onClick={onClose}>{messages.value.action.close}</Button>
                        <Button kind="primary" onClick={() => go(paths.dashboard(pinned))}>
                            {text.openDashboard}
                        </Button>
                    </>
                )
            }
        >
            {pinned !== undefined ? (
                <p>{text.pinned}</p>
            ) : (
                <form
                    class="form"
                    onSubmit={(event) => {
                        event.preventDefault();
                        if (isReady) void pin();
                    }}
                >
                    <label class="field">
                        <span>{text.dashboard}</span>
                        <select class="input" value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
                            {entries?.map((entry) => (
                                <option key={entry.name} value={entry.name}>
                                    {shortened(localText(entry.title), 80)}
                                </option>
                            ))}
                            <option value={NEW}>{text.newDashboard}</option>
                        </select>
                    </label>
                    {isNew && (
                        <label class="field">
                            <span>{text.newDashboardTitle}</span>
                            <input
                                class="input"
                                value={newTitle}
                                onInput={(event) => setNewTitle(event.currentTarget.value)}
                            />
                        </label>
                    )}
                    <label class="field">
                        <span>{messages.value.editor.title}</span>
                        <input class="input" value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
                    </label>
                    <p class="note">{text.pinNote}</p>
                    {problem && <ProblemText problem={problem} />}
                </form>
            )}
        </Dialog>
    );
}
