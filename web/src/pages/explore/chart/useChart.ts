/** The chart's answer, in the shape the chart takes, and the same of the previous period. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import type { StatementRequest } from '../../../api/statements';
import type { Table } from '../../../api/table';
import { type AnswerState, useAnswer } from '../../../api/useAnswer';
import type { ChartSpec } from '../../../charts/spec';
import { filterProblem, isOfFilter } from '../../../scope/FilterLine';
import { comparesPrevious, filterLine, previousScope, scope, type Scope } from '../../../state/scope';
import { unitOfMeasure } from '../state/measure';
import { directionOf } from '../state/relations';
import type { View } from '../state/view';
import { aliasFor, type Ask, statementOf, TIME } from '../statement/ask';
import { fittingChart, isFromTo } from './chartChoice';
import { pairName, type Shaped, shaped } from './shape';

/** More rows no chart shows. */
const MOST_ROWS = 50_000;

export function askOf(view: View, relation: Relation): Ask {
    const chart = fittingChart(view, view.chart);
    const turned = !view.byTime && isFromTo(view.fields) && /(^|_)d(st|est)/.test(view.fields[0] ?? '');
    return {
        relation,
        byTime: view.byTime,
        // From left to right is from source to destination.
        fields: turned && (chart === 'sankey' || chart === 'graph') ? [...view.fields].reverse() : view.fields,
        measures: view.measures,
        chart,
        top: view.top,
        isWithoutRest: view.isWithoutRest,
        direction: view.isMirrored ? directionOf(relation) : undefined,
        rest: { kind: 'flag' },
    };
}

export function specOf(ask: Ask): ChartSpec {
    const [first] = ask.measures;
    const unit = first ? unitOfMeasure(first) : 'count';
    // Values of different units have no axis in common.
    const drawn = ask.measures.filter((measure) => unitOfMeasure(measure) === unit);
    const x = ask.byTime ? TIME : ask.fields[0];
    const series = ask.byTime ? (ask.fields.length > 1 ? pairName(ask.fields) : ask.fields[0]) : ask.fields[1];
    const one = series !== undefined;
    return {
        chart: ask.chart,
        ...(x === undefined ? {} : { x }),
        ...(series === undefined ? {} : { series }),
        y: (one ? drawn.slice(0, 1) : drawn).map((measure) => aliasFor(measure, ask)),
        unit,
    };
}

export interface ChartState {
    state: AnswerState;
    /** What the answer that is shown was asked by. */
    ask: Ask;
    shape: Shaped | undefined;
    previous: Table | undefined;
    request: StatementRequest;
}

export function useChart(view: View, relation: Relation): ChartState {
    const ask = askOf(view, relation);
    const sql = statementOf(ask);
    const request = { sql, scope: scope.value, max_rows: MOST_ROWS };
    const state = useAnswer(request);
    useFilterProblem(state);
    const asks = useRef(new Map<string, Ask>());
    asks.current.set(sql, ask);
    const shownAsk = asks.current.get(state.asked?.sql ?? sql) ?? ask;

    // Sums of different measures would be laid over as one.
    const isOne = (specOf(ask).y?.length ?? 0) === 1;
    const canCompare = (view.byTime || view.fields.length === 0) && !view.isMirrored && isOne;
    const compares = comparesPrevious.value && canCompare;
    const before = useAnswer(compares ? { ...request, scope: previousScope.value } : undefined);
    const fits = compares && before.asked?.sql === state.asked?.sql && follows(before.asked?.scope, state.asked?.scope);
    const key = JSON.stringify([shownAsk.fields, shownAsk.chart, shownAsk.byTime, shownAsk.direction]);
    const { answer } = state;
    const shape = useMemo(
        () => answer && shaped(answer, shownAsk),
        // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all of the ask that matters
        [answer, key],
    );
    const previous = useMemo(
        () => (fits && before.answer ? shaped(before.answer, shownAsk).table : undefined),
        // eslint-disable-next-line react-hooks/exhaustive-deps -- as above
        [before.answer, fits, key],
    );
    return { state, ask: shownAsk, shape, previous, request };
}

function follows(before: Scope | undefined, after: Scope | undefined): boolean {
    return before !== undefined && before.to === after?.from;
}

/** The filter line's own mistake is said at the line. */
function useFilterProblem(state: AnswerState): void {
    const { problem, answer, isLoading } = state;
    useEffect(() => {
        if (isLoading) return;
        if (problem && isOfFilter(problem)) filterProblem.value = { line: filterLine.peek(), problem };
        else if (answer) filterProblem.value = undefined;
    }, [problem, answer, isLoading]);
}
