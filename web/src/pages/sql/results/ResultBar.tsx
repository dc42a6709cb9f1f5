/** Over a result: what it took, grid or chart, and what can be done with it. */
import { useState } from 'preact/hooks';
import type { Column } from '../../../api/table';
import { status } from '../../../api/catalog';
import { Button } from '../../../components/Button';
import { Icon } from '../../../components/Icon';
import { Menu, Opener } from '../../../components/Menu';
import { formatMilliseconds } from '../../../format/duration';
import { formatBytes, formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { ZonePicker } from '../../../scope/ZonePicker';
import { PinDialog } from '../pin/PinDialog';
import { isOver, lookAt, type ResultHead, type StatementResult } from '../run/result';
import { copyAll, downloads } from './exports';
import { useElapsed } from './useElapsed';

export function ResultBar({ result, columns }: { result: StatementResult; columns: Column[] }) {
    const text = messages.value.sqlPage;
    const [isPinning, setPinning] = useState(false);
    const head = result.head.value;
    const { mode, isOpen } = result.look.value;
    const isThere = isOver(head.state);
    const hasTimes = columns.some((column) => column.kind === 'time');
    return (
        <div class="sql-result-bar">
            <div class="sql-segments" role="group" aria-label={text.show}>
                {(['grid', 'chart'] as const).map((one) => (
                    <button
                        key={one}
                        type="button"
                        class="sql-segment"
                        aria-pressed={mode === one}
                        onClick={() => lookAt(result, { mode: one })}
                    >
                        <Icon name={one === 'grid' ? 'table' : 'stacked_column'} />
                        {text[one]}
                    </button>
                ))}
            </div>
            <Figures head={head} count={result.rowCount.value} />
            <div class="sql-result-actions">
                {hasTimes && mode === 'grid' && <ZonePicker />}
                {mode === 'grid' && (
                    <Button
                        icon="info"
                        kind="quiet"
                        isSmall
                        label={text.cell}
                        isPressed={isOpen}
                        onClick={() => lookAt(result, { isOpen: !isOpen })}
                    />
                )}
                <Opener label={text.copyAll} icon="copy" kind="quiet" isSmall>
                    {(anchor, close) => (
                        <Menu
                            anchor={anchor}
                            label={text.copyAll}
                            onClose={close}
                            entries={[
                                {
                                    text: text.copyRows,
                                    icon: 'copy',
                                    onChoose: () => copyAll(result, columns, 'sheet'),
                                },
                                {
                                    text: text.copyMarkdown,
                                    icon: 'table',
                                    onChoose: () => copyAll(result, columns, 'markdown'),
                                },
                                {
                                    text: text.copySql,
                                    icon: 'sql',
                                    onChoose: () => copyAll(result, columns, 'statement'),
                                },
                            ]}
                        />
                    )}
                </Opener>
                <Opener label={text.download} icon="download" kind="quiet" isSmall>
                    {(anchor, close) => (
                        <Menu anchor={anchor} label={text.download} onClose={close} entries={downloads(result)} />
                    )}
                </Opener>
                {status.value?.read_only !== true && (
                    <Button
                        icon="dashboards"
                        kind="quiet"
                        isSmall
                        isDisabled={!isThere}
                        label={text.pinHelp}
                        onClick={() => setPinning(true)}
                    >
                        {text.pin}
                    </Button>
                )}
            </div>
            {isPinning && <PinDialog result={result} columns={columns} onClose={() => setPinning(false)} />}
        </div>
    );
}

function Figures({ head, count }: { head: ResultHead; count: number }) {
    const text = messages.value.sqlPage;
    const { figures, state } = head;
    const elapsed = useElapsed();
    const words = [
        text.rows(formatFull(count)),
        figures && figures.bytes_scanned > 0 && text.read(formatBytes(figures.bytes_scanned)),
        figures &&
            figures.files_total > 0 &&
            text.files(formatFull(figures.files_read), formatFull(figures.files_total)),
        state === 'running' && formatMilliseconds(elapsed),
        state === 'done' && figures && formatMilliseconds(figures.elapsed_ms),
    ].filter(Boolean);
    const warning = head.isFull ? text.full : head.isCut ? text.cut : state === 'cancelled' ? text.stopped : undefined;
    return (
        <p class="sql-result-figures" role="status" aria-live={state === 'running' ? 'off' : 'polite'}>
            {(count > 0 || state !== 'running') && <span>{words.join(' · ')}</span>}
            {warning && (
                <span class="sql-result-cut" title={head.isCut ? text.cutHelp : undefined}>
                    <Icon name="warning" />
                    {warning}
                </span>
            )}
        </p>
    );
}
