/** Rows of records. A row opens its record; arrows go from row to row. */
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import type { Cell, Column } from '../../../api/table';
import { cellText, isName, shortened, toNumber } from '../../../format/cell';
import { formatMoment } from '../../../format/time';
import { formatShort, guessUnit } from '../../../format/unit';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { timeColumn } from '../state/relations';
import { idOf } from './recordId';
import type { Records } from './useRecords';

export interface RecordsTableProps {
    relation: Relation;
    records: Records;
    /** The columns to show, in their order. */
    names: string[];
    openId: string | undefined;
    onOpen: (id: string) => void;
    end: ComponentChildren;
}

/** The ids of rows, made once for each page that comes. */
export function useIds(relation: Relation, records: Pick<Records, 'columns' | 'rows'>): string[] {
    const { columns, rows } = records;
    return useMemo(() => {
        const time = timeColumn(relation);
        const at = columns.findIndex((column) => column.name === time?.column.name);
        return rows.map((row) => idOf(row, at, time?.isSeconds ?? false));
    }, [relation, columns, rows]);
}

export function RecordsTable({ relation, records, names, openId, onOpen, end }: RecordsTableProps) {
    const text = messages.value.explore;
    const ids = useIds(relation, records);
    const time = timeColumn(relation);
    const shown = names
        .map((name) => records.columns.findIndex((column) => column.name === name))
        .filter((at) => at >= 0)
        .map((at) => ({ at, column: records.columns[at] }))
        .filter((one): one is { at: number; column: Column } => one.column !== undefined);
    return (
        <div class="records-scroll" role="group" aria-label={text.records} tabIndex={0}>
            <table>
                <thead>
                    <tr>
                        {shown.map(({ at, column }) => (
                            <th key={at} scope="col" class={isMeasure(column) ? 'is-number' : ''}>
                                {shortened(column.name, 60)}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody onKeyDown={moveByArrows}>
                    {records.rows.map((row, place) => {
                        const id = ids[place] ?? '';
                        return (
                            <tr
                                key={place}
                                class={id === openId ? 'is-open' : ''}
                                aria-current={id === openId ? 'true' : undefined}
                                onClick={() => {
                                    // Marking text with the mouse is no wish to open.
                                    if (window.getSelection()?.type !== 'Range') onOpen(id);
                                }}
                            >
                                {shown.map(({ at, column }, index) => (
                                    <RecordCell
                                        key={at}
                                        cell={row[at] ?? null}
                                        column={column}
                                        isSeconds={time?.isSeconds === true && column.name === time.column.name}
                                        onOpen={index === 0 ? () => onOpen(id) : undefined}
                                    />
                                ))}
                            </tr>
                        );
                    })}
                </tbody>
            </table>
            {end}
        </div>
    );
}

function isMeasure(column: Column): boolean {
    return column.kind === 'number' && !isName(column);
}

/** What a cell says, short enough for a row. */
export function recordText(cell: Cell, column: Column, inZone: string, isSeconds = false): string {
    const number = column.kind === 'number' ? toNumber(cell) : null;
    if (isSeconds && number !== null) return formatMoment(number * 1000, inZone);
    if (number !== null && guessUnit(column.name) === 'bytes') return formatShort(number, 'bytes');
    return shortened(cellText(cell, column, inZone), 200);
}

interface RecordCellProps {
    cell: Cell;
    column: Column;
    isSeconds: boolean;
    /** Of the first cell: the button that opens the row, for who has no mouse. */
    onOpen: (() => void) | undefined;
}

function RecordCell({ cell, column, isSeconds, onOpen }: RecordCellProps) {
    const said = cell === null ? '–' : recordText(cell, column, zone.value, isSeconds);
    const classes = [
        isMeasure(column) && !isSeconds ? 'is-number' : '',
        cell === null ? 'is-null' : '',
        isBad(cell, column) ? 'is-bad' : '',
        column.kind === 'time' ? 'is-time' : '',
    ];
    return (
        <td class={classes.filter(Boolean).join(' ')} title={said.length > 30 ? said : undefined}>
            {onOpen ? (
                <button
                    type="button"
                    class="records-open"
                    aria-label={messages.value.explore.openRecord(said)}
                    onClick={(event) => {
                        event.stopPropagation();
                        onOpen();
                    }}
                >
                    {said}
                </button>
            ) : (
                said
            )}
        </td>
    );
}

/** What was turned away or failed is seen at a glance. */
export function isBad(cell: Cell, column: Column): boolean {
    return cell === 'REJECT' || (cell !== null && /^error_?code$/.test(column.name));
}

function moveByArrows(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const row = event.target instanceof Element ? event.target.closest('tr') : null;
    const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling;
    const button = next?.querySelector<HTMLButtonElement>('.records-open');
    if (!button) return;
    event.preventDefault();
    button.focus();
}
