/** A result as a grid, with what is beside it: the cell seen whole. */
import type { Column } from '../../../api/table';
import { nextSorting } from '../../../charts/sorting';
import { notify } from '../../../components/notices';
import { formatFull } from '../../../format/number';
import { isName } from '../../../format/cell';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { MOST_SORTED } from '../answer/order';
import { CellPane } from '../detail/CellPane';
import { cellCount, copiedText, MOST_COPIED } from '../grid/copying';
import { rangeOf, type Selection, single } from '../grid/position';
import { ResultGrid } from '../grid/ResultGrid';
import { isOver, lookAt, type StatementResult } from '../run/result';
import { oneLine } from '../text/statements';
import { SelectionSum } from './SelectionSum';
import { useOrder } from './useOrder';

export function ResultGridView({ result, columns }: { result: StatementResult; columns: Column[] }) {
    const text = messages.value.sqlPage;
    const look = result.look.value;
    const count = result.rowCount.value;
    const { state } = result.head.value;
    const isDone = isOver(state);
    const { rowAt, isSorting } = useOrder(result, columns, look.sorting);
    const canSort = isDone && count > 1;
    const id = `g${result.id.slice(0, 8)}${result.id.slice(-2)}`;

    const sort = (at: number) => {
        const column = columns[at];
        if (!column || !canSort) return;
        if (count > MOST_SORTED) {
            notify(text.tooManyToSort(formatFull(MOST_SORTED)), 'failed');
            return;
        }
        // As it is now: the press that sorts selects as well.
        const { sorting: before, ...rest } = result.look.peek();
        const sorting = nextSorting(before, at, column.kind === 'number' && !isName(column));
        result.look.value = { ...rest, ...(sorting ? { sorting } : {}) };
    };
    const copy = (selection: Selection, withHead: boolean) => {
        const range = rangeOf(selection, columns.length);
        if (cellCount(range) > MOST_COPIED) {
            notify(text.tooManyToCopy(formatFull(MOST_COPIED)), 'failed');
            return;
        }
        void navigator.clipboard.writeText(copiedText(range, columns, rowAt, withHead)).then(
            () => notify(text.copied(formatFull(range.lastRow - range.firstRow + 1))),
            () => notify(text.notCopied, 'failed'),
        );
    };
    const { head } = look.selection;
    const shown = head.row >= 0 && head.row < count ? rowAt(head.row) : undefined;
    return (
        <div class="sql-result-grid">
            {count === 0 && isDone ? (
                <p class="chart-notice">{state === 'cancelled' ? text.cancelled : text.noRows}</p>
            ) : (
                <ResultGrid
                    id={id}
                    label={text.resultOf(oneLine(result.sql, 80))}
                    columns={columns}
                    count={count}
                    isWhole={isDone}
                    rowAt={rowAt}
                    zone={zone.value}
                    sorting={look.sorting}
                    canSort={canSort}
                    onSort={sort}
                    selection={look.selection}
                    onSelect={(selection) => lookAt(result, { selection })}
                    onOpen={(position) => lookAt(result, { selection: single(position), isOpen: true })}
                    onClose={() => lookAt(result, { isOpen: false })}
                    onCopy={copy}
                />
            )}
            {look.isOpen && shown && (
                <CellPane result={result} columns={columns} row={head.row} column={head.column} cells={shown} />
            )}
            <SelectionSum selection={look.selection} columns={columns} rowAt={rowAt} />
            {isSorting && (
                <p class="sql-result-sorting" role="status">
                    {text.sorting}
                </p>
            )}
        </div>
    );
}
