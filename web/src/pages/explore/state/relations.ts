/** What Explore knows of the relations of the catalog: their whole names, their time, what to begin with. */
import type { Catalog, Relation } from '../../../api/catalog';
import type { Column } from '../../../api/table';

/** Names for either end of a flow; the filter line knows them too. */
export const EITHER_END = new Map([
    ['addr', ['srcaddr', 'dstaddr']],
    ['port', ['srcport', 'dstport']],
]);

export function wholeName(relation: Relation): string {
    return relation.name.includes('.') ? relation.name : `${relation.schema}.${relation.name}`;
}

export function findRelation(known: Catalog | undefined, name: string): Relation | undefined {
    return known?.relations.find((relation) => wholeName(relation) === name);
}

/** The views over the logs first: they are what people mean. */
export function orderedRelations(known: Catalog | undefined): Relation[] {
    const place = (relation: Relation) => {
        const at = ['logs.flow', 'logs.trail'].indexOf(wholeName(relation));
        return at >= 0 ? at : relation.schema === 'logs' ? 2 : relation.schema === 'system' ? 4 : 3;
    };
    return [...(known?.relations ?? [])].sort(
        (a, b) => place(a) - place(b) || wholeName(a).localeCompare(wholeName(b)),
    );
}

/** Columns that say when something was, the surest first; as the server chooses what to restrict by time. */
const TIMES = ['start_time', 'event_time', 'eventtime', 'loaded_at', 'time', 'timestamp'];

export interface TimeColumn {
    column: Column;
    /** Seconds since 1970 instead of a time. */
    isSeconds: boolean;
}

export function timeColumn(relation: Relation): TimeColumn | undefined {
    const times = relation.columns.filter((column) => column.kind === 'time');
    const named = TIMES.map((name) => times.find((column) => column.name === name)).find((one) => one !== undefined);
    const column = named ?? times[0];
    if (column) return { column, isSeconds: false };
    const start = relation.columns.find((one) => one.name === 'start' && one.kind === 'number');
    return start && { column: start, isSeconds: true };
}

/** The column a field is, or that either end has. */
export function fieldColumn(relation: Relation, field: string): Column | undefined {
    const exact = relation.columns.find((column) => column.name === field);
    if (exact) return exact;
    const [first] = EITHER_END.get(field) ?? [];
    const either = first && relation.columns.find((column) => column.name === first);
    return either ? { ...either, name: field } : undefined;
}

/** The filter line's `addr` also means where a call came from. */
const SOURCES = ['source_address', 'sourceipaddress'];

export function canFilterBy(relation: Relation, field: string): boolean {
    if (fieldColumn(relation, field)) return true;
    return field === 'addr' && relation.columns.some((column) => SOURCES.includes(column.name));
}

/** What records can be grouped by: not what holds several values in one. */
export function groupFields(relation: Relation): Column[] {
    const either = [...EITHER_END.keys()].map((field) => fieldColumn(relation, field));
    const time = timeColumn(relation)?.column.name;
    const own = relation.columns.filter((column) => column.kind !== 'other' && column.name !== time);
    return [...own, ...either.filter((column) => column !== undefined)];
}

/** The column that tells what came in from what went out, and its two values. */
export interface Direction {
    field: string;
    inward: string;
    outward: string;
}

export function directionOf(relation: Relation): Direction | undefined {
    const has = (name: string) => relation.columns.some((column) => column.name === name);
    if (has('direction')) return { field: 'direction', inward: 'inbound', outward: 'outbound' };
    if (has('flow_direction')) return { field: 'flow_direction', inward: 'ingress', outward: 'egress' };
    return undefined;
}
