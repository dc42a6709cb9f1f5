/** The bar between editor and results: dragged, or moved by arrow keys. */
import { useRef } from 'preact/hooks';
import { messages } from '../../messages';

export interface SplitterProps {
    /** The part of the height above, in percent. */
    share: number;
    onChange: (share: number) => void;
}

const LEAST = 12;
const MOST = 85;
const STEP = 4;

export function Splitter({ share, onChange }: SplitterProps) {
    const isDragged = useRef(false);
    const set = (next: number) => onChange(Math.round(Math.max(LEAST, Math.min(MOST, next)) * 10) / 10);
    return (
        <div
            class="sql-splitter"
            role="separator"
            tabIndex={0}
            aria-orientation="horizontal"
            aria-label={messages.value.sqlPage.splitter}
            aria-valuenow={Math.round(share)}
            aria-valuemin={LEAST}
            aria-valuemax={MOST}
            onKeyDown={(event) => {
                const way = event.key === 'ArrowUp' ? -STEP : event.key === 'ArrowDown' ? STEP : 0;
                if (way === 0) return;
                event.preventDefault();
                set(share + way);
            }}
            onPointerDown={(event) => {
                isDragged.current = true;
                event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
                const box = event.currentTarget.parentElement?.getBoundingClientRect();
                if (isDragged.current && box && box.height > 0) set(((event.clientY - box.top) / box.height) * 100);
            }}
            onPointerUp={() => (isDragged.current = false)}
            onPointerCancel={() => (isDragged.current = false)}
        />
    );
}
