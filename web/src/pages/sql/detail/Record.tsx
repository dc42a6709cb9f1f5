/** A row, column by column: for tables too wide to be seen at once. */
import type { Cell, Column } from '../../../api/table';
import { cellText, shortened } from '../../../format/cell';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';

const NULL = 'NULL';

export interface RecordProps {
    columns: Column[];
    cells: Cell[];
    current: number;
    onChoose: (column: number) => void;
}

export function Record({ columns, cells, current, onChoose }: RecordProps) {
    return (
        <ul class="record" aria-label={messages.value.sqlPage.record}>
            {columns.map((column, at) => {
                const cell = cells[at] ?? null;
                return (
                    <li key={at}>
                        <button
                            type="button"
                            class="sql-record-field"
                            aria-current={at === current}
                            onClick={() => onChoose(at)}
                        >
                            <span class="sql-record-name">{shortened(column.name, 120)}</span>
                            <span class={cell === null ? 'sql-record-value is-null' : 'sql-record-value'}>
                                {cell === null ? NULL : shortened(cellText(cell, column, zone.value), 400)}
                            </span>
                        </button>
                    </li>
                );
            })}
        </ul>
    );
}
