/** What several selected cells come to, as a sheet says it. */
import { useMemo } from 'preact/hooks';
import type { Cell, Column } from '../../../api/table';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { cellCount, sumOf } from '../grid/copying';
import { rangeOf, type Selection } from '../grid/position';

/** Reading more while somebody drags would hold the drag. */
const MOST_CELLS = 50_000;

export interface SelectionSumProps {
    selection: Selection;
    columns: Column[];
    rowAt: (row: number) => Cell[];
}

export function SelectionSum({ selection, columns, rowAt }: SelectionSumProps) {
    const text = messages.value.sqlPage;
    const range = rangeOf(selection, columns.length);
    const cells = cellCount(range);
    const sum = useMemo(
        () => (cells > 1 && cells <= MOST_CELLS ? sumOf(range, columns, rowAt) : undefined),
        // eslint-disable-next-line react-hooks/exhaustive-deps -- the range is made of the selection
        [selection, columns],
    );
    if (cells < 2) return null;
    return (
        <p class="sql-selection-sum" role="status">
            <span>{text.cells(formatFull(cells))}</span>
            {sum && sum.count > 1 && (
                <>
                    <span>{text.sum(formatFull(sum.sum))}</span>
                    <span>{text.average(formatFull(sum.sum / sum.count))}</span>
                </>
            )}
        </p>
    );
}
