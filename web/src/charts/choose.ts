/** The chart that fits an answer, where nobody chose one. */
import type { Table } from '../api/table';
import { guessUnit, type Unit } from '../format/unit';
import { isCategory, rolesOf } from './roles';
import type { ChartKind, ChartSpec } from './spec';
import { isName } from '../format/cell';

/** Date and number: line. Category and number: bars. A second category: colour. One number: a number. Else a table. */
export function chooseChart(table: Table): ChartKind {
    const { columns, rows } = table;
    const times = columns.filter((column) => column.kind === 'time' || column.kind === 'date').length;
    const names = columns.filter((column) => isCategory(column) || isName(column)).length;
    const measures = columns.filter((column) => column.kind === 'number' && !isName(column)).length;
    if (measures === 0) return 'table';
    if (times === 0 && names === 0) return rows.length <= 1 && measures <= 2 ? 'number' : 'table';
    if (times === 1 && names === 0) return 'line';
    if (times === 1 && names === 1) return measures === 1 ? 'stacked_column' : 'table';
    if (times === 0 && names === 1) return measures <= 3 ? 'bar' : 'table';
    if (times === 0 && names === 2 && measures === 1) return 'stacked_bar';
    return 'table';
}

/** The unit of a chart that says none: its first value's, by name. */
export function unitOf(spec: ChartSpec, table: Table): Unit {
    if (spec.unit) return spec.unit;
    const first = rolesOf(spec, table).y[0];
    return first === undefined ? 'none' : guessUnit(table.columns[first]?.name ?? '');
}
