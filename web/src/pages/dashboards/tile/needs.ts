/** Which tiles ask for fields that no record has: one statement a table, for the whole dashboard. */
import { computed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { catalog, type Catalog } from '../../../api/catalog';
import { returns } from '../../../api/connection';
import type { TileDefinition } from '../../../api/dashboards';
import { runAll } from '../../../api/statements';
import { toNumber } from '../../../format/cell';
import { scope, type Scope } from '../../../state/scope';

/** By tile: the fields that are missing. */
export type Missing = ReadonlyMap<string, string[]>;

interface Question {
    table: string;
    fields: string[];
}

/** Names of fields go into a statement: what is not plainly a name is not asked for. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function questionsOf(tiles: TileDefinition[]): Question[] {
    const fields = new Map<string, Set<string>>();
    for (const { needs } of tiles) {
        if (!needs || !needs.table.split('.').every((part) => NAME.test(part))) continue;
        const all = fields.get(needs.table) ?? new Set();
        for (const field of needs.fields) if (NAME.test(field)) all.add(field);
        fields.set(needs.table, all);
    }
    return [...fields]
        .map(([table, all]) => ({ table, fields: [...all].sort() }))
        .filter((one) => one.fields.length > 0);
}

export function statementOf({ table, fields }: Question): string {
    return `select count(*), ${fields.map((field) => `count(${field})`).join(', ')} from ${table}`;
}

/** A field the table has not got as a column needs no counting. */
function withoutColumn({ table, fields }: Question, known: Catalog | undefined): string[] {
    const relation = known?.relations.find((one) => one.name === table);
    if (!relation) return [];
    return fields.filter(
        (field) => !relation.columns.some((column) => column.name.toLowerCase() === field.toLowerCase()),
    );
}

function missingOf(tiles: TileDefinition[], empty: Map<string, Set<string>>): Missing {
    const missing = new Map<string, string[]>();
    for (const { id, needs } of tiles) {
        const fields = needs?.fields.filter((field) => empty.get(needs.table)?.has(field)) ?? [];
        if (fields.length > 0) missing.set(id, fields);
    }
    return missing;
}

async function ask(
    tiles: TileDefinition[],
    over: Scope,
    known: Catalog | undefined,
    signal: AbortSignal,
): Promise<Missing> {
    const empty = new Map<string, Set<string>>();
    const counted: Question[] = [];
    for (const question of questionsOf(tiles)) {
        const absent = withoutColumn(question, known);
        empty.set(question.table, new Set(absent));
        const fields = question.fields.filter((field) => !absent.includes(field));
        if (fields.length > 0) counted.push({ table: question.table, fields });
    }
    if (counted.length > 0) {
        const answers = await runAll({ sql: counted.map(statementOf).join(';\n'), scope: over }, { signal });
        for (const [at, { table, fields }] of counted.entries()) {
            const counts = answers[at]?.rows[0] ?? [];
            if (!toNumber(counts[0])) continue; // No rows: nothing can be said of fields.
            for (const [place, field] of fields.entries()) {
                if (toNumber(counts[place + 1]) === 0) empty.get(table)?.add(field);
            }
        }
    }
    return missingOf(tiles, empty);
}

/** Fields are missing in a time, whatever else is filtered. */
const timeOnly = computed<Scope>(() => {
    const { from, to, granularity, time_zone } = scope.value;
    return { from, to, granularity, time_zone };
});

export function useMissing(tiles: TileDefinition[]): Missing {
    const [missing, setMissing] = useState<Missing>(new Map());
    const questions = JSON.stringify(questionsOf(tiles));
    const over = timeOnly.value;
    const known = catalog.value;
    const cameBack = returns.value;
    useEffect(() => {
        if (questions === '[]') {
            setMissing(new Map());
            return;
        }
        const controller = new AbortController();
        ask(tiles, over, known, controller.signal).then(setMissing, () => {
            // Without an answer tiles show what they have.
        });
        return () => controller.abort();
        // eslint-disable-next-line react-hooks/exhaustive-deps -- the tiles matter by their questions only
    }, [questions, over, known, cameBack]);
    return missing;
}
