/** Widths of columns: fitting what is in them, until somebody sets them. */
import { useMemo, useState } from 'preact/hooks';
import type { Cell, Column } from '../../../api/table';
import { fittingWidth, measureWith } from './columns';

/** The first rows, and as many from all over: the last number of a million is longer than the first. */
const SAMPLE = 50;

export interface WidthsInput {
    columns: Column[];
    rowAt: (row: number) => Cell[];
    count: number;
    /** All rows are there. */
    isWhole: boolean;
    zone: string;
}

export function useWidths({ columns, rowAt, count, isWhole, zone }: WidthsInput, rem: number) {
    const measure = useMemo(() => measureWith(document.body, rem), [rem]);
    const first = Math.min(count, SAMPLE);
    const whole = isWhole ? count : 0;
    const fitted = useMemo(() => {
        const places = new Set(Array.from({ length: first }, (_, row) => row));
        for (let at = 1; at <= SAMPLE && whole > first; at += 1) places.add(Math.floor((at * (whole - 1)) / SAMPLE));
        const rows = [...places].map((row) => rowAt(row));
        return columns.map((column, at) =>
            fittingWidth(
                column,
                rows.map((row) => row[at] ?? null),
                zone,
                measure,
            ),
        );
        // eslint-disable-next-line react-hooks/exhaustive-deps -- sorted rows are as wide as unsorted ones
    }, [columns, first, whole, zone, measure]);
    const [set, setSet] = useState<ReadonlyMap<number, number>>(new Map());
    const widths = useMemo(() => fitted.map((width, at) => set.get(at) ?? width), [fitted, set]);
    return {
        widths,
        setWidth: (column: number, width: number) => setSet((old) => new Map(old).set(column, Math.round(width))),
        /** As wide as what is seen of it now. */
        fit: (column: number, rows: Cell[][]) => {
            const one = columns[column];
            if (!one) return;
            const cells = rows.map((row) => row[column] ?? null);
            setSet((old) => new Map(old).set(column, fittingWidth(one, cells, zone, measure)));
        },
    };
}
