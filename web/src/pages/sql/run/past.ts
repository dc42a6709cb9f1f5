/** What was run: the server's list since its start, and this browser's over its restarts. */
import { signal } from '@preact/signals';
import type { Problem } from '../../../api/problem';
import { history, type PastStatement } from '../../../api/statements';
import { isListOf, readKept, writeKept } from '../kept';
import type { Run } from './runs';

const MOST_KEPT = 100;
/** Longer statements are the server's to remember. */
const LONGEST_KEPT = 20_000;

const isPast = (value: unknown): value is PastStatement =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as PastStatement).sql === 'string' &&
    typeof (value as PastStatement).id === 'string' &&
    typeof (value as PastStatement).started_at === 'string';

const own = signal<PastStatement[]>(readKept('history', isListOf(isPast)) ?? []);
const server = signal<PastStatement[]>([]);

/** Newest first; what both know is the server's. */
export function merged(theirs: PastStatement[], mine: PastStatement[]): PastStatement[] {
    const known = new Set(theirs.map((one) => one.id));
    return [...theirs, ...mine.filter((one) => !known.has(one.id))].sort(
        (a, b) => Date.parse(b.started_at) - Date.parse(a.started_at),
    );
}

export function past(): PastStatement[] {
    return merged(server.value, own.value);
}

export async function loadPast(signal: AbortSignal): Promise<void> {
    server.value = await history(signal);
}

export function forgetPast(): void {
    own.value = [];
    writeKept('history', []);
}

export function remember(run: Run | undefined, problem: Problem | undefined): void {
    if (!run || run.state === 'running' || run.piece.text.length > LONGEST_KEPT) return;
    const figures = run.results.map((result) => result.head.peek().figures);
    const sum = (key: 'bytes_scanned' | 'files_read') => figures.reduce((total, one) => total + (one?.[key] ?? 0), 0);
    const one: PastStatement = {
        id: run.id,
        sql: run.piece.text,
        state: run.state,
        started_at: new Date(run.startedAt).toISOString(),
        elapsed_ms: run.elapsedMs ?? 0,
        rows: run.results.reduce((total, result) => total + result.rows.length, 0),
        bytes_scanned: sum('bytes_scanned'),
        files_read: sum('files_read'),
        ...(problem ? { error: problem.title } : {}),
    };
    own.value = [one, ...own.peek()].slice(0, MOST_KEPT);
    writeKept('history', own.peek());
}
