/** The chart as a tile of a dashboard. */
import { useEffect, useState } from 'preact/hooks';
import {
    type DashboardEntry,
    listDashboards,
    readDashboard,
    saveDashboard,
    type TileDefinition,
} from '../../../api/dashboards';
import { asProblem, type Problem } from '../../../api/problem';
import type { ChartSpec } from '../../../charts/spec';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { notify } from '../../../components/notices';
import { ProblemText } from '../../../components/ProblemText';
import { localText, messages } from '../../../messages';
import { bottomOf, freeId } from '../../dashboards/store';
import { StatementText } from './StatementDialog';
import './statement.css';

export interface PinDialogProps {
    sql: string;
    spec: ChartSpec;
    title: string;
    onClose: () => void;
}

export function PinDialog({ sql, spec, title, onClose }: PinDialogProps) {
    const text = messages.value.explore;
    const [dashboards, setDashboards] = useState<DashboardEntry[]>();
    const [name, setName] = useState('');
    const [typed, setTyped] = useState(title);
    const [problem, setProblem] = useState<Problem>();
    const [isSaving, setSaving] = useState(false);
    useEffect(() => {
        const controller = new AbortController();
        listDashboards(controller.signal).then(
            (list) => {
                setDashboards(list);
                setName(list[0]?.name ?? '');
            },
            (error: unknown) => {
                if (!controller.signal.aborted) setProblem(asProblem(error));
            },
        );
        return () => controller.abort();
    }, []);
    const save = async () => {
        setSaving(true);
        try {
            await pin(name, { ...spec, title: typed.trim() || title, sql });
            const entry = dashboards?.find((one) => one.name === name);
            notify(text.pinned(localText(entry?.title ?? name)));
            onClose();
        } catch (error) {
            setProblem(asProblem(error));
            setSaving(false);
        }
    };
    return (
        <Dialog
            title={text.pin}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{messages.value.action.cancel}</Button>
                    <Button kind="primary" icon="pin" isDisabled={name === '' || isSaving} onClick={() => void save()}>
                        {text.pin}
                    </Button>
                </>
            }
        >
            <div class="form">
                <label class="field">
                    <span>{text.pinTo}</span>
                    <select class="input" value={name} onChange={(event) => setName(event.currentTarget.value)}>
                        {(dashboards ?? []).map((one) => (
                            <option key={one.name} value={one.name}>
                                {localText(one.title)}
                            </option>
                        ))}
                    </select>
                </label>
                {dashboards?.length === 0 && <p class="note">{text.noDashboards}</p>}
                <label class="field">
                    <span>{text.pinTitle}</span>
                    <input
                        class="input"
                        value={typed}
                        maxLength={200}
                        onInput={(event) => setTyped(event.currentTarget.value)}
                    />
                </label>
                <StatementText sql={sql} />
                {problem && <ProblemText problem={problem} />}
            </div>
        </Dialog>
    );
}

/** Below all tiles; over the version that was read, so that nobody's change is lost. */
async function pin(name: string, tile: Omit<TileDefinition, 'id' | 'at'>): Promise<void> {
    const { definition, etag } = await readDashboard(name);
    const id = freeId(typeof tile.title === 'string' ? tile.title : 'tile', definition.tiles);
    const at = { x: 0, y: bottomOf(definition.tiles), width: 6, height: 8 };
    await saveDashboard({ ...definition, tiles: [...definition.tiles, { ...tile, id, at }] }, { etag });
}
