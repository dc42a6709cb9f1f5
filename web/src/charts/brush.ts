/** Dragging over a time chart: where it began and ends, drawn as a band. Clicks stay clicks. */
export interface Band {
    left: number;
    width: number;
}

export interface BrushHandlers {
    /** Whether a press here, in pixels of the element, begins one. */
    mayBegin: (x: number, y: number) => boolean;
    onBand: (band: Band | undefined) => void;
    onEnd: (left: number, right: number) => void;
}

/** Less is a click with an unsteady hand. */
const LEAST_PIXELS = 6;

export function listenForBrush(element: HTMLElement, handlers: BrushHandlers): () => void {
    let begin: number | undefined;
    let isBrushing = false;
    const x = (event: PointerEvent) => {
        const box = element.getBoundingClientRect();
        return Math.max(0, Math.min(box.width, event.clientX - box.left));
    };
    const down = (event: PointerEvent) => {
        // A finger scrolls the page; touch has the range picker.
        if (event.button !== 0 || event.pointerType === 'touch') return;
        const box = element.getBoundingClientRect();
        if (handlers.mayBegin(event.clientX - box.left, event.clientY - box.top)) begin = x(event);
    };
    const move = (event: PointerEvent) => {
        if (begin === undefined) return;
        const at = x(event);
        if (!isBrushing && Math.abs(at - begin) < LEAST_PIXELS) return;
        isBrushing = true;
        handlers.onBand({ left: Math.min(begin, at), width: Math.abs(at - begin) });
    };
    const stop = () => {
        begin = undefined;
        isBrushing = false;
        handlers.onBand(undefined);
    };
    const up = (event: PointerEvent) => {
        const from = begin;
        const to = x(event);
        const was = isBrushing;
        stop();
        if (was && from !== undefined) handlers.onEnd(Math.min(from, to), Math.max(from, to));
    };
    const key = (event: KeyboardEvent) => {
        if (event.key === 'Escape' && begin !== undefined) stop();
    };
    element.addEventListener('pointerdown', down);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', stop);
    window.addEventListener('keydown', key);
    return () => {
        element.removeEventListener('pointerdown', down);
        window.removeEventListener('pointermove', move);
        window.removeEventListener('pointerup', up);
        window.removeEventListener('pointercancel', stop);
        window.removeEventListener('keydown', key);
    };
}
