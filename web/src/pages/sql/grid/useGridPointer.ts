/** The grid by mouse and finger: a press opens a cell, a drag selects, a number selects its row. */
import { type RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Position, type Selection, single } from './position';

export interface GridPointerInput {
    element: RefObject<HTMLDivElement | null>;
    selection: Selection;
    show: (position: Position) => void;
    onSelect: (selection: Selection) => void;
    onOpen: (position: Position) => void;
}

interface Place extends Position {
    isNumber: boolean;
}

function placeOf(target: EventTarget | null): Place | undefined {
    if (!(target instanceof Element)) return undefined;
    const cell = target.closest<HTMLElement>('[data-row]');
    const row = cell?.dataset['row'];
    if (row === undefined) return undefined;
    const column = cell?.dataset['column'];
    return { row: Number(row), column: Number(column ?? 0), isNumber: column === undefined };
}

/** At the edge a drag goes on by itself, so quickly. */
const REPEAT_MS = 40;

export function useGridPointer({ element, selection, show, onSelect, onOpen }: GridPointerInput) {
    const drag = useRef<{ from: Place; hasMoved: boolean; timer?: ReturnType<typeof setInterval> } | undefined>(
        undefined,
    );
    const latest = useRef({ show, onSelect, selection });
    latest.current = { show, onSelect, selection };

    const end = () => {
        clearInterval(drag.current?.timer);
        drag.current = undefined;
    };
    useEffect(() => end, []);

    const extend = (from: Place, to: Position) => {
        latest.current.onSelect({
            anchor: from,
            head: { ...to, column: from.isNumber ? 0 : to.column },
            isRows: from.isNumber,
        });
    };

    return {
        onPointerDown: (event: PointerEvent) => {
            const place = placeOf(event.target);
            // A finger scrolls; its press comes as a click.
            if (!place || event.button !== 0 || event.pointerType === 'touch') return;
            if (event.shiftKey) {
                const { anchor } = latest.current.selection;
                onSelect({ anchor, head: place, isRows: place.isNumber });
                drag.current = { from: { ...anchor, isNumber: place.isNumber }, hasMoved: true };
                event.preventDefault();
                return;
            }
            onSelect(place.isNumber ? { anchor: place, head: place, isRows: true } : single(place));
            drag.current = { from: place, hasMoved: false };
        },
        onPointerMove: (event: PointerEvent) => {
            const now = drag.current;
            if (!now) return;
            if ((event.buttons & 1) === 0) {
                end();
                return;
            }
            clearInterval(now.timer);
            const place = placeOf(document.elementFromPoint(event.clientX, event.clientY));
            const box = element.current?.getBoundingClientRect();
            if (place && (place.row !== now.from.row || place.column !== now.from.column || now.hasMoved)) {
                now.hasMoved = true;
                extend(now.from, place);
            }
            if (!box || !now.hasMoved) return;
            const way = event.clientY > box.bottom - 24 ? 1 : event.clientY < box.top + 48 ? -1 : 0;
            if (way === 0) return;
            now.timer = setInterval(() => {
                const { head } = latest.current.selection;
                const next = { row: Math.max(0, head.row + way), column: head.column };
                extend(now.from, next);
                latest.current.show(next);
            }, REPEAT_MS);
        },
        onPointerUp: end,
        onPointerCancel: end,
        onClick: (event: MouseEvent) => {
            const place = placeOf(event.target);
            if (!place || event.shiftKey) return;
            const { anchor, head } = latest.current.selection;
            const isDrag = anchor.row !== head.row || anchor.column !== head.column;
            if (place.isNumber) {
                if (!isDrag) onSelect({ anchor: place, head: place, isRows: true });
                return;
            }
            if (isDrag && place.row === head.row && place.column === head.column) return;
            onSelect(single(place));
            onOpen(place);
        },
    };
}
