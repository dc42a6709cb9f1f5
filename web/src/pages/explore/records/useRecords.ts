/** Records, the newest first, a page at a time. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import { returns } from '../../../api/connection';
import { asProblem, isAbort, type Problem } from '../../../api/problem';
import { run } from '../../../api/statements';
import type { Cell, Column } from '../../../api/table';
import { scope, type Scope } from '../../../state/scope';
import type { Span } from '../../../time/range';
import { beginningOf } from '../state/beginnings';
import { timeColumn } from '../state/relations';
import { recordsStatement } from '../statement/ask';

export const PAGE = 100;
const FIRST_PART = 48;
const LEAST_SECONDS = 60;

/** The newest part of a span first, each next one twice as long: mostly the first has enough, and the rest is not read. */
export function windowsOf(span: Span): Span[] {
    const windows: Span[] = [];
    let length = Math.max(LEAST_SECONDS, Math.ceil((span.to - span.from) / FIRST_PART));
    for (let to = span.to; to > span.from; length *= 2) {
        const from = Math.max(span.from, to - length);
        windows.push({ from, to });
        to = from;
    }
    return windows;
}

export interface Records {
    columns: Column[];
    rows: Cell[][];
    isLoading: boolean;
    isDone: boolean;
    problem?: Problem;
}

interface Cursor {
    windows: Span[];
    at: number;
    offset: number;
}

const NONE: Records = { columns: [], rows: [], isLoading: true, isDone: false };

export function useRecords(relation: Relation, isSeen: boolean): Records & { more: () => void } {
    const [records, setRecords] = useState<Records>(NONE);
    const cursor = useRef<Cursor>(undefined);
    const controller = useRef<AbortController>(undefined);
    const over = scope.value;
    const key = JSON.stringify(over);
    const cameBack = returns.value;

    const load = useCallback(
        (isFirst: boolean) => {
            const from = cursor.current;
            const aborter = controller.current;
            if (!from || !aborter) return;
            setRecords((old) => ({ ...old, isLoading: true }));
            page(relation, over, from, aborter.signal).then(
                (next) => {
                    if (aborter.signal.aborted) return;
                    cursor.current = next.cursor;
                    setRecords((old) => ({
                        columns: next.columns.length > 0 ? next.columns : isFirst ? [] : old.columns,
                        rows: isFirst ? next.rows : [...old.rows, ...next.rows],
                        isLoading: false,
                        isDone: next.cursor.at >= next.cursor.windows.length,
                    }));
                },
                (error: unknown) => {
                    if (aborter.signal.aborted || isAbort(error)) return;
                    setRecords((old) => ({ ...old, isLoading: false, problem: asProblem(error) }));
                },
            );
        },
        // eslint-disable-next-line react-hooks/exhaustive-deps -- the scope by what it says
        [relation, key],
    );
    useEffect(() => {
        if (!isSeen) return;
        controller.current = new AbortController();
        const windows = timeColumn(relation) ? windowsOf(over) : [{ from: over.from, to: over.to }];
        cursor.current = { windows, at: 0, offset: 0 };
        load(true);
        return () => controller.current?.abort();
        // eslint-disable-next-line react-hooks/exhaustive-deps -- `load` changes with what it depends on
    }, [load, isSeen, cameBack]);
    return { ...records, more: () => load(false) };
}

interface Page {
    columns: Column[];
    rows: Cell[][];
    cursor: Cursor;
}

async function page(relation: Relation, over: Scope, from: Cursor, signal: AbortSignal): Promise<Page> {
    const { ties } = beginningOf(relation);
    const found: Page = { columns: [], rows: [], cursor: { ...from } };
    const { cursor } = found;
    while (found.rows.length < PAGE) {
        const window = cursor.windows[cursor.at];
        if (!window) break;
        const wanted = PAGE - found.rows.length;
        const answer = await run(
            { sql: recordsStatement(relation, ties, wanted, cursor.offset), scope: { ...over, ...window } },
            { signal },
        );
        found.columns = answer.columns;
        found.rows.push(...answer.rows);
        if (answer.rows.length < wanted) {
            cursor.at += 1;
            cursor.offset = 0;
        } else {
            cursor.offset += wanted;
        }
    }
    return found;
}
