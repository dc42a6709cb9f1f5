import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { go, guardLeaving, path } from '../state/location';
import { Confirmation } from './Confirmation';
import { asked, confirmed } from './confirmed';

let root: HTMLElement;
beforeEach(() => {
    root = document.createElement('div');
    document.body.append(root);
    render(<Confirmation />, root);
});
afterEach(() => {
    guardLeaving(undefined);
    render(null, root);
    root.remove();
});

const question = { title: 'Delete', question: 'Really <b>delete</b>?', action: 'Delete it', isDanger: true };
const buttons = () => [...root.querySelectorAll<HTMLButtonElement>('.dialog-foot button')];

test('yes is yes, and the focus begins at no', async () => {
    const answer = confirmed(question);
    await vi.waitFor(() => expect(buttons().length).toBe(2));
    expect(root.querySelector('dialog')?.getAttribute('role')).toBe('alertdialog');
    expect(root.querySelector('b')).toBeNull();
    expect(document.activeElement).toBe(buttons()[0]);
    buttons()[1]?.click();
    expect(await answer).toBe(true);
    await vi.waitFor(() => expect(root.querySelector('dialog')).toBeNull());
});

test('Escape is no, and so is another question', async () => {
    const first = confirmed(question);
    const second = confirmed({ ...question, question: 'And this?' });
    expect(await first).toBe(false);
    await vi.waitFor(() => expect(root.textContent).toContain('And this?'));
    root.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }));
    expect(await second).toBe(false);
    expect(asked.value).toBeUndefined();
});

test('of two dialogs Escape closes the upper one, unless something within took it', async () => {
    const answer = confirmed(question);
    await vi.waitFor(() => expect(buttons().length).toBe(2));
    const press = () => new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    const taken = press();
    taken.preventDefault();
    document.dispatchEvent(taken);
    expect(asked.value).toBeDefined();
    const elsewhere = document.createElement('dialog');
    root.append(elsewhere);
    elsewhere.dispatchEvent(press());
    expect(asked.value).toBeDefined();
    elsewhere.remove();
    const event = press();
    buttons()[0]?.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(await answer).toBe(false);
});

test('a page is left when its guard says so: at once, later, or not at all', async () => {
    go('/first');
    guardLeaving(() => true);
    go('/second');
    expect(path.value).toBe('/second');
    guardLeaving(() => false);
    go('/third');
    expect(path.value).toBe('/second');
    let say: (may: boolean) => void = () => undefined;
    guardLeaving(() => new Promise((resolve) => (say = resolve)));
    go('/third');
    expect(path.value).toBe('/second');
    say(false);
    await Promise.resolve();
    expect(path.value).toBe('/second');
    go('/third');
    say(true);
    await vi.waitFor(() => expect(path.value).toBe('/third'));
    go('/third?x=1');
    expect(window.location.search).toBe('?x=1');
});
