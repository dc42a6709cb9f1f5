/** Two people changed the same dashboard: what differs, and whose version stays. */
import { useState } from 'preact/hooks';
import type { DashboardDefinition, KeptDashboard, TileDefinition } from '../../../api/dashboards';
import { asProblem } from '../../../api/problem';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { notify } from '../../../components/notices';
import { shortened } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { localText, messages } from '../../../messages';
import { conflict, differences, save, takeTheirs } from '../store';

export function ConflictDialog({ mine, theirs }: { mine: DashboardDefinition; theirs: KeptDashboard }) {
    const text = messages.value.dashboard;
    const [isSaving, setSaving] = useState(false);
    const differ = differences(mine, theirs.definition);
    const keepMine = async () => {
        setSaving(true);
        try {
            const saved = await save(theirs.etag);
            if (saved === 'saved') notify(text.saved);
            else if (saved !== 'conflict') notify(saved.problem.title, 'failed');
        } catch (error) {
            notify(asProblem(error).title, 'failed');
        } finally {
            setSaving(false);
        }
    };
    return (
        <Dialog
            title={text.conflict}
            onClose={() => (conflict.value = undefined)}
            footer={
                <>
                    <Button onClick={takeTheirs}>{text.takeTheirs}</Button>
                    <Button kind="primary" isDisabled={isSaving} onClick={() => void keepMine()}>
                        {text.keepMine}
                    </Button>
                </>
            }
        >
            <div class="form">
                <p>{text.conflictText}</p>
                <div class="conflict-versions">
                    <Version name={text.mine} definition={mine} />
                    <Version name={text.theirs} definition={theirs.definition} />
                </div>
                <TileNames name={text.differs} tiles={differ.different} />
                <TileNames name={text.onlyMine} tiles={differ.onlyMine} />
                <TileNames name={text.onlyTheirs} tiles={differ.onlyTheirs} />
            </div>
        </Dialog>
    );
}

function Version({ name, definition }: { name: string; definition: DashboardDefinition }) {
    return (
        <div class="conflict-version">
            <span class="field-label">{name}</span>
            <strong>{shortened(localText(definition.title), 80)}</strong>
            <span class="note">{messages.value.dashboard.tiles(formatFull(definition.tiles.length))}</span>
        </div>
    );
}

function TileNames({ name, tiles }: { name: string; tiles: TileDefinition[] }) {
    if (tiles.length === 0) return null;
    return (
        <div>
            <h3 class="field-label">{name}</h3>
            <ul class="conflict-tiles">
                {tiles.map((tile) => (
                    <li key={tile.id}>{shortened(localText(tile.title), 80)}</li>
                ))}
            </ul>
        </div>
    );
}
