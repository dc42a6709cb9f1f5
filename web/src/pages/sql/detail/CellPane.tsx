/** Beside the grid: the active cell seen whole, its row, its column. */
import type { Cell, Column } from '../../../api/table';
import { Button } from '../../../components/Button';
import { notify } from '../../../components/notices';
import { plainText, shortened } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { shortType } from '../editor/names';
import { single } from '../grid/position';
import { lookAt, type StatementResult } from '../run/result';
import { ColumnView } from './ColumnView';
import './detail.css';
import { Record } from './Record';
import { WholeValue } from './WholeValue';

export interface CellPaneProps {
    result: StatementResult;
    columns: Column[];
    row: number;
    column: number;
    cells: Cell[];
}

export function CellPane({ result, columns, row, column: at, cells }: CellPaneProps) {
    const text = messages.value.sqlPage;
    const column = columns[at];
    if (!column) return null;
    const cell = cells[at] ?? null;
    const { pane } = result.look.value;
    const names = { value: text.value, record: text.record, column: text.column } as const;
    const copy = () => {
        void navigator.clipboard.writeText(plainText(cell)).then(
            () => notify(messages.peek().action.copied),
            () => notify(text.notCopied, 'failed'),
        );
    };
    return (
        <aside class="sql-cell-pane" aria-label={text.cell}>
            <header class="sql-cell-pane-head">
                <div class="sql-segments" role="group" aria-label={text.cell}>
                    {(['value', 'record', 'column'] as const).map((one) => (
                        <button
                            key={one}
                            type="button"
                            class="sql-segment"
                            aria-pressed={pane === one}
                            onClick={() => lookAt(result, { pane: one })}
                        >
                            {names[one]}
                        </button>
                    ))}
                </div>
                <span class="sql-cell-pane-end">
                    <Button icon="copy" kind="quiet" isSmall label={messages.value.action.copy} onClick={copy} />
                    <Button
                        icon="close"
                        kind="quiet"
                        isSmall
                        label={messages.value.action.close}
                        onClick={() => lookAt(result, { isOpen: false })}
                    />
                </span>
            </header>
            <div class="sql-cell-pane-body">
                {pane !== 'record' && (
                    <p class="sql-cell-pane-name">
                        <strong>{shortened(column.name)}</strong>
                        <span class="note" title={shortened(column.type, 1000)}>
                            {' '}
                            {shortType(column.type)}
                        </span>
                        {pane === 'value' && <span class="note"> · {text.rowAt(formatFull(row + 1))}</span>}
                    </p>
                )}
                {pane === 'value' && <WholeValue cell={cell} column={column} />}
                {pane === 'record' && (
                    <Record
                        columns={columns}
                        cells={cells}
                        current={at}
                        onChoose={(next) => lookAt(result, { selection: single({ row, column: next }), pane: 'value' })}
                    />
                )}
                {pane === 'column' && <ColumnView result={result} column={column} at={at} />}
            </div>
        </aside>
    );
}
