/** Rows as a table: sorted by a click, drawn only where they are seen, every value reachable by keyboard. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Cell, Column, Table } from '../api/table';
import { cellText, isName, shortened, toNumber } from '../format/cell';
import { formatShort, guessUnit } from '../format/unit';
import { messages } from '../messages';
import type { PickedValue } from './built';
import type { Point } from './Plot';
import { nextSorting, type Sorting, sorted } from './sorting';

export interface DataTableProps {
    table: Table;
    zone: string;
    label: string;
    onPick?: ((values: PickedValue[], at: Point) => void) | undefined;
}

/** Rows drawn beyond the edges, so that scrolling finds them there. */
const BEYOND = 12;

export function DataTable({ table, zone, label, onPick }: DataTableProps) {
    const [sorting, setSorting] = useState<Sorting>();
    const rows = useMemo(() => sorted(table, sorting), [table, sorting]);
    const scroller = useRef<HTMLDivElement>(null);
    const [view, setView] = useState({ top: 0, height: 600, row: 28 });
    const measure = () => {
        const element = scroller.current;
        if (!element) return;
        const row = element.querySelector('tbody tr.data-row')?.getBoundingClientRect().height ?? 28;
        setView({ top: element.scrollTop, height: element.clientHeight, row: row || 28 });
    };
    useEffect(() => {
        const element = scroller.current;
        if (!element) return;
        const observer = new ResizeObserver(measure);
        observer.observe(element);
        return () => observer.disconnect();
    }, []);
    const first = Math.max(0, Math.floor(view.top / view.row) - BEYOND);
    const last = Math.min(rows.length, Math.ceil((view.top + view.height) / view.row) + BEYOND);
    return (
        <div class="data-table" ref={scroller} onScroll={measure} role="region" aria-label={label} tabIndex={0}>
            <table aria-rowcount={rows.length + 1}>
                <thead>
                    <tr>
                        {table.columns.map((column, at) => (
                            <Heading key={at} column={column} at={at} sorting={sorting} onSort={setSorting} />
                        ))}
                    </tr>
                </thead>
                <tbody>
                    <Gap height={first * view.row} columns={table.columns.length} />
                    {rows.slice(first, last).map((row, at) => (
                        <tr key={first + at} class="data-row" aria-rowindex={first + at + 2}>
                            {table.columns.map((column, place) => (
                                <DataCell
                                    key={place}
                                    column={column}
                                    cell={row[place] ?? null}
                                    zone={zone}
                                    onPick={onPick}
                                />
                            ))}
                        </tr>
                    ))}
                    <Gap height={(rows.length - last) * view.row} columns={table.columns.length} />
                </tbody>
            </table>
        </div>
    );
}

function Gap({ height, columns }: { height: number; columns: number }) {
    if (height <= 0) return null;
    return (
        <tr aria-hidden="true">
            <td colSpan={columns} style={{ height: `${String(height)}px`, padding: 0, border: 0 }} />
        </tr>
    );
}

interface HeadingProps {
    column: Column;
    at: number;
    sorting: Sorting | undefined;
    onSort: (sorting: Sorting | undefined) => void;
}

function Heading({ column, at, sorting, onSort }: HeadingProps) {
    const mine = sorting?.column === at ? sorting.direction : undefined;
    const isNumber = column.kind === 'number' && !isName(column);
    return (
        <th scope="col" aria-sort={mine ?? 'none'} class={isNumber ? 'is-number' : ''}>
            <button
                type="button"
                onClick={() => onSort(nextSorting(sorting, at, isNumber))}
                title={shortened(column.name, 200)}
            >
                <span>{shortened(column.name, 80)}</span>
                <span aria-hidden="true" class="data-table-arrow">
                    {mine === 'ascending' ? '↑' : mine === 'descending' ? '↓' : ''}
                </span>
            </button>
        </th>
    );
}

interface DataCellProps {
    column: Column;
    cell: Cell;
    zone: string;
    onPick?: DataTableProps['onPick'];
}

function DataCell({ column, cell, zone, onPick }: DataCellProps) {
    const isNumber = column.kind === 'number' && !isName(column);
    if (cell === null) return <td class={isNumber ? 'is-number is-null' : 'is-null'}>{messages.value.chart.none}</td>;
    const full = cellText(cell, column, zone);
    const text = withUnit(column, cell) ?? shortened(full);
    const className = isNumber ? 'is-number' : column.kind === 'time' ? 'is-time' : '';
    if (!onPick || isNumber || column.kind === 'time' || column.kind === 'other') {
        return (
            <td class={className} title={shortened(full, 1000)}>
                {text}
            </td>
        );
    }
    return (
        <td class={className} title={shortened(full, 1000)}>
            <button
                type="button"
                class="data-table-value"
                onClick={(event) => {
                    const box = event.currentTarget.getBoundingClientRect();
                    onPick([{ column, cell }], { x: box.left, y: box.bottom });
                }}
            >
                {text || messages.value.chart.empty}
            </button>
        </td>
    );
}

/** Bytes and seconds are told by the name of their column; the title has the whole number. */
function withUnit(column: Column, cell: Cell): string | undefined {
    const unit = column.kind === 'number' ? guessUnit(column.name) : 'none';
    const number = unit === 'bytes' || unit === 'seconds' ? toNumber(cell) : null;
    return number === null ? undefined : formatShort(number, unit);
}
