/** Any aggregate of any field, found by typing. */
import { useState } from 'preact/hooks';
import type { Relation } from '../../api/catalog';
import { matching } from '../../commands/registry';
import { Opener } from '../../components/Menu';
import { type Anchor, Popover } from '../../components/Popover';
import { shortened } from '../../format/cell';
import { messages } from '../../messages';
import { changeView } from './state/explored';
import { aggregatesOf, type Measure, sameMeasure, writeMeasure } from './state/measure';
import type { View } from './state/view';

export function AddMeasure({ view, relation }: { view: View; relation: Relation }) {
    const text = messages.value.explore;
    return (
        <Opener label={text.addMeasure} icon="plus" kind="quiet" class="measure-add">
            {(anchor, close) => <MeasureBox anchor={anchor} view={view} relation={relation} onClose={close} />}
        </Opener>
    );
}

interface MeasureBoxProps {
    anchor: Anchor;
    view: View;
    relation: Relation;
    onClose: () => void;
}

function MeasureBox({ anchor, view, relation, onClose }: MeasureBoxProps) {
    const text = messages.value.explore;
    const [typed, setTyped] = useState('');
    const all = relation.columns.flatMap((column) =>
        aggregatesOf(column).map((kind) => ({
            measure: { kind, field: column.name } as const,
            text: `${text.aggregate[kind]}: ${column.name}`,
        })),
    );
    const found = matching(
        all.map(({ measure, text: name }) => ({ id: writeMeasure(measure), text: name, run: () => add(measure) })),
        typed,
    );
    const add = (measure: Measure) => {
        onClose();
        changeView({ measures: [measure, ...view.measures.filter((one) => !sameMeasure(one, measure))] });
    };
    return (
        <Popover anchor={anchor} label={text.addMeasure} onClose={onClose}>
            <div class="pick-box">
                <form
                    onSubmit={(event) => {
                        event.preventDefault();
                        found[0]?.run();
                    }}
                >
                    <input
                        class="input"
                        aria-label={text.findMeasure}
                        placeholder={text.findMeasure}
                        value={typed}
                        autocomplete="off"
                        spellcheck={false}
                        onInput={(event) => setTyped(event.currentTarget.value)}
                    />
                </form>
                <div class="menu pick-list">
                    {found.map((one) => (
                        <button key={one.id} type="button" class="menu-item" onClick={one.run}>
                            <span class="menu-text">{shortened(one.text, 100)}</span>
                        </button>
                    ))}
                    {found.length === 0 && <p class="menu-heading">{text.noMeasure}</p>}
                </div>
            </div>
        </Popover>
    );
}
