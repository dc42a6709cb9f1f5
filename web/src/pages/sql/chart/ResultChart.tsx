/** A result as a chart: the kind chosen above, its columns below. */
import { useMemo } from 'preact/hooks';
import type { Column, Table } from '../../../api/table';
import { Chart } from '../../../charts/Chart';
import { chartKinds } from '../../../charts/spec';
import { useSpec } from '../../../charts/useSpec';
import { Icon } from '../../../components/Icon';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { chartOf, withPart } from '../../dashboards/edit/tileDraft';
import { TileOptions } from '../../dashboards/edit/TileOptions';
import '../../dashboards/edit/editor.css';
import { isOver, lookAt, type StatementResult } from '../run/result';
import { oneLine } from '../text/statements';

/** A picture of more says nothing more. */
const MOST_ROWS = 50_000;

/** Charts a table can be drawn as: the grid is the table. */
const kinds = chartKinds.filter((kind) => kind !== 'table');

export function tableOf(result: StatementResult, columns: Column[]): Table {
    return { columns, rows: result.rows.head(MOST_ROWS) };
}

export default function ResultChart({ result, columns }: { result: StatementResult; columns: Column[] }) {
    const text = messages.value.chart;
    const { state } = result.head.value;
    const count = result.rowCount.value;
    const isThere = isOver(state);
    const shownRows = isThere ? Math.min(count, MOST_ROWS) : 0;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- rows are added in place; their number says so
    const table = useMemo(() => tableOf(result, columns), [result, columns, shownRows]);
    const { kind, chart: draft } = result.look.value;
    const fitting = chartOf(kind, table);
    const chart = fitting === 'table' ? 'column' : fitting;
    const spec = useSpec({ ...draft, chart });
    if (!isThere) return <p class="chart-notice">{messages.value.sqlPage.running}</p>;
    return (
        <div class="sql-result-chart">
            <div class="chart-choice" role="group" aria-label={messages.value.editor.chart}>
                {kinds.map((one) => (
                    <button
                        key={one}
                        type="button"
                        class="button button-quiet button-icon"
                        aria-pressed={one === chart}
                        aria-label={text.kind[one]}
                        title={text.kind[one]}
                        onClick={() => lookAt(result, { kind: one })}
                    >
                        <Icon name={one} />
                    </button>
                ))}
                <span class="note">
                    {text.kind[chart]}
                    {count > MOST_ROWS && ` · ${text.cut(formatFull(MOST_ROWS))}`}
                </span>
            </div>
            <div class="sql-result-picture">
                <Chart spec={spec} table={table} title={oneLine(result.sql, 80)} zone={zone.value} />
            </div>
            <TileOptions
                draft={{ ...draft, chart }}
                answer={table}
                canCompare={false}
                onChange={(next) => lookAt(result, { chart: withPart(next, 'chart', draft.chart) })}
            />
        </div>
    );
}
