/** A box beside what opened it: inside the window, closed by Escape or a click elsewhere, giving the focus back. */
import type { ComponentChildren } from 'preact';
import { createPortal } from 'preact/compat';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import './popover.css';

export interface Anchor {
    left: number;
    right: number;
    top: number;
    bottom: number;
}

export interface PopoverProps {
    anchor: Anchor;
    label: string;
    role?: 'dialog' | 'menu';
    onClose: () => void;
    children: ComponentChildren;
}

const MARGIN = 8;

/** Into the dialog that is open: all outside of it is out of reach. Else into the page's main part. */
function layer(): Element {
    const dialogs = document.querySelectorAll('dialog[open]');
    return dialogs.item(dialogs.length - 1) ?? document.querySelector('main') ?? document.body;
}

/** Below the anchor where there is room, else above; never beyond an edge. */
export function placed(
    anchor: Anchor,
    size: { width: number; height: number },
    room: { width: number; height: number },
) {
    const below = anchor.bottom + 4;
    const above = anchor.top - 4 - size.height;
    const top = below + size.height + MARGIN <= room.height || above < MARGIN ? below : above;
    const left = anchor.left + size.width + MARGIN <= room.width ? anchor.left : anchor.right - size.width;
    return {
        top: Math.max(MARGIN, Math.min(top, room.height - size.height - MARGIN)),
        left: Math.max(MARGIN, Math.min(left, room.width - size.width - MARGIN)),
    };
}

export function Popover({ anchor, label, role = 'dialog', onClose, children }: PopoverProps) {
    const box = useRef<HTMLDivElement>(null);
    const close = useRef(onClose);
    close.current = onClose;
    const [place, setPlace] = useState<{ top: number; left: number }>();

    useLayoutEffect(() => {
        const element = box.current;
        if (!element) return;
        const room = { width: document.documentElement.clientWidth, height: window.innerHeight };
        setPlace(placed(anchor, { width: element.offsetWidth, height: element.offsetHeight }, room));
    }, [anchor]);

    useLayoutEffect(() => {
        const before = document.activeElement;
        const element = box.current;
        const first = element?.querySelector<HTMLElement>('[autofocus], input, button, select, textarea, a[href]');
        (first ?? element)?.focus({ preventScroll: true });
        const down = (event: PointerEvent) => {
            if (event.target instanceof Node && !element?.contains(event.target)) close.current();
        };
        const escape = (event: KeyboardEvent) => {
            if (event.key !== 'Escape' || event.defaultPrevented) return;
            // It closes this box, and not a dialog around it as well.
            event.preventDefault();
            close.current();
        };
        // Captured: what opened it is told by its own handler only after this one.
        document.addEventListener('pointerdown', down, true);
        document.addEventListener('keydown', escape, true);
        return () => {
            document.removeEventListener('pointerdown', down, true);
            document.removeEventListener('keydown', escape, true);
            const lost = document.activeElement === document.body || element?.contains(document.activeElement);
            if (lost && before instanceof HTMLElement) before.focus({ preventScroll: true });
        };
    }, []);

    const keys = (event: KeyboardEvent) => {
        if (event.key === 'Tab') keepInside(event, box.current);
    };
    return createPortal(
        <div
            class="popover"
            ref={box}
            role={role}
            aria-label={label}
            tabIndex={-1}
            style={place ? { top: `${String(place.top)}px`, left: `${String(place.left)}px` } : { opacity: 0 }}
            onKeyDown={keys}
        >
            {children}
        </div>,
        layer(),
    );
}

const focusable = 'button:not(:disabled), input:not(:disabled), select, textarea, a[href], [tabindex="0"]';

/** Tab goes round inside of a box instead of out of it. */
export function keepInside(event: KeyboardEvent, box: HTMLElement | null): void {
    const all = [...(box?.querySelectorAll<HTMLElement>(focusable) ?? [])].filter((one) => one.offsetParent !== null);
    const first = all[0];
    const last = all.at(-1);
    if (!first || !last) return;
    if (event.shiftKey && document.activeElement === first) {
        event.preventDefault();
        last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
        event.preventDefault();
        first.focus();
    }
}
