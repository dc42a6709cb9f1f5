/** A link being used: what it shows, what it asks for, and why it shows nothing any more. */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { DashboardDefinition } from '../../api/dashboards';
import { asProblem, type Problem, ProblemError, UnreachableError } from '../../api/problem';
import { askShared, canBePassword, type LinkAccess, readShared } from '../../api/shared';
import { messages } from '../../messages';
import { fallbackRange, fallbackRefresh } from '../../state/scope';
import type { TileReader } from '../dashboards/tile/reader';
import { forgetPassword, keepPassword, keptPassword } from './keptPassword';

export type LinkState =
    | { kind: 'opening' }
    | { kind: 'open'; definition: DashboardDefinition }
    | { kind: 'password'; isWrong: boolean }
    | { kind: 'ended' }
    /** Too many passwords were guessed; it goes on by itself. */
    | { kind: 'held' }
    | { kind: 'failed'; problem: Problem };

export interface OpenLink {
    state: ReadonlySignal<LinkState>;
    /** Whether the link answers nothing for the moment, while the last answers are still shown. */
    isHeld: ReadonlySignal<boolean>;
    reader: ReadonlySignal<TileReader>;
    /** Reads the dashboard, again. */
    read: () => Promise<void>;
    enter: (password: string) => Promise<void>;
    close: () => void;
}

/** As long as the server takes no more guesses, and a little. */
const HELD_MS = 61_000;
/** Where the dashboard says nothing: nobody is there to press a button in a frame. */
const REFRESH_S = 60;

/** What the server says of the link itself, and not of a tile. */
const ofLink = new Set([401, 404, 429]);

export function openLink(token: string): OpenLink {
    const state = signal<LinkState>({ kind: 'opening' });
    const isHeld = signal(false);
    /** Counts what makes tiles ask anew: another password, or the end of waiting. */
    const turn = signal(0);
    let access: LinkAccess = { token, password: keptPassword(token) };
    let reading: AbortController | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const show = (definition: DashboardDefinition) => {
        const before = state.peek();
        batch(() => {
            fallbackRange.value = definition.range ?? '24h';
            fallbackRefresh.value = definition.refresh_s ?? REFRESH_S;
            if (isHeld.peek()) {
                isHeld.value = false;
                turn.value += 1;
            }
            // The same definition is the same object: nothing is drawn anew.
            const isSame = before.kind === 'open' && JSON.stringify(before.definition) === JSON.stringify(definition);
            if (!isSame) state.value = { kind: 'open', definition };
        });
    };

    const fail = (error: unknown) => {
        const isOpen = state.peek().kind === 'open';
        const status = error instanceof ProblemError ? error.problem.status : undefined;
        switch (status) {
            case 401: {
                const isWrong = access.password !== undefined;
                forgetPassword(token);
                access = { token, password: undefined };
                state.value = { kind: 'password', isWrong };
                break;
            }
            case 404:
                forgetPassword(token);
                state.value = { kind: 'ended' };
                break;
            case 429:
                isHeld.value = true;
                if (!isOpen) state.value = { kind: 'held' };
                clearTimeout(timer);
                timer = setTimeout(() => void read(), HELD_MS);
                break;
            case undefined:
            default: {
                // What is shown stays: the banner says that the server is away, and the next time may be better.
                if (isOpen) return;
                const isAway = error instanceof UnreachableError;
                const problem = isAway ? { title: messages.peek().problem.unreachable, status: 0 } : asProblem(error);
                state.value = { kind: 'failed', problem };
            }
        }
    };

    const read = async () => {
        reading?.abort();
        const mine = (reading = new AbortController());
        try {
            const definition = await readShared(access, mine.signal);
            if (mine.signal.aborted) return;
            if (access.password !== undefined) keepPassword(token, access.password);
            show(definition);
        } catch (error) {
            if (!mine.signal.aborted) fail(error);
        } finally {
            if (reading === mine) reading = undefined;
        }
    };

    const enter = async (typed: string) => {
        const password = typed.trim();
        if (!canBePassword(password)) {
            state.value = { kind: 'password', isWrong: true };
            return;
        }
        access = { token, password };
        turn.value += 1;
        await read();
    };

    const askerOf = (mine: LinkAccess): TileReader['askerOf'] => {
        return (tile) => async (request, options) => {
            if (!request.scope) throw new Error('a tile is asked over a time');
            try {
                return await askShared(mine, tile, request.scope, options);
            } catch (error) {
                // The link may have ended, or the dashboard is another by now.
                if (error instanceof ProblemError && ofLink.has(error.problem.status) && !reading) void read();
                throw error;
            }
        };
    };

    return {
        state,
        isHeld,
        reader: computed(() => {
            void turn.value;
            return { isShared: true, askerOf: askerOf(access) };
        }),
        read,
        enter,
        close: () => {
            reading?.abort();
            clearTimeout(timer);
        },
    };
}
