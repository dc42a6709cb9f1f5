/** A question or a form over the page; the browser's own dialog, with its focus and Escape. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { messages } from '../messages';
import { Button } from './Button';
import './dialog.css';

export interface DialogProps {
    title: string;
    size?: 'small' | 'large';
    onClose: () => void;
    /** Asked before it closes by Escape or the cross; false keeps it open. */
    mayClose?: () => boolean;
    footer?: ComponentChildren;
    children: ComponentChildren;
}

export function Dialog({ title, size = 'small', onClose, mayClose, footer, children }: DialogProps) {
    const element = useRef<HTMLDialogElement>(null);
    useLayoutEffect(() => {
        const dialog = element.current;
        const before = document.activeElement;
        dialog?.showModal();
        return () => {
            dialog?.close();
            if (before instanceof HTMLElement) before.focus({ preventScroll: true });
        };
    }, []);
    const close = () => {
        if (mayClose?.() ?? true) onClose();
    };
    return (
        <dialog
            ref={element}
            class={`dialog is-${size}`}
            aria-label={title}
            onCancel={(event) => {
                event.preventDefault();
                close();
            }}
        >
            <header class="dialog-head">
                <h2>{title}</h2>
                <Button icon="close" kind="quiet" label={messages.value.action.close} onClick={close} />
            </header>
            <div class="dialog-body">{children}</div>
            {footer && <footer class="dialog-foot">{footer}</footer>}
        </dialog>
    );
}
