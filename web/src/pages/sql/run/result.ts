/** What came of a statement: its rows as they come, and what is known about them. */
import { type Signal, signal } from '@preact/signals';
import type { Problem } from '../../../api/problem';
import type { Column, Figures } from '../../../api/table';
import type { Sorting } from '../../../charts/sorting';
import type { ChartKind } from '../../../charts/spec';
import type { TileDraft } from '../../dashboards/edit/tileDraft';
import { RowStore } from '../answer/RowStore';
import type { Accent } from '../../../api/statements';
import { type Selection, single } from '../grid/position';

export type ResultState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'skipped';

/** What the next statement runs in. */
export interface Session {
    database: string;
    schema: string;
    warehouse: string | null;
}

export interface ResultHead {
    state: ResultState;
    /** Absent until they came; a statement that failed has none. */
    columns?: Column[];
    figures?: Figures;
    /** There are more rows than were asked for. */
    isCut?: boolean;
    /** There are more rows than a window holds well. */
    isFull?: boolean;
    problem?: Problem;
}

/** How a result is looked at; kept with it while another one is shown. */
export interface ResultLook {
    mode: 'grid' | 'chart';
    sorting?: Sorting;
    selection: Selection;
    /** The cell is seen whole, beside the grid. */
    isOpen: boolean;
    pane: 'value' | 'record' | 'column';
    /** Absent: what fits. */
    kind?: ChartKind;
    chart: TileDraft;
}

export interface StatementResult {
    /** Of its own: pictures and places in a list hang on it. */
    id: string;
    sql: string;
    accent: Accent;
    rows: RowStore;
    /** The length of `rows`, told a few times a second. */
    rowCount: Signal<number>;
    head: Signal<ResultHead>;
    look: Signal<ResultLook>;
}

export function newResult(id: string, sql: string, accent: Accent): StatementResult {
    return {
        id,
        sql,
        accent,
        rows: new RowStore(),
        rowCount: signal(0),
        head: signal<ResultHead>({ state: 'waiting' }),
        look: signal<ResultLook>({
            mode: 'grid',
            selection: single({ row: 0, column: 0 }),
            isOpen: false,
            pane: 'value',
            chart: { title: '', sql, chart: 'table' },
        }),
    };
}

export function change(result: StatementResult, part: Partial<ResultHead>): void {
    result.head.value = { ...result.head.peek(), ...part };
}

export function lookAt(result: StatementResult, part: Partial<ResultLook>): void {
    result.look.value = { ...result.look.peek(), ...part };
}

export function isOver(state: ResultState): boolean {
    return state !== 'waiting' && state !== 'running';
}
