/** The chart, with what it is of above it and what can be done with it. */
import { useState } from 'preact/hooks';
import type { Relation } from '../../../api/catalog';
import type { Cell } from '../../../api/table';
import type { PickedValue } from '../../../charts/built';
import { Chart } from '../../../charts/Chart';
import type { Picture, Point } from '../../../charts/Plot';
import { REST } from '../../../charts/rest';
import { useSpec } from '../../../charts/useSpec';
import { Icon } from '../../../components/Icon';
import { ProblemText } from '../../../components/ProblemText';
import { shortened } from '../../../format/cell';
import { formatMilliseconds } from '../../../format/duration';
import { formatBytes, formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { isOfFilter } from '../../../scope/FilterLine';
import { chooseRange, zone } from '../../../state/scope';
import { brushed } from '../../../time/range';
import { ProgressLine } from '../ProgressLine';
import { measureName } from '../state/measure';
import { fieldColumn } from '../state/relations';
import type { View } from '../state/view';
import type { Ask } from '../statement/ask';
import { ValueMenu } from '../ValueMenu';
import './chart.css';
import { ChartTools } from './ChartTools';
import { pairName } from './shape';
import { type ChartState, specOf, useChart } from './useChart';

export function titleOf(ask: Pick<Ask, 'measures' | 'fields' | 'byTime'>): string {
    const text = messages.value.explore;
    const measures = ask.measures.map(measureName).join(', ');
    const title = text.title(measures, ask.fields.join(' · '));
    return ask.byTime ? text.titleOverTime(title) : title;
}

export function ChartCard({ view, relation }: { view: View; relation: Relation }) {
    const chart = useChart(view, relation);
    const [picture, setPicture] = useState<Picture>();
    const { state, ask } = chart;
    const title = titleOf(ask);
    return (
        <section class="explore-card" aria-label={title} aria-busy={state.isLoading}>
            <ChartTools view={view} relation={relation} request={chart.request} picture={picture} title={title} />
            <ProgressLine state={state} />
            <div class={state.isLoading && state.answer ? 'explore-chart is-old' : 'explore-chart'}>
                <ChartBody chart={chart} relation={relation} title={title} onPicture={setPicture} />
            </div>
            <ChartFoot chart={chart} />
        </section>
    );
}

interface ChartBodyProps {
    chart: ChartState;
    relation: Relation;
    title: string;
    onPicture: (picture: Picture | undefined) => void;
}

function ChartBody({ chart, relation, title, onPicture }: ChartBodyProps) {
    const [picked, setPicked] = useState<{ values: PickedValue[]; at: Point }>();
    const { state, ask, shape, previous } = chart;
    const spec = useSpec(specOf(ask));
    const { problem, asked } = state;
    if (problem) {
        return isOfFilter(problem) ? (
            <p class="chart-notice">{messages.value.explore.filterMistake}</p>
        ) : (
            <div class="explore-problem">
                <ProblemText problem={problem} />
            </div>
        );
    }
    if (!shape) return <div class="explore-waiting" aria-hidden="true" />;
    const scope = asked?.scope;
    return (
        <>
            <Chart
                spec={spec}
                table={shape.table}
                previous={previous}
                below={shape.below}
                title={title}
                zone={scope?.time_zone ?? zone.value}
                span={scope && { from: scope.from, to: scope.to }}
                granularity={scope?.granularity}
                onPick={(values, at) => {
                    const found = pickedValues(values, ask, relation, shape.pairs);
                    if (found.length > 0) setPicked({ values: found, at });
                }}
                onBrush={(from, to) => chooseRange(brushed(from, to))}
                onPicture={onPicture}
            />
            {picked && (
                <ValueMenu
                    relation={relation}
                    values={picked.values}
                    at={picked.at}
                    onClose={() => setPicked(undefined)}
                />
            )}
        </>
    );
}

/** The values of fields behind what was clicked; the rest is none. */
function pickedValues(
    values: PickedValue[],
    ask: Ask,
    relation: Relation,
    pairs: ReadonlyMap<string, Cell[]>,
): PickedValue[] {
    const pair = pairName(ask.fields);
    return values.flatMap(({ column, cell }) => {
        if (cell === REST) return [];
        const cells = column.name === pair && typeof cell === 'string' ? pairs.get(cell) : undefined;
        const named = cells
            ? ask.fields.map((field, at) => ({ field, cell: cells[at] ?? null }))
            : [{ field: column.name, cell }];
        return named.flatMap(({ field, cell: value }) => {
            const found = fieldColumn(relation, field);
            return found && value !== REST ? [{ column: found, cell: value }] : [];
        });
    });
}

/** What it cost, and what does not reach the table. */
function ChartFoot({ chart }: { chart: ChartState }) {
    const { answer } = chart.state;
    const text = messages.value;
    const lacking = answer?.restriction?.unrestricted.map((one) => one.relation) ?? [];
    return (
        <footer class="explore-foot note">
            {lacking.length > 0 && (
                <span class="explore-warning">
                    <Icon name="warning" />
                    {text.explore.unrestricted(shortened(lacking.join(', '), 200))}
                </span>
            )}
            {answer?.figures && (
                <span>
                    {text.tile.figures(
                        formatFull(answer.rows.length),
                        formatBytes(answer.figures.bytes_scanned),
                        formatMilliseconds(answer.figures.elapsed_ms),
                    )}
                </span>
            )}
        </footer>
    );
}
