/** A tile's answers: its own, and the previous period's where that is laid over. */
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import type { TileDefinition } from '../../../api/dashboards';
import type { Answer, StatementRequest } from '../../../api/statements';
import { type AnswerState, useAnswer } from '../../../api/useAnswer';
import { rolesOf } from '../../../charts/roles';
import { isHorizontal, isOfPairs } from '../../../charts/spec';
import { comparesPrevious, previousScope, scope, type Scope } from '../../../state/scope';
import { TileReader } from './reader';

/** More rows no tile shows; the file has all. */
export const MOST_ROWS = 10_000;

export function requestOf(
    tile: TileDefinition,
    over: Scope,
    mostRows: number | undefined = MOST_ROWS,
): StatementRequest {
    return {
        sql: tile.sql,
        scope: over,
        ...(tile.accent ? { accent: tile.accent } : {}),
        ...(mostRows === undefined ? {} : { max_rows: mostRows }),
    };
}

/** Whether there is something to lay the previous period over. */
export function canCompare(tile: TileDefinition, answer: Answer | undefined): boolean {
    if (tile.chart === 'number') return true;
    if (
        !answer ||
        isHorizontal(tile.chart) ||
        isOfPairs(tile.chart) ||
        tile.chart === 'pie' ||
        tile.chart === 'table'
    ) {
        return false;
    }
    const x = rolesOf(tile, answer).x;
    const kind = x === undefined ? undefined : answer.columns[x]?.kind;
    return kind === 'time' || kind === 'date';
}

export interface TileState extends AnswerState {
    previous?: Answer | undefined;
}

export function useTile(tile: TileDefinition, isSeen: boolean): TileState {
    const reader = useContext(TileReader);
    const ask = useMemo(() => reader.askerOf(tile.id), [reader, tile.id]);
    const state = useAnswer(isSeen ? requestOf(tile, scope.value) : undefined, ask);
    const compares = (tile.compare === 'previous' || comparesPrevious.value) && canCompare(tile, state.answer);
    const before = useAnswer(isSeen && compares ? requestOf(tile, previousScope.value) : undefined, ask);
    // A previous period belongs to its period: what is left from another is not shown.
    const fits = compares && before.asked?.scope?.to === state.asked?.scope?.from && before.asked?.sql === tile.sql;
    return { ...state, previous: fits ? before.answer : undefined };
}

/** True from the moment an element comes near the window: what nobody sees asks nothing. */
export function useSeen(element: { current: HTMLElement | null }): boolean {
    const [isSeen, setSeen] = useState(false);
    useEffect(() => {
        if (!element.current) return;
        const observer = new IntersectionObserver(
            (seen) => {
                if (!seen.some((entry) => entry.isIntersecting)) return;
                setSeen(true);
                observer.disconnect();
            },
            { rootMargin: '300px' },
        );
        observer.observe(element.current);
        return () => observer.disconnect();
    }, [element]);
    return isSeen;
}
