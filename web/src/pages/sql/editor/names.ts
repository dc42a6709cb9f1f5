/** Names to things: which relation a path means, what is in a structure. */
import type { Catalog, Relation } from '../../../api/catalog';
import type { Column } from '../../../api/table';

export interface Field {
    name: string;
    type: string;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export function bareName(relation: Relation): string {
    return relation.name.split('.').at(-1) ?? relation.name;
}

/** `flow`, `logs.flow` and `flowtrail.logs.flow` mean the same. */
export function relationOf(catalog: Catalog, path: string[]): Relation | undefined {
    return catalog.relations.find((relation) => {
        const whole = [relation.database, relation.schema, bareName(relation)];
        const end = whole.slice(-path.length);
        return path.length <= whole.length && path.every((part, at) => same(part, end[at] ?? ''));
    });
}

export function schemasOf(catalog: Catalog, database?: string): string[] {
    const mine = catalog.relations.filter((one) => database === undefined || same(one.database, database));
    return [...new Set(mine.map((relation) => relation.schema))].sort();
}

export function relationsIn(catalog: Catalog, schema: string): Relation[] {
    return catalog.relations.filter((relation) => same(relation.schema, schema));
}

/** The fields of `Struct("a": Utf8, "b": Struct("c": Int64))`, of the outermost one, within lists as well. */
export function fieldsOf(type: string): Field[] {
    const open = /^(?:(?:Large)?List\()?Struct\(/.exec(type);
    if (!open) return [];
    const fields: Field[] = [];
    let depth = 1;
    let start = open[0].length;
    const add = (end: number) => {
        const field = /^\s*"((?:[^"]|"")*)":\s*([\s\S]+)$/.exec(type.slice(start, end));
        if (field?.[1] !== undefined && field[2] !== undefined) fields.push({ name: field[1], type: field[2] });
        start = end + 1;
    };
    for (let at = start; at < type.length && depth > 0; at += 1) {
        const char = type[at];
        if (char === '"') at = Math.max(at, type.indexOf('"', at + 1));
        else if (char === '(') depth += 1;
        else if (char === ')') {
            depth -= 1;
            if (depth === 0) add(at);
        } else if (char === ',' && depth === 1) add(at);
    }
    return fields;
}

export function fieldsAt(columns: Column[], path: string[]): Field[] {
    const [first, ...rest] = path;
    if (first === undefined) return columns;
    let found: Field | undefined = columns.find((column) => same(column.name, first));
    for (const part of rest) found = found && fieldsOf(found.type).find((field) => same(field.name, part));
    return found ? fieldsOf(found.type) : [];
}

/** A type as people say it, not as Arrow writes it: what fits beside a name. */
export function shortType(type: string): string {
    if (type.startsWith('Struct(')) return 'struct';
    if (/^(Large)?List\(/.test(type)) return 'list';
    if (type.startsWith('Timestamp')) return 'timestamp';
    const plain = /^\w+/.exec(type)?.[0] ?? type;
    const names: Record<string, string> = {
        Utf8: 'text',
        Utf8View: 'text',
        LargeUtf8: 'text',
        Int32: 'int',
        Int64: 'bigint',
        Float64: 'double',
        Date32: 'date',
        Boolean: 'boolean',
        Decimal128: 'decimal',
    };
    return names[plain] ?? plain.toLowerCase();
}
