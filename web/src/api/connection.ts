/** Whether the server answers. Requests tell; while it is gone, one small question is asked again and again. */
import { signal } from '@preact/signals';

export type ConnectionState = 'there' | 'gone' | 'back';

export const connection = signal<ConnectionState>('there');
/** Counts returns of the server: who depends on its data asks again when this changes. */
export const returns = signal(0);

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const BACK_SHOWN_MS = 3000;

export function nextWait(waitMs: number): number {
    return Math.min(waitMs * 1.7, LONGEST_WAIT_MS);
}

/** Whether the server is there again. */
async function answersStatus(): Promise<boolean> {
    return (await fetch('/api/v1/status', { cache: 'no-store' })).ok;
}

let question = answersStatus;

/** Asks something else while the server is gone: who has a link only may not ask how it is. */
export function askInstead(isThere: () => Promise<boolean>): void {
    question = isThere;
}

let timer: ReturnType<typeof setTimeout> | undefined;

export function reportGone(): void {
    if (connection.value === 'gone') return;
    connection.value = 'gone';
    clearTimeout(timer);
    askAgain(FIRST_WAIT_MS);
}

function askAgain(waitMs: number): void {
    // A little chance, so that many windows do not come back in the same moment.
    timer = setTimeout(() => void ask(waitMs), waitMs * (0.8 + Math.random() * 0.4));
}

async function ask(waitMs: number): Promise<void> {
    try {
        if (!(await question())) {
            askAgain(nextWait(waitMs));
            return;
        }
        connection.value = 'back';
        returns.value += 1;
        timer = setTimeout(() => {
            if (connection.value === 'back') connection.value = 'there';
        }, BACK_SHOWN_MS);
    } catch {
        askAgain(nextWait(waitMs));
    }
}

if (typeof window !== 'undefined') {
    // The network is back: no need to sit out the wait.
    window.addEventListener('online', () => {
        if (connection.value !== 'gone') return;
        clearTimeout(timer);
        void ask(FIRST_WAIT_MS);
    });
}
