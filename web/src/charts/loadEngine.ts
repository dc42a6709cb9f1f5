/** The chart engine comes after the page: the server may go away between the two. */
import { reportGone, returns } from '../api/connection';
import type { Engine } from './engine';

const MOST_TRIES = 3;

function serverIsBack(): Promise<void> {
    const before = returns.peek();
    return new Promise((resolve) => {
        const stop = returns.subscribe((now) => {
            if (now === before) return;
            resolve();
            queueMicrotask(() => stop());
        });
    });
}

/** Fails where the server is there and the engine is not: a newer version has taken its place. */
export async function loadEngine(): Promise<{ start: (element: HTMLElement) => Engine }> {
    for (let tries = 1; ; tries += 1) {
        try {
            return await import('./engine');
        } catch (error) {
            if (tries === MOST_TRIES) throw error;
            reportGone();
            await serverIsBack();
        }
    }
}
