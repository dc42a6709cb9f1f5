/** Which columns of an answer can be filtered by: the fields of the log tables, and columns of views that are one of them. */
import { catalog, type Catalog } from '../api/catalog';
import type { Cell } from '../api/table';
import type { PickedValue } from '../charts/built';
import { plainText } from '../format/cell';

/** Columns of logs.flow and logs.trail that have another name below. */
const names = new Map<string, string>([
    ['event_name', 'eventname'],
    ['source_address', 'sourceipaddress'],
    ['user_agent', 'useragent'],
    ['error_code', 'errorcode'],
    ['error_message', 'errormessage'],
    ['event_type', 'eventtype'],
    ['event_category', 'eventcategory'],
    ['protocol_name', 'protocol'],
    ['event_id', 'eventid'],
]);

export interface FilterValue {
    field: string;
    value: Cell;
}

function isField(name: string, known: Catalog | undefined): boolean {
    if (name === 'addr' || name === 'port') return true;
    const tables = known?.relations.filter((relation) => relation.schema === 'logs' && relation.kind === 'table') ?? [];
    return tables.some((table) => table.columns.some((column) => column.name === name));
}

/** The field and value to filter by, or undefined where the filter line could not say it. */
export function filterValue(picked: PickedValue, known: Catalog | undefined = catalog.value): FilterValue | undefined {
    const { column, cell } = picked;
    if (column.kind === 'time' || column.kind === 'date' || column.kind === 'other') return undefined;
    const name = column.name.toLowerCase();
    // A view says `s3` where the event says `s3.amazonaws.com`.
    if (name === 'service' && cell !== null) return { field: 'eventsource', value: `${plainText(cell)}.amazonaws.com` };
    const field = isField(name, known) ? name : names.get(name);
    return field !== undefined && isField(field, known) ? { field, value: cell } : undefined;
}
