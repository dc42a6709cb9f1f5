/** A record with every field, beside the others; and from its values to what else is known of them. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import type { Cell, Column } from '../../../api/table';
import { Button } from '../../../components/Button';
import { notify } from '../../../components/notices';
import { plainText } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { timeColumn } from '../state/relations';
import { AddressCard } from './AddressCard';
import { isAddress } from './links';
import { openRecord } from './opened';
import './panel.css';
import { RecordField } from './RecordField';
import { recordText } from './RecordsTable';
import type { OpenRecord } from './useOpenRecord';

export function RecordPanel({ relation, record }: { relation: Relation; record: OpenRecord }) {
    const text = messages.value.explore;
    const { row, columns, before, after } = record;
    const panel = useRef<HTMLElement>(null);
    const close = () => openRecord(undefined);
    useFocus(panel);
    const time = timeColumn(relation);
    const timeAt = columns.findIndex((column) => column.name === time?.column.name);
    const timeColumnThere = columns[timeAt];
    const title =
        row && timeColumnThere
            ? recordText(row[timeAt] ?? null, timeColumnThere, zone.value, time?.isSeconds)
            : text.record;
    return (
        <aside
            class="record-panel"
            ref={panel}
            aria-label={text.record}
            tabIndex={-1}
            onKeyDown={(event) => {
                if (event.key === 'Escape' && !event.defaultPrevented) close();
            }}
        >
            <header class="record-head">
                <h2>{title}</h2>
                <Button
                    icon="up"
                    kind="quiet"
                    label={text.previousRecord}
                    isDisabled={before === undefined}
                    onClick={() => openRecord(before)}
                />
                <Button
                    icon="down"
                    kind="quiet"
                    label={text.nextRecord}
                    isDisabled={after === undefined}
                    onClick={() => openRecord(after)}
                />
                <Button icon="link" kind="quiet" label={text.copyLink} onClick={() => void copyLink()} />
                {row && (
                    <Button
                        icon="copy"
                        kind="quiet"
                        label={text.copyRecord}
                        onClick={() => void copyJson(columns, row)}
                    />
                )}
                <Button icon="close" kind="quiet" label={messages.value.action.close} onClick={close} />
            </header>
            <div class="record-body">
                {row ? (
                    <Fields relation={relation} columns={columns} row={row} />
                ) : (
                    <p class="chart-notice">{record.isLoading ? messages.value.shell.loading : text.lostRecord}</p>
                )}
            </div>
        </aside>
    );
}

/** The panel takes the focus when it opens and gives it back; going from record to record leaves it where it is. */
function useFocus(panel: { current: HTMLElement | null }): void {
    useEffect(() => {
        const before = document.activeElement;
        const isOver = window.matchMedia('(max-width: 1100px)').matches;
        if (isOver) panel.current?.focus({ preventScroll: true });
        return () => {
            if (isOver && before instanceof HTMLElement) before.focus({ preventScroll: true });
        };
    }, [panel]);
}

function Fields({ relation, columns, row }: { relation: Relation; columns: Column[]; row: Cell[] }) {
    const text = messages.value.explore;
    const [isAll, setAll] = useState(false);
    const all = columns.map((column, at) => ({ column, cell: row[at] ?? null }));
    const full = all.filter(({ cell }) => cell !== null);
    const empty = all.filter(({ cell }) => cell === null);
    const addresses = [
        ...new Set(full.flatMap(({ column, cell }) => (isAddress(column.name, cell) ? [plainText(cell)] : []))),
    ];
    return (
        <>
            {addresses.length > 0 && (
                <div class="address-cards">
                    {addresses.map((address) => (
                        <AddressCard key={address} value={address} />
                    ))}
                </div>
            )}
            <dl class="record-fields">
                {full.map(({ column, cell }) => (
                    <RecordField key={column.name} relation={relation} column={column} cell={cell} />
                ))}
                {isAll &&
                    empty.map(({ column, cell }) => (
                        <RecordField key={column.name} relation={relation} column={column} cell={cell} />
                    ))}
            </dl>
            {!isAll && empty.length > 0 && (
                <Button kind="quiet" onClick={() => setAll(true)}>
                    {text.emptyFields(formatFull(empty.length))}
                </Button>
            )}
        </>
    );
}

async function copyLink(): Promise<void> {
    await navigator.clipboard.writeText(window.location.href);
    notify(messages.peek().explore.linkCopied);
}

async function copyJson(columns: Column[], row: Cell[]): Promise<void> {
    const entries = columns.map((column, at): [string, Cell] => [column.name, row[at] ?? null]);
    await navigator.clipboard.writeText(JSON.stringify(Object.fromEntries(entries), null, 2));
    notify(messages.peek().action.copied);
}
