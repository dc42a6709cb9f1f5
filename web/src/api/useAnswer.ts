/** A statement's answer for a component: asked again when the request changes, the old answer kept until the new one is there. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { messages } from '../messages';
import { returns } from './connection';
import { asProblem, isAbort, type Problem, UnreachableError } from './problem';
import { type Answer, run, type RunOptions, type StatementRequest } from './statements';
import type { Figures } from './table';

const TOO_MANY = 429;

export interface AnswerState {
    answer?: Answer;
    /** What the answer answers: the request may have gone on meanwhile. */
    asked?: StatementRequest;
    problem?: Problem;
    progress?: Figures;
    isLoading: boolean;
}

/** Who answers a request. */
export type Ask = (request: StatementRequest, options: RunOptions) => Promise<Answer>;

/** `undefined` asks nothing, and forgets nothing. Another `ask` is asked anew. */
export function useAnswer(request: StatementRequest | undefined, ask: Ask = run): AnswerState {
    const [state, setState] = useState<AnswerState>({ isLoading: request !== undefined });
    const key = request && JSON.stringify(request);
    const asking = useRef(request);
    asking.current = request;
    const cameBack = returns.value;

    useEffect(() => {
        const asked = asking.current;
        if (!asked) return;
        const controller = new AbortController();
        // Clearing the progress, not the picture.
        setState(({ answer, asked: before, problem }) => ({
            ...(answer ? { answer } : {}),
            ...(before ? { asked: before } : {}),
            ...(problem ? { problem } : {}),
            isLoading: true,
        }));
        const onProgress = (progress: Figures) => setState((old) => ({ ...old, progress }));
        ask(asked, { signal: controller.signal, onProgress }).then(
            (answer) => {
                if (!controller.signal.aborted) setState({ answer, asked, isLoading: false });
            },
            (error: unknown) => {
                if (controller.signal.aborted || isAbort(error)) return;
                setState((old) => failed(old, error));
            },
        );
        return () => controller.abort();
    }, [key, cameBack, ask]);
    return state;
}

/** While the server is away an old answer stays; the banner says the rest. */
function failed(old: AnswerState, error: unknown): AnswerState {
    if (error instanceof UnreachableError) {
        if (old.answer) return { ...old, isLoading: false };
        return { isLoading: false, problem: { title: messages.peek().problem.unreachable, status: 0 } };
    }
    const problem = asProblem(error);
    // To be told to wait says nothing against the old answer.
    if (problem.status === TOO_MANY && old.answer) return { ...old, isLoading: false };
    return { isLoading: false, problem };
}
