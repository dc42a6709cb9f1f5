/** One row: the cells that are seen, as text and nothing else. */
import { memo } from 'preact/compat';
import type { Cell, Column } from '../../../api/table';
import { cellText, isName, shortened } from '../../../format/cell';
import { formatFull } from '../../../format/number';

const NULL = 'NULL';

export interface GridRowProps {
    id: string;
    row: number;
    cells: Cell[];
    columns: Column[];
    widths: number[];
    /** The columns drawn, and the room of those before them. */
    from: number;
    to: number;
    before: number;
    /** From the beginning of the layer. */
    y: number;
    zone: string;
    /** The active cell's column, or -1. */
    active: number;
    /** The selected columns, or -1. */
    selectedFrom: number;
    selectedTo: number;
}

export const GridRow = memo(function GridRow({ id, row, cells, columns, widths, ...props }: GridRowProps) {
    return (
        <div
            role="row"
            class={row % 2 === 1 ? 'sql-grid-row is-odd' : 'sql-grid-row'}
            aria-rowindex={row + 2}
            style={{ transform: `translateY(${String(props.y)}px)` }}
        >
            <div role="rowheader" class="sql-grid-number" data-row={row}>
                {formatFull(row + 1)}
            </div>
            {props.before > 0 && (
                <div role="presentation" class="sql-grid-before" style={{ width: `${String(props.before)}px` }} />
            )}
            {columns.slice(props.from, props.to).map((column, index) => {
                const at = props.from + index;
                const isSelected = at >= props.selectedFrom && at <= props.selectedTo;
                return (
                    <GridCell
                        key={at}
                        id={`${id}-${String(row)}-${String(at)}`}
                        row={row}
                        at={at}
                        cell={cells[at] ?? null}
                        column={column}
                        width={widths[at] ?? 0}
                        zone={props.zone}
                        isActive={at === props.active}
                        isSelected={isSelected}
                    />
                );
            })}
        </div>
    );
});

interface GridCellProps {
    id: string;
    row: number;
    at: number;
    cell: Cell;
    column: Column;
    width: number;
    zone: string;
    isActive: boolean;
    isSelected: boolean;
}

function GridCell({ id, row, at, cell, column, width, zone, isActive, isSelected }: GridCellProps) {
    const classes = ['sql-grid-cell', `is-${column.kind}`];
    if (cell === null) classes.push('is-null');
    if (isActive) classes.push('is-active');
    if (isSelected) classes.push('is-selected');
    if (column.kind === 'number' && isName(column)) classes.push('is-name');
    return (
        <div
            role="gridcell"
            id={id}
            class={classes.join(' ')}
            aria-colindex={at + 2}
            aria-selected={isSelected}
            data-row={row}
            data-column={at}
            style={{ width: `${String(width)}px` }}
        >
            {cell === null ? NULL : shortened(cellText(cell, column, zone))}
        </div>
    );
}
