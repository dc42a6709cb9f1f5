/** What is in a column: how many, from where to where, the most frequent. */
import { useEffect, useState } from 'preact/hooks';
import type { Cell, Column } from '../../../api/table';
import { cellText, isName, shortened } from '../../../format/cell';
import { formatFull, formatPercent } from '../../../format/number';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import type { StatementResult } from '../run/result';
import { type ColumnFigures, figuresOf } from './columnFigures';

const NULL = 'NULL';

export function ColumnView({ result, column, at }: { result: StatementResult; column: Column; at: number }) {
    const [figures, setFigures] = useState<ColumnFigures>();
    const count = result.rowCount.value;
    useEffect(() => {
        const controller = new AbortController();
        setFigures(undefined);
        void figuresOf(result.rows, column, at, controller.signal).then((found) => found && setFigures(found));
        return () => controller.abort();
    }, [result, column, at, count]);
    const text = messages.value.sqlPage;
    if (!figures) return <p class="note">{messages.value.shell.loading}</p>;
    const shown = (cell: Cell) => shortened(cellText(cell, column, zone.value), 200);
    const lines: [string, string][] = [
        [text.figures.count, formatFull(figures.count)],
        [NULL, `${formatFull(figures.nulls)} · ${formatPercent((figures.nulls / Math.max(1, figures.count)) * 100)}`],
        [
            text.figures.distinct,
            figures.isMore ? text.figures.moreThan(formatFull(figures.distinct)) : formatFull(figures.distinct),
        ],
    ];
    if (figures.least !== null)
        lines.push([text.figures.least, shown(figures.least)], [text.figures.most, shown(figures.most)]);
    if (figures.sum !== undefined && !isName(column)) {
        const numbers = figures.count - figures.nulls;
        lines.push(
            [text.figures.sum, formatFull(figures.sum)],
            [text.figures.average, formatFull(figures.sum / numbers)],
        );
    }
    const most = figures.top[0]?.count ?? 1;
    return (
        <div class="column-view">
            <dl class="sql-column-figures">
                {lines.map(([name, value]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
            {figures.top.length > 0 && <h2 class="sql-pane-heading">{text.figures.top}</h2>}
            <ol class="sql-column-top">
                {figures.top.map((one, index) => (
                    <li key={index}>
                        <span class="sql-column-top-bar" style={{ width: `${String((one.count / most) * 100)}%` }} />
                        <span class="sql-column-top-value">{shown(one.cell) || messages.value.chart.empty}</span>
                        <span class="sql-column-top-count">{formatFull(one.count)}</span>
                    </li>
                ))}
            </ol>
        </div>
    );
}
