/** What is counted or summed, as the address says it: `records`, `sum:bytes`, `distinct:srcaddr`. */
import type { Relation } from '../../../api/catalog';
import type { Column } from '../../../api/table';
import { guessUnit, type Unit } from '../../../format/unit';
import { messages } from '../../../messages';
import { identifier } from '../statement/quoting';

export const aggregates = ['sum', 'distinct', 'avg', 'max', 'min', 'true'] as const;
export type Aggregate = (typeof aggregates)[number];

export type Measure = { kind: 'records' } | { kind: Aggregate; field: string };

export const RECORDS: Measure = { kind: 'records' };

/** Which aggregates a column can be given. */
export function aggregatesOf(column: Column): Aggregate[] {
    if (column.kind === 'number') return ['sum', 'avg', 'max', 'min', 'distinct'];
    if (column.kind === 'boolean') return ['true'];
    return column.kind === 'other' ? [] : ['distinct'];
}

export function writeMeasure(measure: Measure): string {
    return measure.kind === 'records' ? 'records' : `${measure.kind}:${measure.field}`;
}

/** A tile's link names columns of its statement: one that is a number of the relation is its sum, all else is records. */
export function readMeasure(text: string, relation: Relation): Measure {
    const [kind = '', ...rest] = text.split(':');
    const name = rest.length > 0 ? rest.join(':') : kind;
    const column = relation.columns.find((one) => one.name === name);
    if (!column) return RECORDS;
    const possible = aggregatesOf(column);
    const asked = rest.length > 0 ? possible.find((one) => one === kind) : undefined;
    const aggregate = asked ?? (rest.length === 0 && column.kind === 'number' ? 'sum' : undefined);
    return aggregate ? { kind: aggregate, field: name } : RECORDS;
}

export function sameMeasure(a: Measure, b: Measure): boolean {
    return writeMeasure(a) === writeMeasure(b);
}

/** The name of its column in the answer. */
export function aliasOf(measure: Measure): string {
    if (measure.kind === 'records') return 'records';
    return measure.kind === 'sum' ? measure.field : `${measure.kind}_${measure.field}`;
}

export function expressionOf(measure: Measure, column: (name: string) => string = identifier): string {
    if (measure.kind === 'records') return 'count(*)';
    const name = column(measure.field);
    switch (measure.kind) {
        case 'distinct':
            return `approx_distinct(${name})`;
        case 'true':
            return `count(*) filter (where ${name})`;
        case 'sum':
        case 'avg':
        case 'max':
        case 'min':
            return `${measure.kind}(${name})`;
    }
}

/** Whether the parts of a whole add up to it: only then may they be stacked. */
export function isAdditive(measure: Measure): boolean {
    return measure.kind === 'records' || measure.kind === 'sum' || measure.kind === 'true';
}

export function unitOfMeasure(measure: Measure): Unit {
    if (measure.kind === 'records' || measure.kind === 'distinct' || measure.kind === 'true') return 'count';
    return guessUnit(measure.field);
}

export function measureName(measure: Measure): string {
    const text = messages.value.explore.measure;
    if (measure.kind === 'records') return text.records;
    if (measure.kind === 'sum' && measure.field === 'bytes') return messages.value.unit.bytes;
    if (measure.kind === 'sum' && measure.field === 'packets') return messages.value.unit.packets;
    if (measure.kind === 'true' && measure.field === 'is_error') return text.errors;
    return text[measure.kind](measure.field);
}
