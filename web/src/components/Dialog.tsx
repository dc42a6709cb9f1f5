/** A question or a form over the page; the browser's own dialog, with its focus and Escape. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { messages } from '../messages';
import { Button } from './Button';
import './dialog.css';

export interface DialogProps {
    title: string;
    size?: 'small' | 'medium' | 'large';
    /** `alertdialog`: its text is read aloud as well, as it is a question. */
    role?: 'dialog' | 'alertdialog';
    onClose: () => void;
    /** Asked before it closes by Escape or the cross; false keeps it open. */
    mayClose?: () => boolean | Promise<boolean>;
    footer?: ComponentChildren;
    children: ComponentChildren;
}

/** Those that are open, the last over all others. */
const open: HTMLDialogElement[] = [];

export function Dialog({ title, size = 'small', role, onClose, mayClose, footer, children }: DialogProps) {
    const element = useRef<HTMLDialogElement>(null);
    const isOver = useRef(false);
    const body = useId();
    useLayoutEffect(() => {
        const dialog = element.current;
        const before = document.activeElement;
        if (dialog) open.push(dialog);
        dialog?.showModal();
        dialog?.querySelector<HTMLElement>('[data-first]')?.focus();
        return () => {
            isOver.current = true;
            if (dialog) open.splice(open.indexOf(dialog), 1);
            dialog?.close();
            if (before instanceof HTMLElement) before.focus({ preventScroll: true });
        };
    }, []);
    const close = async () => {
        if (await (mayClose?.() ?? true)) onClose();
    };
    const closing = useRef(close);
    closing.current = close;
    useEffect(() => {
        // Left to the browser, a second Escape closes all dialogs at once, whatever they have to ask.
        const escape = (event: KeyboardEvent) => {
            const isMine = event.key === 'Escape' && !event.isComposing && open.at(-1) === element.current;
            if (!isMine || event.defaultPrevented) return;
            // The palette may be over this one.
            const around = event.target instanceof Element ? event.target.closest('dialog') : null;
            if (around && around !== element.current) return;
            event.preventDefault();
            void closing.current();
        };
        document.addEventListener('keydown', escape);
        return () => document.removeEventListener('keydown', escape);
    }, []);
    return (
        <dialog
            ref={element}
            class={`dialog is-${size}`}
            role={role}
            aria-label={title}
            aria-describedby={role === 'alertdialog' ? body : undefined}
            onCancel={(event) => {
                event.preventDefault();
                void close();
            }}
            onClose={(event) => {
                // A dialog within this one closes too, and its event may come here.
                if (isOver.current || event.target !== element.current) return;
                // The browser closed it without asking, as a phone's way back does the second time.
                element.current?.showModal();
                void close();
            }}
        >
            <header class="dialog-head">
                <h2>{title}</h2>
                <Button icon="close" kind="quiet" label={messages.value.action.close} onClick={() => void close()} />
            </header>
            <div class="dialog-body" id={body}>
                {children}
            </div>
            {footer && <footer class="dialog-foot">{footer}</footer>}
        </dialog>
    );
}
