/** Widths of columns: fitting the first rows, until somebody sets them. */
import { useMemo, useState } from 'preact/hooks';
import type { Cell, Column } from '../../../api/table';
import { fittingWidth } from './columns';

const SAMPLE = 60;
/** Of a letter of the grid's font, against its size. */
const LETTER = 0.56;

export function useWidths(columns: Column[], rowAt: (row: number) => Cell[], count: number, zone: string, rem: number) {
    const letter = rem * 0.8125 * LETTER;
    const sample = Math.min(count, SAMPLE);
    const fitted = useMemo(() => {
        const rows = Array.from({ length: sample }, (_, row) => rowAt(row));
        return columns.map((column, at) =>
            fittingWidth(
                column,
                rows.map((row) => row[at] ?? null),
                zone,
                letter,
            ),
        );
        // eslint-disable-next-line react-hooks/exhaustive-deps -- sorted rows are as wide as unsorted ones
    }, [columns, sample, zone, letter]);
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
            setSet((old) => new Map(old).set(column, fittingWidth(one, cells, zone, letter)));
        },
    };
}
