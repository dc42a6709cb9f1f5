/** The names of the columns: pressed they sort, their edges set the width. */
import { useRef } from 'preact/hooks';
import type { Column, ColumnKind } from '../../../api/table';
import type { Sorting } from '../../../charts/sorting';
import { isName, shortened } from '../../../format/cell';
import { messages } from '../../../messages';
import { shortType } from '../editor/names';
import { NARROWEST } from './columns';

/** Signs, not words. */
const signs: Record<ColumnKind, string> = {
    text: 'Aa',
    number: '#',
    time: '◷',
    date: '◷',
    boolean: '✓',
    other: '{ }',
};

export interface GridHeadProps {
    id: string;
    columns: Column[];
    widths: number[];
    from: number;
    to: number;
    before: number;
    sorting: Sorting | undefined;
    canSort: boolean;
    active: number;
    onSort: (column: number) => void;
    onWidth: (column: number, width: number) => void;
    onFit: (column: number) => void;
}

export function GridHead(props: GridHeadProps) {
    const { columns, widths, from, to, before } = props;
    return (
        <div role="row" class="sql-grid-head" aria-rowindex={1}>
            <div role="columnheader" class="sql-grid-number">
                <span class="only-read-aloud">{messages.value.sqlPage.rowNumber}</span>
            </div>
            {before > 0 && <div role="presentation" class="sql-grid-before" style={{ width: `${String(before)}px` }} />}
            {columns.slice(from, to).map((column, index) => {
                const at = from + index;
                return <Heading key={at} {...props} column={column} at={at} width={widths[at] ?? 0} />;
            })}
        </div>
    );
}

interface HeadingProps extends GridHeadProps {
    column: Column;
    at: number;
    width: number;
}

function Heading({ id, column, at, width, sorting, canSort, active, onSort, onWidth, onFit }: HeadingProps) {
    const begin = useRef<{ x: number; width: number } | undefined>(undefined);
    const direction = sorting?.column === at ? sorting.direction : undefined;
    const isNumber = column.kind === 'number' && !isName(column);
    return (
        <div
            role="columnheader"
            id={`${id}-head-${String(at)}`}
            class={`sql-grid-heading${active === at ? ' is-active' : ''}${isNumber ? ' is-number' : ''}${canSort ? ' can-sort' : ''}`}
            aria-colindex={at + 2}
            aria-sort={direction ?? 'none'}
            title={`${shortened(column.name, 200)} · ${shortened(column.type, 300)}`}
            style={{ width: `${String(width)}px` }}
            onClick={() => onSort(at)}
        >
            <span class="sql-grid-sign" aria-hidden="true" data-kind={shortType(column.type)}>
                {signs[column.kind]}
            </span>
            <span class="sql-grid-name">{shortened(column.name, 120)}</span>
            <span class="sql-grid-arrow" aria-hidden="true">
                {direction === 'ascending' ? '↑' : direction === 'descending' ? '↓' : ''}
            </span>
            {/* For the pointer; Alt with an arrow does the same by keyboard. */}
            <span
                class="sql-grid-edge"
                aria-hidden="true"
                onClick={(event) => event.stopPropagation()}
                onDblClick={() => onFit(at)}
                onPointerDown={(event) => {
                    event.stopPropagation();
                    begin.current = { x: event.clientX, width };
                    event.currentTarget.setPointerCapture(event.pointerId);
                }}
                onPointerMove={(event) => {
                    const from = begin.current;
                    if (from) onWidth(at, Math.max(NARROWEST, from.width + event.clientX - from.x));
                }}
                onPointerUp={() => (begin.current = undefined)}
                onPointerCancel={() => (begin.current = undefined)}
            />
        </div>
    );
}
