/** Running what is in the editor: one run at a time, its answers as they come. */
import { computed, signal } from '@preact/signals';
import { loadCatalog } from '../../../api/catalog';
import { asProblem, isAbort, type Problem, UnreachableError } from '../../../api/problem';
import { cancel as cancelOnServer, type StatementRequest } from '../../../api/statements';
import type { Figures } from '../../../api/table';
import { messages } from '../../../messages';
import { type RawEvent, rawEvents } from '../answer/rawEvents';
import { accent, rowLimit } from '../choices';
import type { Piece } from '../editor/document';
import { statementsOf } from '../text/statements';
import { clearError, showProblem } from './errors';
import { remember } from './past';
import { change, isOver, newResult, type Session, type StatementResult } from './result';
import { session } from './session';
import { nextTask } from './nextTask';

export interface Run {
    id: string;
    piece: Piece;
    startedAt: number;
    results: StatementResult[];
    state: 'running' | 'done' | 'failed' | 'cancelled';
    progress?: Figures;
    elapsedMs?: number;
}

export const run = signal<Run | undefined>(undefined);
export const isRunning = computed(() => run.value?.state === 'running');
/** Which result is shown; the one that runs, until somebody chooses. */
export const shownIndex = signal(0);
let hasChosen = false;

/** Rows of a run take no more than this: a window with more is no longer quick. */
const MOST_BYTES = 512 * 1024 * 1024;
/** How long reading goes on before the window may draw. */
const SLICE_MS = 20;

let controller: AbortController | undefined;

export function chooseResult(index: number): void {
    hasChosen = true;
    shownIndex.value = index;
}

function update(part: Partial<Run>): void {
    if (run.value) run.value = { ...run.value, ...part };
}

export function cancelRun(): void {
    const now = run.peek();
    if (now?.state !== 'running') return;
    // Closing the connection is enough; saying so is quicker when it is a proxy that is closed.
    cancelOnServer(now.id).catch(() => undefined);
    controller?.abort();
}

export async function runPiece(piece: Piece): Promise<void> {
    if (piece.text.trim() === '') return;
    cancelRun();
    clearError();
    const own = new AbortController();
    controller = own;
    hasChosen = false;
    shownIndex.value = 0;
    const id = crypto.randomUUID();
    const startedAt = Date.now();
    run.value = { id, piece, startedAt, results: [], state: 'running' };
    const reader = new Reader(id, piece);
    const request: StatementRequest = {
        sql: piece.text,
        id,
        accent: accent.peek(),
        max_rows: rowLimit.peek(),
        ...session.peek(),
    };
    let end: Pick<Run, 'state'> & { problem?: Problem };
    try {
        for await (const event of rawEvents(request, own.signal)) {
            if (run.peek()?.id !== id) return;
            reader.take(event);
            if (reader.isFull) break;
            await reader.pause();
        }
        end = reader.end();
    } catch (error) {
        end = isAbort(error) ? { state: 'cancelled' } : { state: 'failed', problem: problemOf(error) };
    }
    reader.close(end);
    if (run.peek()?.id !== id) return;
    update({ state: end.state, elapsedMs: Date.now() - startedAt });
    remember(run.peek(), end.problem);
    if (changesCatalog(piece.text)) loadCatalog().catch(() => undefined);
}

function problemOf(error: unknown): Problem {
    if (error instanceof UnreachableError) return { title: messages.peek().problem.unreachable, status: 0 };
    return asProblem(error);
}

function changesCatalog(sql: string): boolean {
    return /\b(create|drop|alter|use|copy|insert)\b/i.test(sql);
}

/** Puts events into results. */
class Reader {
    isFull = false;
    #index = -1;
    #bytes = 0;
    #since = performance.now();
    #told: ReturnType<typeof setTimeout> | undefined;
    #sqls: string[];
    #problem: Problem | undefined;

    constructor(
        readonly id: string,
        readonly piece: Piece,
    ) {
        this.#sqls = statementsOf(piece.text).map((statement) => statement.text);
    }

    get #results(): StatementResult[] {
        return run.peek()?.results ?? [];
    }

    get #result(): StatementResult | undefined {
        return this.#results[this.#index];
    }

    take(event: RawEvent): void {
        const result = this.#result;
        switch (event.event) {
            case 'statement':
                this.#begin(event.index, event.count);
                break;
            case 'columns':
                if (result) change(result, { columns: event.columns });
                break;
            case 'rows':
                if (result) this.#addRows(result, event.line);
                break;
            case 'progress':
                if (result) change(result, { figures: event });
                update({ progress: event });
                break;
            case 'end':
                if (!result) break;
                result.rowCount.value = result.rows.length;
                change(result, { state: 'done', figures: event, isCut: event.is_cut });
                break;
            case 'error':
                this.#fail(event.problem);
                break;
            case 'session': {
                const { database, schema, warehouse }: Session = event;
                session.value = { database, schema, warehouse };
                break;
            }
        }
    }

    /** Lets the window draw now and then: a quick server would keep it from that. */
    async pause(): Promise<void> {
        if (performance.now() - this.#since < SLICE_MS) return;
        await nextTask();
        this.#since = performance.now();
    }

    end(): Pick<Run, 'state'> & { problem?: Problem } {
        if (this.isFull) return { state: 'done' };
        if (this.#problem) return { state: 'failed', problem: this.#problem };
        const isWhole = this.#results.length > 0 && this.#results.every((result) => isOver(result.head.peek().state));
        // Half an answer is not shown as a whole one.
        return isWhole
            ? { state: 'done' }
            : { state: 'failed', problem: { title: messages.peek().problem.broken, status: 0 } };
    }

    close({ state, problem }: Pick<Run, 'state'> & { problem?: Problem }): void {
        clearTimeout(this.#told);
        if (run.peek()?.id !== this.id) return;
        if (problem && problem !== this.#problem) this.#fail(problem);
        for (const [at, result] of this.#results.entries()) {
            result.rowCount.value = result.rows.length;
            if (isOver(result.head.peek().state)) continue;
            if (at > this.#index) change(result, { state: 'skipped' });
            else if (this.isFull) change(result, { state: 'done', isCut: true, isFull: true });
            else change(result, { state: state === 'cancelled' ? 'cancelled' : 'failed' });
        }
    }

    #begin(index: number, count: number): void {
        if (this.#results.length === 0) {
            const isSame = this.#sqls.length === count;
            const results = Array.from({ length: count }, (_, at) =>
                newResult(`${this.id}-${String(at)}`, isSame ? (this.#sqls[at] ?? '') : this.piece.text, accent.peek()),
            );
            update({ results });
        }
        this.#index = index;
        if (this.#result) change(this.#result, { state: 'running' });
        if (!hasChosen) shownIndex.value = index;
    }

    #addRows(result: StatementResult, line: Uint8Array): void {
        result.rows.append(line);
        this.#bytes += line.length;
        if (this.#bytes > MOST_BYTES) this.isFull = true;
        // The first at once, the others together.
        if (result.rowCount.peek() === 0) result.rowCount.value = result.rows.length;
        else this.#told ??= setTimeout(() => this.#tell(), 80);
    }

    #tell(): void {
        this.#told = undefined;
        for (const result of this.#results) result.rowCount.value = result.rows.length;
    }

    #fail(problem: Problem): void {
        this.#problem = problem;
        if (this.#results.length === 0) this.#begin(0, 1);
        const result = this.#result;
        if (!result) return;
        const shown = showProblem(problem, this.piece);
        change(result, { state: 'failed', problem: shown });
        if (!hasChosen) shownIndex.value = this.#index;
    }
}
