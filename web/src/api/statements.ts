/** Running statements: events as they come (`events`), or the whole answer of one (`run`). */
import { messages } from '../messages';
import type { Scope } from '../state/scope';
import { reportGone } from './connection';
import { linesOf } from './lines';
import { isAbort, type Problem, ProblemError, UnreachableError } from './problem';
import { getJson, request } from './request';
import type { Cell, Column, Figures, Table } from './table';

export type Accent = 'auto' | 'athena' | 'snowflake' | 'postgres';

export interface StatementRequest {
    sql: string;
    id?: string;
    accent?: Accent;
    database?: string;
    schema?: string;
    warehouse?: string | null;
    max_rows?: number;
    scope?: Scope;
}

export interface Restriction {
    restricted: string[];
    unrestricted: { relation: string; lacks: string[] }[];
}

export type StatementEvent =
    | { event: 'statement'; index: number; count: number; line: number }
    | { event: 'columns'; columns: Column[]; scope?: Restriction }
    | { event: 'rows'; rows: Cell[][] }
    | ({ event: 'progress' } & Figures)
    | ({ event: 'end'; is_cut: boolean } & Figures)
    | { event: 'error'; problem: Problem }
    | { event: 'session'; database: string; schema: string; accent: Accent; warehouse: string | null };

function post(body: StatementRequest, accept: string, signal?: AbortSignal): Promise<Response> {
    return request('/statements', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify(body),
        signal: signal ?? null,
    });
}

/** The events of an answer, in their order. Ending the loop, or the signal, cancels the statement. */
export async function* events(body: StatementRequest, signal?: AbortSignal): AsyncGenerator<StatementEvent> {
    yield* eventsOf(await post(body, 'application/x-ndjson', signal));
}

/** The same, of a response that is there already. */
export async function* eventsOf(response: Response): AsyncGenerator<StatementEvent> {
    if (!response.body) return;
    try {
        for await (const line of linesOf(response.body)) yield JSON.parse(line) as StatementEvent;
    } catch (error) {
        if (isAbort(error) || !(error instanceof TypeError)) throw error;
        reportGone(); // The connection broke in the middle.
        throw new UnreachableError();
    }
}

export interface Answer extends Table {
    isCut: boolean;
    figures?: Figures;
    restriction?: Restriction;
}

export interface RunOptions {
    signal?: AbortSignal;
    onProgress?: (figures: Figures) => void;
}

/** The answers of all statements of a text. */
export function runAll(body: StatementRequest, options: RunOptions = {}): Promise<Answer[]> {
    return answersIn(events(body, options.signal), options);
}

/** The answers that events tell of, whole. */
export async function answersIn(told: AsyncIterable<StatementEvent>, options: RunOptions = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    let ended = 0;
    for await (const event of told) {
        const answer = answers.at(-1);
        switch (event.event) {
            case 'statement':
                answers.push({ columns: [], rows: [], isCut: false });
                break;
            case 'columns':
                if (answer) Object.assign(answer, { columns: event.columns, restriction: event.scope });
                break;
            case 'rows':
                if (answer) for (const row of event.rows) answer.rows.push(row);
                break;
            case 'progress':
                options.onProgress?.(event);
                break;
            case 'end':
                ended += 1;
                if (answer) Object.assign(answer, { isCut: event.is_cut, figures: event });
                break;
            case 'error':
                throw new ProblemError(event.problem);
            case 'session':
                break;
        }
    }
    if (ended < answers.length || answers.length === 0) {
        // Half an answer is not shown as a whole one.
        throw new ProblemError({ title: messages.peek().problem.broken, status: 0 });
    }
    return answers;
}

/** The answer of the last statement of a text, which is what a tile shows. */
export async function run(body: StatementRequest, options: RunOptions = {}): Promise<Answer> {
    const answer = (await runAll(body, options)).at(-1);
    return answer ?? { columns: [], rows: [], isCut: false };
}

export const fileTypes = {
    csv: 'text/csv',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    parquet: 'application/vnd.apache.parquet',
    json: 'application/json',
    arrow: 'application/vnd.apache.arrow.stream',
} as const;
export type FileType = keyof typeof fileTypes;

/** The answer as a file, made by the server. */
export async function runToFile(body: StatementRequest, type: FileType, signal?: AbortSignal): Promise<Blob> {
    const response = await post(body, fileTypes[type], signal);
    return await response.blob();
}

export async function cancel(id: string): Promise<void> {
    await request(`/statements/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export interface PastStatement {
    id: string;
    sql: string;
    state: 'running' | 'done' | 'failed' | 'cancelled';
    started_at: string;
    elapsed_ms: number;
    rows: number;
    bytes_scanned: number;
    files_read: number;
    error?: string;
}

export function history(signal?: AbortSignal): Promise<PastStatement[]> {
    return getJson('/statements', signal);
}
