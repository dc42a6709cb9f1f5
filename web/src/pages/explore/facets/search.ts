/** Looking for values of a field, as a part of the filter line. */
import type { Column } from '../../../api/table';
import { quoted } from '../../../filter/line';

/** Undefined: nothing is looked for that this field could have. */
export function searchTerm(column: Column, typed: string): string | undefined {
    if (typed === '') return undefined;
    const field = quoted(column.name);
    if (column.kind === 'text') {
        // Part of an address block means the block; anything else is a part of the value.
        return /\/\d{1,3}$/.test(typed) ? `${field} in ${quoted(typed)}` : `${field} like ${quoted(`%${typed}%`)}`;
    }
    if (column.kind === 'number' && /^\d+(-\d+)?$/.test(typed)) return `${field} in ${typed}`;
    if (column.kind === 'boolean' && /^(true|false)$/i.test(typed)) return `${field} = ${typed}`;
    return undefined;
}
