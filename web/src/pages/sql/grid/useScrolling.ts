/** The scrolled element and what of the rows it shows. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { heightOf, Scrolling } from './scrolling';

/** After so long without a movement the scrollbar is put right. */
const SETTLE_MS = 180;

export interface View {
    top: number;
    left: number;
    width: number;
    height: number;
}

export function useScrolling(content: number, headHeight: number) {
    const element = useRef<HTMLDivElement>(null);
    const [scrolling] = useState(() => new Scrolling());
    const [view, setView] = useState<View>({ top: 0, left: 0, width: 0, height: 0 });
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

    const put = useCallback(
        (seen: number) => {
            const box = element.current;
            if (box && Math.abs(box.scrollTop - seen) >= 1) box.scrollTop = seen;
        },
        [element],
    );
    const show = useCallback(() => {
        const box = element.current;
        if (!box) return;
        const next = { top: scrolling.top, left: box.scrollLeft, width: box.clientWidth, height: box.clientHeight };
        setView((old) =>
            old.top === next.top && old.left === next.left && old.width === next.width && old.height === next.height
                ? old
                : next,
        );
    }, [scrolling]);

    const onScroll = useCallback(() => {
        const box = element.current;
        if (!box) return;
        const elsewhere = scrolling.moved(box.scrollTop);
        if (elsewhere !== undefined) put(elsewhere);
        show();
        clearTimeout(timer.current);
        timer.current = setTimeout(() => put(scrolling.settled()), SETTLE_MS);
    }, [scrolling, put, show]);

    const fit = useCallback(() => {
        const box = element.current;
        if (!box) return;
        put(scrolling.resize({ content, view: Math.max(0, box.clientHeight - headHeight) }));
        show();
    }, [content, headHeight, scrolling, put, show]);

    useLayoutEffect(fit, [fit]);
    useEffect(() => {
        const box = element.current;
        if (!box) return;
        const observer = new ResizeObserver(fit);
        observer.observe(box);
        return () => observer.disconnect();
    }, [fit]);
    useEffect(() => () => clearTimeout(timer.current), []);

    const goTo = useCallback(
        (top: number | undefined, left?: number) => {
            if (top !== undefined) put(scrolling.goTo(top));
            if (left !== undefined && element.current) element.current.scrollLeft = left;
            show();
        },
        [scrolling, put, show],
    );
    return { element, view, onScroll, goTo, height: heightOf({ content, view: 0 }) };
}
