/** How a tile's rows become its picture: columns, order, unit. */
import type { Table } from '../../../api/table';
import { shortened } from '../../../format/cell';
import { units } from '../../../format/unit';
import { isOfPairs } from '../../../charts/spec';
import { messages } from '../../../messages';
import { type TileDraft, withPart } from './tileDraft';

export interface TileOptionsProps {
    draft: TileDraft;
    answer: Table | undefined;
    onChange: (draft: TileDraft) => void;
    /** False where there is no period before. */
    canCompare?: boolean;
}

export function TileOptions({ draft, answer, onChange, canCompare = true }: TileOptionsProps) {
    const text = messages.value.editor;
    const { chart } = draft;
    if (chart === 'table') return null;
    const columns = (answer?.columns ?? []).map((column) => ({ value: column.name, text: shortened(column.name, 80) }));
    const isFlow = chart === 'sankey' || chart === 'graph';
    const hasCategories = chart !== 'number';
    const isOrdered = ['bar', 'column', 'stacked_bar', 'stacked_column'].includes(chart);
    const set = <K extends keyof TileDraft>(key: K) => {
        return (value: string) => onChange(withPart(draft, key, value === '' ? undefined : (value as TileDraft[K])));
    };
    const automatic = { value: '', text: text.automatic };
    return (
        <div class="tile-options">
            {hasCategories && (
                <Choice
                    name={isFlow ? text.source : text.x}
                    value={draft.x}
                    choices={[automatic, ...columns]}
                    onChange={set('x')}
                />
            )}
            <Choice
                name={text.y}
                value={draft.y?.[0]}
                choices={[automatic, ...columns]}
                onChange={(value) => onChange(withPart(draft, 'y', value === '' ? undefined : [value]))}
            />
            {hasCategories && chart !== 'pie' && (
                <Choice
                    name={isFlow ? text.target : isOfPairs(chart) ? text.row : text.series}
                    value={draft.series}
                    choices={[automatic, ...columns]}
                    onChange={set('series')}
                />
            )}
            <Choice
                name={text.unit}
                value={draft.unit}
                choices={[automatic, ...units.map((unit) => ({ value: unit, text: messages.value.unit[unit] }))]}
                onChange={set('unit')}
            />
            {isOrdered && (
                <>
                    <Choice
                        name={text.order}
                        value={draft.order ?? 'none'}
                        choices={(['none', 'value', 'name'] as const).map((order) => ({
                            value: order,
                            text: text.orderBy[order],
                        }))}
                        onChange={(value) => set('order')(value === 'none' ? '' : value)}
                    />
                    {draft.order && draft.order !== 'none' && (
                        <Choice
                            name={text.direction}
                            value={draft.direction ?? (draft.order === 'value' ? 'descending' : 'ascending')}
                            choices={(['descending', 'ascending'] as const).map((way) => ({
                                value: way,
                                text: text[way],
                            }))}
                            onChange={set('direction')}
                        />
                    )}
                </>
            )}
            {canCompare && !isOfPairs(chart) && chart !== 'pie' && chart !== 'bar' && chart !== 'stacked_bar' && (
                <label class="tile-option-check">
                    <input
                        type="checkbox"
                        checked={draft.compare === 'previous'}
                        onChange={(event) =>
                            onChange(withPart(draft, 'compare', event.currentTarget.checked ? 'previous' : undefined))
                        }
                    />
                    {text.compare}
                </label>
            )}
        </div>
    );
}

interface ChoiceProps {
    name: string;
    value: string | undefined;
    choices: { value: string; text: string }[];
    onChange: (value: string) => void;
}

function Choice({ name, value, choices, onChange }: ChoiceProps) {
    // A column that the answer no longer has is still what the tile says.
    const all =
        value && !choices.some((choice) => choice.value === value) ? [...choices, { value, text: value }] : choices;
    return (
        <label class="field">
            <span>{name}</span>
            <select class="input" value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)}>
                {all.map((choice) => (
                    <option key={choice.value} value={choice.value}>
                        {choice.text}
                    </option>
                ))}
            </select>
        </label>
    );
}
