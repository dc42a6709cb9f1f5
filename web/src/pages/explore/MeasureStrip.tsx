/** The measures with their totals over everything that is filtered; the chosen ones are what the chart is of. */
import type { Relation } from '../../api/catalog';
import type { Table } from '../../api/table';
import { type AnswerState, useAnswer } from '../../api/useAnswer';
import { changeOf } from '../../charts/NumberFigure';
import { shortened, toNumber } from '../../format/cell';
import { formatChange } from '../../format/number';
import { formatLong, formatShort } from '../../format/unit';
import { messages } from '../../messages';
import { comparesPrevious, previousScope, scope } from '../../state/scope';
import { AddMeasure } from './AddMeasure';
import './measures.css';
import { beginningOf } from './state/beginnings';
import { changeView } from './state/explored';
import {
    aliasOf,
    type Measure,
    measureName,
    readMeasure,
    sameMeasure,
    unitOfMeasure,
    writeMeasure,
} from './state/measure';
import type { View } from './state/view';
import { totalsStatement } from './statement/ask';

export function MeasureStrip({ view, relation }: { view: View; relation: Relation }) {
    const text = messages.value.explore;
    const usual = beginningOf(relation).measures.map((one) => readMeasure(one, relation));
    const more = view.measures.filter((one) => !usual.some((other) => sameMeasure(one, other)));
    const all = [...usual, ...more];
    const sql = totalsStatement(relation, all);
    const state = useAnswer({ sql, scope: scope.value });
    const before = useAnswer(comparesPrevious.value ? { sql, scope: previousScope.value } : undefined);
    const compared = comparesPrevious.value && before.asked?.scope?.to === state.asked?.scope?.from;
    return (
        <div class="measures" role="group" aria-label={text.measures} aria-busy={state.isLoading}>
            {all.map((measure) => (
                <MeasureButton
                    key={writeMeasure(measure)}
                    measure={measure}
                    view={view}
                    state={state}
                    before={compared ? before.answer : undefined}
                />
            ))}
            <AddMeasure view={view} relation={relation} />
        </div>
    );
}

interface MeasureButtonProps {
    measure: Measure;
    view: View;
    state: AnswerState;
    before: Table | undefined;
}

function valueIn(table: Table | undefined, measure: Measure): number | undefined {
    const at = table?.columns.findIndex((column) => column.name === aliasOf(measure)) ?? -1;
    // A sum over no rows is NULL; what it says is zero.
    return at < 0 ? undefined : (toNumber(table?.rows[0]?.[at]) ?? 0);
}

function MeasureButton({ measure, view, state, before }: MeasureButtonProps) {
    const value = valueIn(state.answer, measure);
    const past = valueIn(before, measure);
    const unit = unitOfMeasure(measure);
    const isChosen = view.measures.some((one) => sameMeasure(one, measure));
    const choose = (beside: boolean) => {
        const others = view.measures.filter((one) => !sameMeasure(one, measure));
        if (!beside) changeView({ measures: [measure] });
        else if (!isChosen) changeView({ measures: [...others, measure] });
        else if (others.length > 0) changeView({ measures: others });
    };
    return (
        <button
            type="button"
            class="measure"
            aria-pressed={isChosen}
            title={messages.value.explore.measureHint}
            onClick={(event) => choose(event.ctrlKey || event.metaKey || event.shiftKey)}
        >
            <span class="measure-name">{shortened(measureName(measure), 60)}</span>
            <span class="measure-value" title={value === undefined ? undefined : formatLong(value, unit)}>
                {value === undefined ? '–' : formatShort(value, unit)}
            </span>
            {value !== undefined && past !== undefined && <Change now={value} before={past} />}
        </button>
    );
}

function Change({ now, before }: { now: number; before: number }) {
    const text = messages.value.chart;
    const change = changeOf(now, before);
    if (change === undefined) return <span class="measure-change">{text.noPrevious}</span>;
    return (
        <span class="measure-change" title={text.change(formatChange(change))}>
            <span aria-hidden="true">{change > 0 ? '▲' : change < 0 ? '▼' : '='} </span>
            {formatChange(change)}
        </span>
    );
}
