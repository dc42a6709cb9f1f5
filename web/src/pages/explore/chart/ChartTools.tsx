/** What the chart is of: over time or not, by which fields, how many; and which chart it is. */
import type { Relation } from '../../../api/catalog';
import type { StatementRequest } from '../../../api/statements';
import type { Picture } from '../../../charts/Plot';
import type { ChartKind } from '../../../charts/spec';
import { Button } from '../../../components/Button';
import { Menu, Opener } from '../../../components/Menu';
import { shortened } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { FieldPicker } from '../FieldPicker';
import { changeView } from '../state/explored';
import { directionOf, groupFields, timeColumn } from '../state/relations';
import { tops, type View } from '../state/view';
import { chartsFor, fittingChart } from './chartChoice';
import { ChartActions } from './ChartActions';

export interface ChartToolsProps {
    view: View;
    relation: Relation;
    request: StatementRequest;
    picture: Picture | undefined;
    title: string;
}

export function ChartTools(props: ChartToolsProps) {
    const { view, relation } = props;
    const text = messages.value.explore;
    const direction = directionOf(relation);
    return (
        <div class="chart-tools">
            {timeColumn(relation) && (
                <Button
                    icon="clock"
                    isPressed={view.byTime}
                    onClick={() => changeView({ byTime: !view.byTime, isMirrored: false })}
                >
                    {text.overTime}
                </Button>
            )}
            <Fields view={view} relation={relation} />
            {view.fields.length > 0 && <TopPicker view={view} />}
            <div class="chart-tools-end">
                {direction && view.byTime && (
                    <Button
                        icon="mirrored"
                        label={text.directions}
                        isPressed={view.isMirrored}
                        onClick={() => changeView({ isMirrored: !view.isMirrored })}
                    />
                )}
                <ChartPicker view={view} />
                <ChartActions {...props} />
            </div>
        </div>
    );
}

function Fields({ view, relation }: { view: View; relation: Relation }) {
    const text = messages.value.explore;
    const { fields } = view;
    const choices = groupFields(relation);
    const put = (at: number, name: string) => {
        const other = fields.filter((field, place) => place !== at && field !== name);
        changeView({ fields: [...other.slice(0, at), name, ...other.slice(at)] });
    };
    return (
        <div class="chart-fields" role="group" aria-label={text.by}>
            <span class="note">{text.by}</span>
            {fields.map((field, at) => (
                <span class="chart-field" key={at}>
                    <FieldPicker
                        label={text.findField}
                        text={shortened(field, 40)}
                        choices={choices}
                        chosen={[field]}
                        onChoose={(name) => put(at, name)}
                    />
                    <Button
                        icon="close"
                        kind="quiet"
                        isSmall
                        label={text.removeField(shortened(field, 60))}
                        onClick={() => changeView({ fields: fields.filter((one) => one !== field) })}
                    />
                </span>
            ))}
            {fields.length === 2 && (
                <Button
                    icon="swap"
                    kind="quiet"
                    label={text.swapFields}
                    onClick={() => changeView({ fields: [...fields].reverse() })}
                />
            )}
            {fields.length < 2 && (
                <FieldPicker
                    label={text.findField}
                    text={text.addField}
                    icon="plus"
                    choices={choices.filter((column) => !fields.includes(column.name))}
                    chosen={[]}
                    onChoose={(name) => put(fields.length, name)}
                />
            )}
        </div>
    );
}

function TopPicker({ view }: { view: View }) {
    const text = messages.value.explore;
    return (
        <Opener label={text.topLabel} text={text.top(formatFull(view.top))} kind="quiet" hasArrow>
            {(anchor, close) => (
                <Menu
                    anchor={anchor}
                    label={text.topLabel}
                    onClose={close}
                    entries={[
                        ...tops.map((top) => ({
                            text: text.top(formatFull(top)),
                            isChosen: top === view.top,
                            onChoose: () => changeView({ top }),
                        })),
                        'rule',
                        {
                            text: text.withRest,
                            isChosen: !view.isWithoutRest,
                            onChoose: () => changeView({ isWithoutRest: !view.isWithoutRest }),
                        },
                    ]}
                />
            )}
        </Opener>
    );
}

function ChartPicker({ view }: { view: View }) {
    const { explore: text, chart } = messages.value;
    const possible = chartsFor(view);
    const shown = fittingChart(view, view.chart);
    const fits = possible[0] ?? 'table';
    const name = (kind: ChartKind) => (kind === fits ? text.automatic(chart.kind[kind]) : chart.kind[kind]);
    return (
        <Opener label={text.chart} icon={shown} text={chart.kind[shown]} hasArrow>
            {(anchor, close) => (
                <Menu
                    anchor={anchor}
                    label={text.chart}
                    onClose={close}
                    entries={possible.map((kind) => ({
                        text: name(kind),
                        icon: kind,
                        isChosen: kind === shown,
                        // What fits needs no word in the address, and changes with what is asked.
                        onChoose: () => changeView({ chart: kind === fits ? undefined : kind }),
                    }))}
                />
            )}
        </Opener>
    );
}
