/** The rows of an answer as a grid: a million of them, of which those are drawn that are seen. */
import { useEffect, useRef } from 'preact/hooks';
import type { Cell, Column } from '../../../api/table';
import type { Sorting } from '../../../charts/sorting';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { offsetsOf, seenColumns } from './columns';
import './grid.css';
import { GridHead } from './GridHead';
import { GridRow } from './GridRow';
import { type Position, rangeOf, reveal, type Selection, single } from './position';
import { useGridKeys } from './useGridKeys';
import { useGridPointer } from './useGridPointer';
import { useRem } from './useRem';
import { useScrolling } from './useScrolling';
import { useWidths } from './useWidths';

export interface ResultGridProps {
    id: string;
    label: string;
    columns: Column[];
    count: number;
    /** All rows are there. */
    isWhole: boolean;
    /** In the order that is shown. */
    rowAt: (row: number) => Cell[];
    zone: string;
    sorting: Sorting | undefined;
    canSort: boolean;
    onSort: (column: number) => void;
    selection: Selection;
    onSelect: (selection: Selection) => void;
    /** A cell is to be seen whole. */
    onOpen: (position: Position) => void;
    onClose: () => void;
    onCopy: (selection: Selection, withHead: boolean) => void;
}

/** Rows drawn beyond the edges. */
const BEYOND = 4;
/** Rows keep their place on a layer as long as they are of the same so many; the layer moves. */
const LAYER_ROWS = 20_000;

export function ResultGrid(props: ResultGridProps) {
    const { id, columns, count, rowAt, zone, selection } = props;
    const rem = useRem();
    const rowHeight = Math.round(rem * 1.75);
    const headHeight = Math.round(rem * 2);
    const numberWidth = Math.round(rem * (1.25 + 0.45 * Math.max(3, formatFull(count).length)));
    const { element, view, onScroll, goTo, height } = useScrolling(count * rowHeight, headHeight);
    const { widths, setWidth, fit } = useWidths(props, rem);
    const offsets = offsetsOf(widths, numberWidth);
    const seen = seenColumns(offsets, view.left + numberWidth, Math.max(0, view.width - numberWidth));
    const before = (offsets[seen.from] ?? 0) - numberWidth;

    const bodyHeight = Math.max(0, view.height - headHeight);
    const first = Math.max(0, Math.floor(view.top / rowHeight) - BEYOND);
    const last = Math.min(count, Math.ceil((view.top + bodyHeight) / rowHeight) + BEYOND);
    const layer = Math.floor(first / LAYER_ROWS) * LAYER_ROWS;
    const range = rangeOf(selection, columns.length);
    const { head } = selection;

    const bounds = { rows: count, columns: columns.length, page: Math.max(1, Math.floor(bodyHeight / rowHeight) - 1) };
    const show = ({ row, column }: Position) => {
        const top = row < 0 ? undefined : reveal(row * rowHeight, (row + 1) * rowHeight, view.top, bodyHeight);
        const begin = (offsets[column] ?? 0) - numberWidth;
        const end = (offsets[column + 1] ?? 0) - numberWidth;
        const room = Math.max(0, view.width - numberWidth);
        goTo(top, end - begin > room ? begin : reveal(begin, end, view.left, room));
    };
    // Beside a cell that is seen whole there is less room: the cell stays in it.
    const shownWidth = useRef(view.width);
    useEffect(() => {
        if (view.width < shownWidth.current) show(head);
        shownWidth.current = view.width;
        // eslint-disable-next-line react-hooks/exhaustive-deps -- for a change of the width alone
    }, [view.width]);

    const onKeyDown = useGridKeys({ ...props, bounds, show, widths, setWidth });
    const pointer = useGridPointer({ ...props, element, show });
    const fitSeen = (column: number) =>
        fit(
            column,
            Array.from({ length: last - first }, (_, at) => rowAt(first + at)),
        );
    const active =
        head.row < 0 ? `${id}-head-${String(head.column)}` : `${id}-${String(head.row)}-${String(head.column)}`;
    const rows = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
    return (
        <div
            ref={element}
            class="sql-grid"
            role="grid"
            tabIndex={0}
            aria-label={props.label}
            aria-rowcount={count + 1}
            aria-colcount={columns.length + 1}
            aria-multiselectable="true"
            aria-activedescendant={active}
            aria-describedby={`${id}-help`}
            style={{
                '--sql-row': `${String(rowHeight)}px`,
                '--sql-head': `${String(headHeight)}px`,
                '--sql-number': `${String(numberWidth)}px`,
            }}
            onScroll={onScroll}
            onKeyDown={onKeyDown}
            {...pointer}
        >
            <span id={`${id}-help`} hidden>
                {messages.value.sqlPage.gridHelp}
            </span>
            <div
                class="sql-grid-space"
                role="presentation"
                style={{ height: `${String(height + headHeight)}px`, width: `${String(offsets.at(-1) ?? 0)}px` }}
            >
                <div class="sql-grid-view" role="presentation" style={{ height: `${String(view.height)}px` }}>
                    <GridHead
                        id={id}
                        columns={columns}
                        widths={widths}
                        from={seen.from}
                        to={seen.to}
                        before={before}
                        sorting={props.sorting}
                        canSort={props.canSort}
                        active={head.row < 0 ? head.column : -1}
                        onSort={(column) => {
                            props.onSelect(single({ row: -1, column }));
                            props.onSort(column);
                        }}
                        onWidth={setWidth}
                        onFit={fitSeen}
                    />
                    <div class="sql-grid-body" role="presentation" style={{ height: `${String(bodyHeight)}px` }}>
                        <div
                            class="sql-grid-layer"
                            role="presentation"
                            style={{ transform: `translateY(${String(layer * rowHeight - Math.round(view.top))}px)` }}
                        >
                            {rows.map((row) => {
                                const isSelected = row >= range.firstRow && row <= range.lastRow;
                                return (
                                    <GridRow
                                        key={row}
                                        id={id}
                                        row={row}
                                        cells={rowAt(row)}
                                        columns={columns}
                                        widths={widths}
                                        from={seen.from}
                                        to={seen.to}
                                        before={before}
                                        y={(row - layer) * rowHeight}
                                        zone={zone}
                                        active={row === head.row ? head.column : -1}
                                        selectedFrom={isSelected ? range.firstColumn : -1}
                                        selectedTo={isSelected ? range.lastColumn : -1}
                                    />
                                );
                            })}
                        </div>
                    </div>
                </div>
            </div>
        </div>
    );
}
