/** The grid by keyboard. */
import { NARROWEST } from './columns';
import { type Bounds, moved, type Position, type Selection, single } from './position';

export interface GridKeysInput {
    selection: Selection;
    bounds: Bounds;
    widths: number[];
    setWidth: (column: number, width: number) => void;
    show: (position: Position) => void;
    onSelect: (selection: Selection) => void;
    onSort: (column: number) => void;
    onOpen: (position: Position) => void;
    onClose: () => void;
    onCopy: (selection: Selection, withHead: boolean) => void;
}

const STEP = 16;

export function useGridKeys(input: GridKeysInput) {
    const { selection, bounds, widths } = input;
    const { head, anchor } = selection;

    /** False: the key means nothing here. */
    const done = (event: KeyboardEvent): boolean => {
        const isFar = event.ctrlKey || event.metaKey;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (event.altKey) {
            const way = key === 'ArrowRight' ? STEP : key === 'ArrowLeft' ? -STEP : 0;
            if (way === 0) return false;
            input.setWidth(head.column, Math.max(NARROWEST, (widths[head.column] ?? 0) + way));
            return true;
        }
        if (isFar && key === 'c') {
            input.onCopy(selection, event.shiftKey);
            return true;
        }
        if (isFar && key === 'a') {
            input.onSelect({ anchor: { row: 0, column: 0 }, head: { ...head, row: bounds.rows - 1 }, isRows: true });
            return true;
        }
        if (key === ' ' && event.shiftKey) {
            input.onSelect({ anchor, head, isRows: true });
            return true;
        }
        if (key === 'Enter' || key === ' ') {
            if (head.row < 0) input.onSort(head.column);
            else input.onOpen(head);
            return true;
        }
        if (key === 'Escape') {
            input.onClose();
            return true;
        }
        const next = moved(head, key, isFar, bounds);
        if (!next) return false;
        const isExtending = event.shiftKey && next.row >= 0;
        input.onSelect(
            isExtending
                ? { anchor: anchor.row < 0 ? next : anchor, head: next, isRows: selection.isRows }
                : single(next),
        );
        input.show(next);
        return true;
    };
    return (event: KeyboardEvent) => {
        if (!done(event)) return;
        event.preventDefault();
        // Escape here is not for the page.
        event.stopPropagation();
    };
}
