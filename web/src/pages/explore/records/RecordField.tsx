/** One field of a record: its value, whole, and what can be done with it. */
import { useState } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import type { Cell, Column } from '../../../api/table';
import { Icon } from '../../../components/Icon';
import { Link } from '../../../components/Link';
import type { Point } from '../../../charts/Plot';
import { cellText, plainText, shortened, toNumber } from '../../../format/cell';
import { formatLong, guessUnit } from '../../../format/unit';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { ValueMenu } from '../ValueMenu';
import { isAddress, linksOf } from './links';
import { isBad } from './RecordsTable';

/** Longer values are cut here too; copying the record has all of it. */
const LONGEST = 20_000;

export function RecordField({ relation, column, cell }: { relation: Relation; column: Column; cell: Cell }) {
    const [at, setAt] = useState<Point>();
    const json = jsonOf(cell);
    const said = textOf(cell, column);
    // An address has a card of its own.
    const links = isAddress(column.name, cell) ? [] : linksOf(relation, column.name, cell);
    return (
        <div class={json === undefined ? 'record-field' : 'record-field is-long'}>
            <dt class="mono">{shortened(column.name, 80)}</dt>
            <dd>
                {json === undefined ? (
                    <button
                        type="button"
                        class={isBad(cell, column) ? 'record-value is-bad' : 'record-value'}
                        aria-haspopup="menu"
                        onClick={(event) => {
                            const box = event.currentTarget.getBoundingClientRect();
                            setAt({ x: box.left, y: box.bottom });
                        }}
                    >
                        {said}
                    </button>
                ) : (
                    <pre class="record-json" tabIndex={0}>
                        {shortened(json, LONGEST)}
                    </pre>
                )}
                {links.map((link) => (
                    <div key={link.to}>
                        <Link to={link.to} class="record-link">
                            <Icon name={link.icon} />
                            {link.text}
                        </Link>
                    </div>
                ))}
                {at && (
                    <ValueMenu
                        relation={relation}
                        values={[{ column, cell }]}
                        at={at}
                        onClose={() => setAt(undefined)}
                    />
                )}
            </dd>
        </div>
    );
}

function textOf(cell: Cell, column: Column): string {
    if (cell === null) return messages.value.chart.none;
    const number = column.kind === 'number' ? toNumber(cell) : null;
    if (number !== null && guessUnit(column.name) === 'bytes') return formatLong(number, 'bytes');
    return shortened(cellText(cell, column, zone.value), LONGEST) || messages.value.chart.empty;
}

/** What is JSON is shown with its lines; all else as it is. */
function jsonOf(cell: Cell): string | undefined {
    if (cell !== null && typeof cell === 'object') return JSON.stringify(cell, null, 2);
    if (typeof cell !== 'string' || !/^\s*[[{]/.test(cell)) return undefined;
    try {
        return JSON.stringify(JSON.parse(plainText(cell)), null, 2);
    } catch {
        return undefined;
    }
}
