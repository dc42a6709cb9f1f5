/** Short words that come and go: what was done, and whether the server is there. */
import { signal } from '@preact/signals';
import { connection } from '../api/connection';
import { messages } from '../messages';
import { Button } from './Button';
import { Icon } from './Icon';
import './notices.css';

interface Notice {
    id: number;
    text: string;
    kind: 'done' | 'failed';
}

const notices = signal<Notice[]>([]);
let nextId = 1;
const SHOWN_MS = 4500;

export function notify(text: string, kind: Notice['kind'] = 'done'): void {
    const notice = { id: nextId++, text, kind };
    notices.value = [...notices.value.slice(-2), notice];
    // What failed stays until it is read.
    if (kind === 'done') setTimeout(() => dismiss(notice.id), SHOWN_MS);
}

function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function Notices() {
    return (
        <div class="notices" role="status" aria-live="polite">
            {notices.value.map((notice) => (
                <div key={notice.id} class={`notice is-${notice.kind}`}>
                    <Icon name={notice.kind === 'done' ? 'check' : 'warning'} />
                    <span class="notice-text">{notice.text}</span>
                    <Button
                        icon="close"
                        kind="quiet"
                        isSmall
                        label={messages.value.action.close}
                        onClick={() => dismiss(notice.id)}
                    />
                </div>
            ))}
        </div>
    );
}

export function ConnectionBanner() {
    const state = connection.value;
    const text = messages.value.shell;
    return (
        <div role="status" aria-live="polite">
            {state !== 'there' && (
                <div class={`connection-banner is-${state}`}>
                    <Icon name={state === 'gone' ? 'warning' : 'check'} />
                    {state === 'gone' ? text.gone : text.back}
                </div>
            )}
        </div>
    );
}
