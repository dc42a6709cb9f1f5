/** The view of this moment, and changing it. */
import { computed } from '@preact/signals';
import { catalog, type Relation } from '../../../api/catalog';
import { readCondition, type Condition } from '../../../filter/condition';
import { partsOf } from '../../../filter/line';
import { choose, query } from '../../../state/location';
import { filterLine } from '../../../state/scope';
import { canFilterBy, findRelation } from './relations';
import { forgotten, readView, tableIn, type View, writeView } from './view';

export const table = computed(() => tableIn(query.value));
/** Undefined until the catalog came, and where there is no such relation. */
export const relation = computed(() => findRelation(catalog.value, table.value));
export const view = computed<View | undefined>(() => relation.value && readView(query.value, relation.value));

export function changeView(changes: Partial<View>): void {
    const before = view.peek();
    if (before) choose(writeView({ ...before, ...changes }));
}

export function setFilter(line: string): void {
    choose({ filter: line, record: null });
}

/** Another table keeps what is filtered by fields it has, and forgets the rest. */
export function changeTable(name: string): void {
    const next = findRelation(catalog.peek(), name);
    choose({ ...forgotten, table: name, filter: next ? keptFilter(filterLine.peek(), next) : null });
}

export function keptFilter(line: string, next: Relation): string {
    return partsOf(line)
        .filter((part) => {
            const condition = readCondition(part);
            return condition !== undefined && fieldsOf(condition).every((field) => canFilterBy(next, field));
        })
        .join(' and ');
}

function fieldsOf(condition: Condition): string[] {
    switch (condition.kind) {
        case 'and':
        case 'or':
            return condition.parts.flatMap(fieldsOf);
        case 'not':
            return fieldsOf(condition.part);
        case 'test':
            return [condition.field.toLowerCase()];
    }
}
