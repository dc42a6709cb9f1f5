/** The answer as the chart takes it: the rest told apart, pairs made one name, in and out on their own. */
import type { Cell, Column, Table } from '../../../api/table';
import { REST } from '../../../charts/rest';
import { plainText, shortened, toNumber } from '../../../format/cell';
import { messages } from '../../../messages';
import { type Ask, isTopOf, TIME } from '../statement/ask';

export interface Shaped {
    table: Table;
    /** What went out, to be drawn below the axis. */
    below?: Table;
    /** By the name of a pair: the values it is made of. */
    pairs: ReadonlyMap<string, Cell[]>;
}

/** The column two fields become over time, where a line is of both. */
export function pairName(fields: string[]): string {
    return fields.join(' · ');
}

export function shaped(answer: Table, ask: Ask): Shaped {
    const pairs = new Map<string, Cell[]>();
    const table = ordered(withoutIdleRest(withPairs(withRest(answer, ask.fields), ask, pairs), ask), ask);
    if (!ask.direction) return { table, pairs };
    const { field, inward, outward } = ask.direction;
    const at = table.columns.findIndex((column) => column.name === field);
    const part = (value: string): Table => ({
        columns: table.columns.filter((_, place) => place !== at),
        rows: table.rows.filter((row) => row[at] === value).map((row) => row.filter((_, place) => place !== at)),
    });
    const above = part(inward);
    const below = part(outward);
    // Each side knows all colours, so that both have the same.
    if (ask.fields.length === 0) return { table: above, below, pairs };
    return { table: padded(above, below), below: padded(below, above), pairs };
}

/** Cells that are not among the first become the rest; the columns that said so go. */
function withRest(answer: Table, fields: string[]): Table {
    const flags = [0, 1].map((place) => answer.columns.findIndex((column) => column.name === isTopOf(place)));
    if (flags.every((at) => at < 0)) return answer;
    const flagOf = new Map<number, number>();
    for (const [place, field] of fields.entries()) {
        const own = flags[place] ?? -1;
        const column = answer.columns.findIndex((one) => one.name === field);
        // Pairs have one flag for both.
        flagOf.set(column, own >= 0 ? own : (flags[0] ?? -1));
    }
    const kept = [...answer.columns.keys()].filter((at) => !flags.includes(at));
    return {
        columns: kept.map((at) => answer.columns[at]).filter((column) => column !== undefined),
        rows: answer.rows.map((row) =>
            kept.map((at) => {
                const flag = flagOf.get(at);
                return flag !== undefined && row[flag] !== true ? REST : (row[at] ?? null);
            }),
        ),
    };
}

function nameOf(cell: Cell): string {
    if (cell === null) return messages.value.chart.none;
    return shortened(plainText(cell), 120) || messages.value.chart.empty;
}

function withPairs(table: Table, ask: Ask, pairs: Map<string, Cell[]>): Table {
    if (!ask.byTime || ask.fields.length < 2 || ask.chart === 'table') return table;
    const places = ask.fields.map((field) => table.columns.findIndex((column) => column.name === field));
    const [first = 0] = places;
    const column: Column = { name: pairName(ask.fields), type: 'Utf8', kind: 'text' };
    const keep = <T>(row: T[], joined: T) =>
        row.flatMap((cell, at) => (at === first ? [joined] : places.includes(at) ? [] : [cell]));
    return {
        columns: keep(table.columns, column),
        rows: table.rows.map((row) => {
            const cells = places.map((at) => row[at] ?? null);
            if (cells.every((cell) => cell === REST)) return keep(row, REST);
            const name = cells.map(nameOf).join(' · ');
            pairs.set(name, cells);
            return keep<Cell>(row, name);
        }),
    };
}

/** A heat map is of its rows, and what goes from the rest to the rest is nobody's: both would only hide the others. */
function withoutIdleRest(table: Table, { chart }: Ask): Table {
    if (chart !== 'heat_map' && chart !== 'sankey') return table;
    const most = chart === 'heat_map' ? 0 : 1;
    return { ...table, rows: table.rows.filter((row) => row.filter((cell) => cell === REST).length <= most) };
}

/** Bars and colours by their sums, the biggest first and the rest last. Over time the rows stay as they are. */
function ordered(table: Table, ask: Ask): Table {
    if (ask.byTime || ask.fields.length === 0 || ask.chart === 'table') return table;
    const name = ask.fields[0];
    const at = table.columns.findIndex((column) => column.name === name);
    const value = table.columns.findIndex((column) => !ask.fields.includes(column.name) && column.name !== TIME);
    const sums = new Map<Cell, number>();
    for (const row of table.rows) {
        const cell = row[at] ?? null;
        sums.set(cell, (sums.get(cell) ?? 0) + (toNumber(row[value]) ?? 0));
    }
    const last = (row: Cell[]) => Number(row[at] === REST) * 2 + Number(row.includes(REST));
    const sum = (row: Cell[]) => sums.get(row[at] ?? null) ?? 0;
    const rows = [...table.rows].sort(
        (a, b) => Number(a[at] === REST) - Number(b[at] === REST) || sum(b) - sum(a) || last(a) - last(b),
    );
    return { ...table, rows };
}

/** The table with a zero for every colour only the other one has. */
function padded(table: Table, other: Table): Table {
    // Over time the name comes second.
    const names = 1;
    const known = new Set(table.rows.map((row) => row[names] ?? null));
    const missing = new Map<Cell, Cell[]>();
    for (const row of other.rows) {
        const cell = row[names] ?? null;
        if (!known.has(cell) && !missing.has(cell)) {
            missing.set(
                cell,
                row.map((one, place) => (place > names ? 0 : one)),
            );
        }
    }
    return { ...table, rows: [...table.rows, ...missing.values()] };
}
