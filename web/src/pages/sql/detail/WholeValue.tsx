/** A cell, all of it. Written by anyone: text, and nothing but text. */
import { useMemo } from 'preact/hooks';
import type { Cell, Column } from '../../../api/table';
import { plainText, toMoment } from '../../../format/cell';
import { formatDayAndTime, formatMoment, formatOffset } from '../../../format/time';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { looksLikeJson, prettyPieces } from './pretty';

/** Beyond this a window stops being quick; copying has the rest. */
const LONGEST_SHOWN = 100_000;
const NULL = 'NULL';

export function WholeValue({ cell, column }: { cell: Cell; column: Column }) {
    const whole = plainText(cell);
    const pieces = useMemo(() => (looksLikeJson(whole) ? prettyPieces(whole) : undefined), [whole]);
    if (cell === null) return <p class="sql-whole-value is-null">{NULL}</p>;
    if (whole === '') return <p class="sql-whole-value is-null">{messages.value.chart.empty}</p>;
    if (column.kind === 'time') return <Moment text={whole} />;
    if (pieces) {
        return (
            <pre class="sql-whole-value" tabIndex={0}>
                {pieces.map((piece, at) => (
                    <span key={at} class={`sql-json-${piece.kind}`}>
                        {piece.text}
                    </span>
                ))}
            </pre>
        );
    }
    return (
        <pre class="sql-whole-value" tabIndex={0}>
            {whole.slice(0, LONGEST_SHOWN)}
            {whole.length > LONGEST_SHOWN && '…'}
        </pre>
    );
}

function Moment({ text }: { text: string }) {
    const ms = toMoment(text);
    const words = messages.value.sqlPage;
    if (ms === null) return <pre class="sql-whole-value">{text}</pre>;
    return (
        <dl class="sql-whole-moment">
            <dt>{zone.value}</dt>
            <dd>
                {formatMoment(ms, zone.value)} <span class="note">{formatOffset(ms, zone.value)}</span>
            </dd>
            <dt>{words.asSent}</dt>
            <dd class="mono">{text}</dd>
            <dt>{words.epoch}</dt>
            <dd class="mono">{String(Math.floor(ms / 1000))}</dd>
            <dt>{words.inWords}</dt>
            <dd>{formatDayAndTime(ms, zone.value)}</dd>
        </dl>
    );
}
