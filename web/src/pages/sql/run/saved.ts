/** Statements with a name, kept in this browser. */
import { signal } from '@preact/signals';
import type { Accent } from '../../../api/statements';
import { isListOf, readKept, writeKept } from '../kept';

export interface SavedStatement {
    name: string;
    sql: string;
    accent: Accent;
    savedAt: string;
}

const isSaved = (value: unknown): value is SavedStatement =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as SavedStatement).name === 'string' &&
    typeof (value as SavedStatement).sql === 'string';

/** Read anew before each change: another window may have saved meanwhile. */
const stored = () => readKept('saved', isListOf(isSaved)) ?? [];

export const saved = signal<SavedStatement[]>(stored());
/** The one that is in the editor, as far as is known. */
export const openName = signal<string | undefined>(undefined);

function keep(next: SavedStatement[]): boolean {
    const sorted = next.toSorted((a, b) => a.name.localeCompare(b.name));
    if (!writeKept('saved', sorted)) return false;
    saved.value = sorted;
    return true;
}

/** False: the browser has no room for it. */
export function saveStatement(statement: SavedStatement): boolean {
    const done = keep([...stored().filter((one) => one.name !== statement.name), statement]);
    if (done) openName.value = statement.name;
    return done;
}

export function deleteStatement(name: string): void {
    keep(stored().filter((one) => one.name !== name));
    if (openName.peek() === name) openName.value = undefined;
}
