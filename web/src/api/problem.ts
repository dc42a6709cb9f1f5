/** What went wrong, in the words of the server (problem+json). */
export interface Place {
    line: number;
    column: number;
}

export interface Mistake extends Partial<Place> {
    message: string;
}

export interface Problem {
    title: string;
    status: number;
    detail?: string;
    hint?: string;
    place?: Place;
    /** `filter`: the place is in the filter line and not in the statement. */
    in?: string;
    mistakes?: Mistake[];
    request_id?: string;
}

export class ProblemError extends Error {
    constructor(readonly problem: Problem) {
        super(problem.title);
        this.name = 'ProblemError';
    }
}

/** No answer at all: the server is gone, or the way to it. */
export class UnreachableError extends Error {
    constructor() {
        super('the server does not answer');
        this.name = 'UnreachableError';
    }
}

function isProblem(value: unknown): value is Problem {
    return typeof value === 'object' && value !== null && typeof (value as Problem).title === 'string';
}

export async function problemOf(response: Response): Promise<Problem> {
    const fallback = {
        title: response.statusText || `HTTP ${String(response.status)}`,
        status: response.status,
    };
    try {
        const body: unknown = await response.json();
        return isProblem(body) ? { ...body, status: response.status } : fallback;
    } catch {
        return fallback; // A proxy's page, most likely.
    }
}

export function isAbort(error: unknown): boolean {
    return error instanceof DOMException && error.name === 'AbortError';
}

/** Any failure as a problem, so that there is one way to show it. */
export function asProblem(error: unknown): Problem {
    if (error instanceof ProblemError) return error.problem;
    return { title: error instanceof Error ? error.message : String(error), status: 0 };
}
