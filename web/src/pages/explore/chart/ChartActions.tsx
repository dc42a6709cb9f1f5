/** What can be done with the chart: its statement, pinning it, files. */
import { useState } from 'preact/hooks';
import { status } from '../../../api/catalog';
import { asProblem } from '../../../api/problem';
import { runToFile, type StatementRequest } from '../../../api/statements';
import type { Picture } from '../../../charts/Plot';
import { Button } from '../../../components/Button';
import { Menu, type MenuEntry, Opener } from '../../../components/Menu';
import { notify } from '../../../components/notices';
import { fileName, saveFile } from '../../../components/saveFile';
import { messages } from '../../../messages';
import { filterLine } from '../../../state/scope';
import { statementOf } from '../statement/ask';
import { sqlCondition } from '../statement/condition';
import { PinDialog } from '../statement/PinDialog';
import { StatementDialog } from '../statement/StatementDialog';
import type { ChartToolsProps } from './ChartTools';
import { askOf, specOf } from './useChart';

export function ChartActions({ view, relation, request, picture, title }: ChartToolsProps) {
    const text = messages.value.explore;
    const [dialog, setDialog] = useState<'none' | 'statement' | 'pin'>('none');
    const close = () => setDialog('none');
    const ask = {
        ...askOf(view, relation),
        direction: undefined,
        rest: { kind: 'name' as const, name: messages.value.chart.other },
        where: sqlCondition(filterLine.value, relation.columns),
    };
    const sql = statementOf(ask);
    // Two fields over time are two columns of a statement of one's own: only the first is a colour.
    const spec = specOf({ ...ask, fields: ask.byTime ? ask.fields.slice(0, 1) : ask.fields });
    const entries: MenuEntry[] = [
        { text: messages.value.tile.csv, icon: 'download', onChoose: () => void download(request, title, 'csv') },
        { text: messages.value.tile.xlsx, icon: 'download', onChoose: () => void download(request, title, 'xlsx') },
    ];
    if (picture) {
        entries.push({
            text: messages.value.tile.png,
            icon: 'download',
            onChoose: () => void downloadPicture(picture, title),
        });
    }
    return (
        <>
            <Button icon="sql" label={text.statement} onClick={() => setDialog('statement')} />
            <Button
                icon="pin"
                label={text.pin}
                isDisabled={status.value?.read_only === true}
                onClick={() => setDialog('pin')}
            />
            <Opener label={messages.value.action.more} icon="more" kind="quiet">
                {(anchor, closeMenu) => (
                    <Menu anchor={anchor} label={messages.value.action.more} entries={entries} onClose={closeMenu} />
                )}
            </Opener>
            {dialog === 'statement' && <StatementDialog sql={sql} onClose={close} />}
            {dialog === 'pin' && <PinDialog sql={sql} spec={spec} title={title} onClose={close} />}
        </>
    );
}

async function download(request: StatementRequest, title: string, type: 'csv' | 'xlsx'): Promise<void> {
    notify(messages.peek().tile.downloading);
    try {
        saveFile(await runToFile(request, type), fileName(title, type));
    } catch (error) {
        notify(asProblem(error).title, 'failed');
    }
}

async function downloadPicture(picture: Picture, title: string): Promise<void> {
    const blob = await (await fetch(picture.png())).blob();
    saveFile(blob, fileName(title, 'png'));
}
