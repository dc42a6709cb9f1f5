/** What USE and SET left, sent with the next request. It belongs to this window: another one may be elsewhere. */
import { effect, signal } from '@preact/signals';
import type { Session } from './result';

const KEY = 'flowtrail.sql.session';

function kept(): Session | undefined {
    try {
        const value = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Partial<Session> | null;
        if (typeof value?.database !== 'string' || typeof value.schema !== 'string') return undefined;
        const warehouse = typeof value.warehouse === 'string' ? value.warehouse : null;
        return { database: value.database, schema: value.schema, warehouse };
    } catch {
        return undefined;
    }
}

export const session = signal<Session | undefined>(kept());

effect(() => {
    try {
        if (session.value) sessionStorage.setItem(KEY, JSON.stringify(session.value));
        else sessionStorage.removeItem(KEY);
    } catch {
        // Storage is refused: the session holds until the page is left.
    }
});

export function forgetSession(): void {
    session.value = undefined;
}
