/** One tile: title, chart or table, what it is doing, and what went wrong. */
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { TileDefinition } from '../../../api/dashboards';
import type { PickedValue } from '../../../charts/built';
import { Chart } from '../../../charts/Chart';
import { useSpec } from '../../../charts/useSpec';
import type { Picture, Point } from '../../../charts/Plot';
import { Button } from '../../../components/Button';
import { Icon } from '../../../components/Icon';
import { Opener } from '../../../components/Menu';
import { ProblemText } from '../../../components/ProblemText';
import { shortened } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { localText, messages } from '../../../messages';
import { filterProblem, isOfFilter } from '../../../scope/FilterLine';
import { chooseRange, zone } from '../../../state/scope';
import { brushed } from '../../../time/range';
import { MissingFields } from './MissingFields';
import { TileReader } from './reader';
import './tile.css';
import { TileMenu } from './TileMenu';
import { type TileState, useSeen, useTile } from './useTile';
import { ValueMenu } from './ValueMenu';

export interface TileProps {
    tile: TileDefinition;
    grip?: ComponentChildren;
    missing?: string[] | undefined;
    onEdit?: (() => void) | undefined;
    onDuplicate?: (() => void) | undefined;
    onDelete?: (() => void) | undefined;
    /** Absent where the tile is large already. */
    onEnlarge?: (() => void) | undefined;
}

export function Tile({ tile, grip, missing, ...actions }: TileProps) {
    const text = messages.value.tile;
    const element = useRef<HTMLElement>(null);
    const isSeen = useSeen(element);
    const state = useTile(tile, isSeen);
    const [asTable, setAsTable] = useState(false);
    const [picture, setPicture] = useState<Picture>();
    const title = shortened(localText(tile.title), 200);
    useFilterProblem(state);
    const canBeTable = tile.chart !== 'table' && state.answer !== undefined && !missing;
    return (
        <section class="tile" ref={element} aria-label={title} aria-busy={state.isLoading}>
            <header class="tile-head">
                {grip}
                <h2 title={tile.description ? shortened(localText(tile.description), 500) : title}>{title}</h2>
                <Unrestricted state={state} />
                <div class="tile-tools">
                    {canBeTable && (
                        <Button
                            icon={asTable ? (tile.chart === 'table' ? 'table' : tile.chart) : 'table'}
                            kind="quiet"
                            isSmall
                            label={asTable ? text.asChart : text.asTable}
                            isPressed={asTable}
                            onClick={() => setAsTable(!asTable)}
                        />
                    )}
                    <Opener label={text.menu(title)} icon="more" kind="quiet" isSmall>
                        {(anchor, close) => (
                            <TileMenu
                                anchor={anchor}
                                tile={tile}
                                state={state}
                                picture={asTable ? undefined : picture}
                                onClose={close}
                                {...actions}
                            />
                        )}
                    </Opener>
                </div>
            </header>
            <Progress state={state} />
            <div class={state.isLoading && state.answer ? 'tile-body is-old' : 'tile-body'}>
                {missing && tile.needs ? (
                    <MissingFields table={tile.needs.table} fields={missing} />
                ) : (
                    <Body
                        tile={asTable ? { ...tile, chart: 'table' } : tile}
                        state={state}
                        title={title}
                        onPicture={setPicture}
                    />
                )}
            </div>
        </section>
    );
}

/** The filter line's own mistake is said at the line. */
function useFilterProblem(state: TileState): void {
    const line = state.asked?.scope?.filter;
    useEffect(() => {
        if (state.problem && isOfFilter(state.problem)) {
            filterProblem.value = { line: lineOf(), problem: state.problem };
        } else if (state.answer && filterProblem.peek()?.line === (line ?? '')) {
            filterProblem.value = undefined;
        }
    }, [state.problem, state.answer, line]);
}

function lineOf(): string {
    return new URLSearchParams(window.location.search).get('filter') ?? '';
}

interface BodyProps {
    tile: TileDefinition;
    state: TileState;
    title: string;
    onPicture: (picture: Picture | undefined) => void;
}

function Body({ tile, state, title, onPicture }: BodyProps) {
    const [picked, setPicked] = useState<{ values: PickedValue[]; at: Point }>();
    const { answer, asked, problem } = state;
    const spec = useSpec(tile);
    const { isShared } = useContext(TileReader);
    if (problem && isShared) {
        // The words of a problem quote the statement, which is not for whoever has a link.
        return <p class="chart-notice">{messages.value.tile.failed}</p>;
    }
    if (problem) {
        return isOfFilter(problem) ? (
            <p class="chart-notice">{messages.value.filter.mistake}</p>
        ) : (
            <div class="tile-problem">
                <ProblemText problem={problem} />
            </div>
        );
    }
    if (!answer) return <div class="tile-waiting" aria-hidden="true" />;
    const scope = asked?.scope;
    return (
        <>
            <Chart
                spec={spec}
                table={answer}
                previous={state.previous}
                title={title}
                zone={scope?.time_zone ?? zone.value}
                span={scope && { from: scope.from, to: scope.to }}
                granularity={scope?.granularity}
                onPick={isShared ? undefined : (values, at) => setPicked({ values, at })}
                onBrush={(from, to) => chooseRange(brushed(from, to))}
                onPicture={onPicture}
            />
            {answer.isCut && spec.chart === 'table' && (
                <p class="note">{messages.value.chart.cut(formatFull(answer.rows.length))}</p>
            )}
            {picked && <ValueMenu tile={tile} {...picked} onClose={() => setPicked(undefined)} />}
        </>
    );
}

function Progress({ state }: { state: TileState }) {
    const { progress, isLoading } = state;
    const text = messages.value.tile;
    if (!isLoading) return <div class="tile-progress" />;
    const share = progress && progress.files_total > 0 ? progress.files_read / progress.files_total : undefined;
    return (
        <div
            class={share === undefined ? 'tile-progress is-running is-vague' : 'tile-progress is-running'}
            role="progressbar"
            aria-label={text.running}
            {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) })}
            title={progress && text.progress(formatFull(progress.files_read), formatFull(progress.files_total))}
        >
            <span style={{ width: `${String(Math.round((share ?? 0.3) * 100))}%` }} />
        </div>
    );
}

function Unrestricted({ state }: { state: TileState }) {
    const names = state.answer?.restriction?.unrestricted.map((one) => one.relation) ?? [];
    if (names.length === 0) return null;
    const said = messages.value.tile.unrestricted(shortened(names.join(', '), 200));
    return (
        <span class="tile-hint" role="img" title={said} aria-label={said}>
            <Icon name="info" />
        </span>
    );
}
