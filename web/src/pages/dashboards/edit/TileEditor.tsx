/** Adding a tile, or changing one: statement on the left, picture and its options on the right. */
import { useState } from 'preact/hooks';
import type { TileDefinition } from '../../../api/dashboards';
import { useAnswer } from '../../../api/useAnswer';
import { Chart } from '../../../charts/Chart';
import { type ChartKind, chartKinds } from '../../../charts/spec';
import { useSpec } from '../../../charts/useSpec';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { Icon } from '../../../components/Icon';
import { ProblemText } from '../../../components/ProblemText';
import { formatMilliseconds } from '../../../format/duration';
import { formatBytes, formatFull } from '../../../format/number';
import { localText, messages } from '../../../messages';
import { scope, zone } from '../../../state/scope';
import { freeId } from '../store';
import { requestOf } from '../tile/useTile';
import { askToDiscard } from './askToDiscard';
import './editor.css';
import { LocalTextField } from './LocalTextField';
import { chartOf, draftOf, hasTitle, type TileDraft, titleFor, withPart } from './tileDraft';
import { TileOptions } from './TileOptions';

export interface TileEditorProps {
    /** Absent: a new one. */
    tile?: TileDefinition;
    tiles: TileDefinition[];
    onKeep: (tile: TileDefinition) => void;
    onClose: () => void;
}

const nowhere = { x: 0, y: 0, width: 6, height: 8 };

export function TileEditor({ tile, tiles, onKeep, onClose }: TileEditorProps) {
    const text = messages.value.editor;
    const [draft, setDraft] = useState<TileDraft>(draftOf(tile));
    const [chosen, setChosen] = useState<ChartKind | undefined>(tile?.chart);
    const [asked, setAsked] = useState(tile?.sql ?? '');
    const [time] = useState(scope.value);
    const state = useAnswer(
        asked.trim() === '' ? undefined : requestOf({ ...draft, sql: asked, id: '', at: nowhere }, time),
    );
    const chart = chartOf(chosen, state.answer);
    const spec = useSpec({ ...draft, chart });
    const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(tile));
    const preview = () => setAsked(draft.sql);
    const keep = () => {
        const title = hasTitle(draft.title) ? draft.title : titleFor(state.answer) || text.untitled;
        onKeep({ ...draft, chart, title, id: tile?.id ?? freeId(localText(title), tiles), at: tile?.at ?? nowhere });
    };
    return (
        <Dialog
            title={tile ? text.edit : text.add}
            size="large"
            onClose={onClose}
            mayClose={() => !isChanged || askToDiscard()}
            footer={
                <>
                    <Button onClick={onClose}>{messages.value.action.cancel}</Button>
                    <Button kind="primary" isDisabled={draft.sql.trim() === ''} onClick={keep}>
                        {tile ? text.keep : text.put}
                    </Button>
                </>
            }
        >
            <div class="editor">
                <div class="editor-statement">
                    <label class="field editor-sql">
                        <span>{text.sql}</span>
                        <textarea
                            class="input mono"
                            autofocus
                            spellcheck={false}
                            autocapitalize="off"
                            value={draft.sql}
                            onInput={(event) => setDraft(withPart(draft, 'sql', event.currentTarget.value))}
                            onKeyDown={(event) => {
                                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) preview();
                            }}
                        />
                        <span>{text.sqlHint}</span>
                    </label>
                    <div class="editor-run">
                        <Button icon="right" label={text.runKey} isDisabled={draft.sql.trim() === ''} onClick={preview}>
                            {text.run}
                        </Button>
                        <span class="note" role="status">
                            {state.isLoading && asked !== '' ? messages.value.tile.running : ''}
                            {!state.isLoading && state.answer?.figures
                                ? messages.value.tile.figures(
                                      formatFull(state.answer.rows.length),
                                      formatBytes(state.answer.figures.bytes_scanned),
                                      formatMilliseconds(state.answer.figures.elapsed_ms),
                                  )
                                : ''}
                        </span>
                    </div>
                    <LocalTextField
                        name={text.title}
                        value={draft.title}
                        onChange={(title) => setDraft(withPart(draft, 'title', title))}
                    />
                </div>
                <div class="editor-picture">
                    <ChartChoice chart={chart} onChoose={setChosen} />
                    <div class="editor-preview">
                        {state.problem ? (
                            <ProblemText problem={state.problem} />
                        ) : state.answer ? (
                            <Chart
                                spec={spec}
                                table={state.answer}
                                title={localText(draft.title)}
                                zone={zone.value}
                                span={{ from: time.from, to: time.to }}
                                granularity={time.granularity}
                            />
                        ) : (
                            <p class="chart-notice">{text.previewEmpty}</p>
                        )}
                    </div>
                    <TileOptions
                        draft={{ ...draft, chart }}
                        answer={state.answer}
                        onChange={(next) => setDraft(withPart(next, 'chart', draft.chart))}
                    />
                </div>
            </div>
        </Dialog>
    );
}

function ChartChoice({ chart, onChoose }: { chart: ChartKind; onChoose: (chart: ChartKind) => void }) {
    const text = messages.value.chart;
    return (
        <div class="chart-choice" role="group" aria-label={messages.value.editor.chart}>
            {chartKinds.map((kind) => (
                <button
                    key={kind}
                    type="button"
                    class="button button-quiet button-icon"
                    aria-pressed={kind === chart}
                    aria-label={text.kind[kind]}
                    title={text.kind[kind]}
                    onClick={() => onChoose(kind)}
                >
                    <Icon name={kind} />
                </button>
            ))}
            <span class="note">{text.kind[chart]}</span>
        </div>
    );
}
