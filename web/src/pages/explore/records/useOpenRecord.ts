/** The open record: one of the rows, or asked for by its second where a link led to it. */
import { useMemo } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import type { Cell, Column } from '../../../api/table';
import { useAnswer } from '../../../api/useAnswer';
import { scope } from '../../../state/scope';
import { beginningOf } from '../state/beginnings';
import { timeColumn } from '../state/relations';
import { recordsStatement } from '../statement/ask';
import { idOf, readId } from './recordId';
import { useIds } from './RecordsTable';
import type { Records } from './useRecords';

export interface OpenRecord {
    row: Cell[] | undefined;
    columns: Column[];
    isLoading: boolean;
    /** Ids of the rows beside it. */
    before: string | undefined;
    after: string | undefined;
}

/** More records of one second are not looked through. */
const MOST = 20_000;

export function useOpenRecord(relation: Relation, records: Records, id: string | undefined): OpenRecord {
    const ids = useIds(relation, records);
    const at = id === undefined ? -1 : ids.indexOf(id);
    const wanted = readId(id ?? null);
    const isElsewhere = at < 0 && wanted?.second !== undefined && !records.isLoading;
    const { granularity, time_zone } = scope.value;
    const second = wanted?.second ?? 0;
    const { answer, asked, isLoading } = useAnswer(
        isElsewhere
            ? {
                  sql: recordsStatement(relation, beginningOf(relation).ties, MOST, 0),
                  scope: { from: second, to: second + 1, granularity, time_zone },
              }
            : undefined,
    );
    const found = useMemo(() => {
        if (!answer || id === undefined) return undefined;
        const time = timeColumn(relation);
        const place = answer.columns.findIndex((column) => column.name === time?.column.name);
        return answer.rows.find((row) => idOf(row, place, time?.isSeconds ?? false) === id);
    }, [answer, id, relation]);
    const beside = (place: number) => (at >= 0 ? ids[place] : undefined);
    const isAsking = isElsewhere && (isLoading || asked?.scope?.from !== second);
    return {
        row: at >= 0 ? records.rows[at] : found,
        columns: at >= 0 ? records.columns : (answer?.columns ?? records.columns),
        isLoading: at < 0 && (records.isLoading || isAsking),
        before: beside(at - 1),
        after: beside(at + 1),
    };
}
