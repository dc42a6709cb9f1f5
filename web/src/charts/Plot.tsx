/** A drawn chart: ECharts in an element, with size, clicks and dragging over time. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Band, listenForBrush } from './brush';
import type { Built, PickedValue } from './built';
import type { Engine } from './engine';
import { loadEngine } from './loadEngine';
import { type Look, readLook } from './look';
import { messages } from '../messages';

const mayMove = window.matchMedia('(prefers-reduced-motion: no-preference)');

export interface Point {
    x: number;
    y: number;
}

export interface Picture {
    /** The chart as a PNG, for keeping. */
    png: () => string;
}

export interface PlotProps {
    /** Made again where its identity changes. */
    build: (look: Look, size: { width: number; height: number }) => Built;
    label: string;
    /** Changes with the theme: colours are read again. */
    theme: string;
    onPick?: ((values: PickedValue[], at: Point) => void) | undefined;
    onBrush?: ((fromMs: number, toMs: number) => void) | undefined;
    onPicture?: ((picture: Picture | undefined) => void) | undefined;
}

export function Plot({ build, label, theme, onPick, onBrush, onPicture }: PlotProps) {
    const frame = useRef<HTMLDivElement>(null);
    const canvas = useRef<HTMLDivElement>(null);
    const engine = useRef<Engine>(undefined);
    const built = useRef<Built>(undefined);
    const handlers = useRef({ onPick, onBrush });
    handlers.current = { onPick, onBrush };
    const [size, setSize] = useState<{ width: number; height: number }>();
    const [isStarted, setStarted] = useState(false);
    const [height, setHeight] = useState<number>();
    const [band, setBand] = useState<Band>();
    const [failed, setFailed] = useState(false);

    useEffect(() => {
        const element = canvas.current;
        if (!element) return;
        let isGone = false;
        const load = async () => {
            const { start } = await loadEngine();
            if (isGone) return;
            const started = start(element);
            engine.current = started;
            const choose = (values: PickedValue[], pointer: MouseEvent | undefined) => {
                if (values.length === 0) return;
                // Its place is where the menu comes.
                started.dispatchAction({ type: 'hideTip' });
                handlers.current.onPick?.(values, { x: pointer?.clientX ?? 0, y: pointer?.clientY ?? 0 });
            };
            started.on('click', (event) => {
                choose(built.current?.pick(event) ?? [], event.event?.event as unknown as MouseEvent | undefined);
            });
            started.getZr().on('click', (event) => {
                const pickBeside = built.current?.pickBeside;
                const at: [number, number] = [event.offsetX, event.offsetY];
                if (event.target || !pickBeside || !started.containPixel({ gridIndex: 0 }, at)) return;
                const [x, y] = started.convertFromPixel({ gridIndex: 0 }, at) as [number, number];
                const pointer = event.event as unknown as MouseEvent;
                choose(pickBeside(built.current?.isHorizontal ? y : x), pointer);
            });
            setStarted(true);
        };
        load().catch(() => setFailed(true));
        return () => {
            isGone = true;
            engine.current?.dispose();
            engine.current = undefined;
        };
    }, []);

    useEffect(() => {
        const element = frame.current;
        if (!element) return;
        const observer = new ResizeObserver(([entry]) => {
            const box = entry?.contentRect;
            if (box && box.width > 0 && box.height > 0)
                setSize({ width: Math.floor(box.width), height: Math.floor(box.height) });
        });
        observer.observe(element);
        return () => observer.disconnect();
    }, []);

    const isFirst = useRef(true);
    useEffect(() => {
        const chart = engine.current;
        if (!chart || !size) return;
        const look = readLook();
        const next = build(look, size);
        built.current = next;
        const needed = Math.max(size.height, Math.ceil(next.height ?? 0));
        setHeight(needed > size.height ? needed : undefined);
        chart.resize({ width: size.width, height: needed });
        // Only the first picture grows, and only where movement is welcome; later ones take its place without a show.
        chart.setOption(isFirst.current && mayMove.matches ? next.option : { ...next.option, animation: false }, {
            notMerge: true,
        });
        isFirst.current = false;
        onPicture?.({
            png: () => chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: look.surface }),
        });
        return () => onPicture?.(undefined);
    }, [build, size, theme, isStarted, onPicture]);

    useEffect(() => {
        const element = canvas.current;
        if (!element) return;
        const convert = (x: number) =>
            Number((engine.current?.convertFromPixel({ xAxisIndex: 0 }, x) as unknown) ?? NaN);
        return listenForBrush(element, {
            mayBegin: (x, y) =>
                Boolean(
                    handlers.current.onBrush &&
                    built.current?.momentAt &&
                    engine.current?.containPixel({ gridIndex: 0 }, [x, y]),
                ),
            onBand: setBand,
            onEnd: (left, right) => {
                const momentAt = built.current?.momentAt;
                const from = convert(left);
                const to = convert(right);
                if (!momentAt || Number.isNaN(from) || Number.isNaN(to)) return;
                handlers.current.onBrush?.(momentAt(from, 'start'), momentAt(to, 'end'));
            },
        });
    }, []);

    if (failed) return <p class="chart-notice">{messages.value.chart.noEngine}</p>;
    return (
        // Higher than its place it scrolls, by keys too.
        <div class="plot" ref={frame} role="img" aria-label={label} tabIndex={height === undefined ? undefined : 0}>
            <div
                class="plot-canvas"
                ref={canvas}
                style={{ height: height === undefined ? '100%' : `${String(height)}px` }}
            />
            {band && (
                <div class="plot-band" style={{ left: `${String(band.left)}px`, width: `${String(band.width)}px` }} />
            )}
        </div>
    );
}
