/** The records themselves under the chart: chosen columns, more when the end comes in sight, each opened by a click. */
import { useEffect, useRef } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import { useAnswer } from '../../../api/useAnswer';
import { Button } from '../../../components/Button';
import { ProblemText } from '../../../components/ProblemText';
import { toNumber } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { isOfFilter } from '../../../scope/FilterLine';
import { scope } from '../../../state/scope';
import { FieldPicker } from '../FieldPicker';
import { ProgressLine } from '../ProgressLine';
import { beginningOf } from '../state/beginnings';
import { changeView } from '../state/explored';
import { RECORDS } from '../state/measure';
import type { View } from '../state/view';
import { totalsStatement } from '../statement/ask';
import { openRecord } from './opened';
import './records.css';
import { RecordsTable } from './RecordsTable';
import type { Records as RecordsState } from './useRecords';

export interface RecordsProps {
    view: View;
    relation: Relation;
    records: RecordsState & { more: () => void };
    openId: string | undefined;
}

export function Records({ view, relation, records, openId }: RecordsProps) {
    const text = messages.value.explore;
    const usual = beginningOf(relation).columns;
    const columns = view.columns ?? usual;
    const count = useAnswer({ sql: totalsStatement(relation, [RECORDS]), scope: scope.value });
    const total = toNumber(count.answer?.rows[0]?.[0]);
    const toggle = (name: string) => {
        const next = columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name];
        if (next.length > 0) changeView({ columns: next });
    };
    const { problem } = records;
    return (
        <section class="explore-card records" aria-label={text.records} aria-busy={records.isLoading}>
            <header class="records-head">
                <h2>{text.records}</h2>
                {total !== null && <span class="note">{text.recordCount(formatFull(total))}</span>}
                <div class="records-tools">
                    {view.columns && (
                        <Button kind="quiet" onClick={() => changeView({ columns: undefined })}>
                            {text.usualColumns}
                        </Button>
                    )}
                    <FieldPicker
                        label={text.columns}
                        text={text.columns}
                        choices={relation.columns}
                        chosen={columns}
                        isMany
                        onChoose={toggle}
                    />
                </div>
            </header>
            <ProgressLine state={records} />
            {problem ? (
                <div class="explore-problem">
                    {isOfFilter(problem) ? (
                        <p class="chart-notice">{text.filterMistake}</p>
                    ) : (
                        <ProblemText problem={problem} />
                    )}
                </div>
            ) : (
                <RecordsTable
                    relation={relation}
                    records={records}
                    names={columns}
                    openId={openId}
                    onOpen={openRecord}
                    end={<End records={records} />}
                />
            )}
        </section>
    );
}

/** Coming in sight, it asks for more; a button for whoever does not scroll. */
function End({ records }: { records: RecordsProps['records'] }) {
    const text = messages.value.explore;
    const element = useRef<HTMLDivElement>(null);
    const more = useRef(records.more);
    more.current = records.more;
    const mayLoad = !records.isLoading && !records.isDone && records.rows.length > 0;
    useEffect(() => {
        if (!mayLoad || !element.current) return;
        const observer = new IntersectionObserver(
            (seen) => {
                if (seen.some((entry) => entry.isIntersecting)) more.current();
            },
            { rootMargin: '200px' },
        );
        observer.observe(element.current);
        return () => observer.disconnect();
    }, [mayLoad, records.rows.length]);
    return (
        <div class="records-end note" ref={element}>
            {records.isDone ? (
                records.rows.length === 0 ? (
                    text.noRecords
                ) : (
                    text.allShown
                )
            ) : records.isLoading ? (
                messages.value.shell.loading
            ) : (
                <Button kind="quiet" onClick={records.more}>
                    {text.moreRecords}
                </Button>
            )}
        </div>
    );
}
