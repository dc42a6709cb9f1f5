/** A tile while it is put together. */
import type { TileDefinition } from '../../../api/dashboards';
import type { Table } from '../../../api/table';
import { chooseChart } from '../../../charts/choose';
import type { ChartKind } from '../../../charts/spec';
import type { LocalText } from '../../../messages';

export type TileDraft = Omit<TileDefinition, 'at' | 'id'>;

export function draftOf(tile: TileDefinition | undefined): TileDraft {
    if (!tile) return { title: '', sql: '', chart: 'table' };
    const { at: _at, id: _id, ...draft } = tile;
    return draft;
}

/** Sets a part, or takes it out: what is automatic is not in the definition. */
export function withPart<K extends keyof TileDraft>(
    draft: TileDraft,
    key: K,
    value: TileDraft[K] | undefined,
): TileDraft {
    const { [key]: _old, ...rest } = draft;
    return (value === undefined ? rest : { ...rest, [key]: value }) as TileDraft;
}

/** The chart to show: what was chosen, or what fits the answer. */
export function chartOf(chosen: ChartKind | undefined, answer: Table | undefined): ChartKind {
    return chosen ?? (answer ? chooseChart(answer) : 'table');
}

/** A title for who gave none: what is measured, by what. */
export function titleFor(answer: Table | undefined): string {
    if (!answer) return '';
    const measures = answer.columns.filter((column) => column.kind === 'number').map((column) => column.name);
    const names = answer.columns.filter((column) => column.kind !== 'number').map((column) => column.name);
    return [measures.slice(0, 2).join(', '), names.slice(0, 2).join(', ')].filter(Boolean).join(' · ');
}

export function hasTitle(title: LocalText): boolean {
    return typeof title === 'string' ? title.trim() !== '' : Object.values(title).some((text) => text.trim() !== '');
}
