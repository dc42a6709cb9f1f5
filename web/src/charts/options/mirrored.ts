/** One direction above the axis and the other below it, in the same colours and under the same names. */
import type { Unit } from '../../format/unit';
import { formatLong } from '../../format/unit';
import { messages } from '../../messages';
import type { Frame } from '../frame';
import type { TooltipRow } from '../tooltip';

interface ShownSeries {
    key: string;
    label: string;
    colour: string;
    values: (number | null)[];
}

/** The series below, in the order of those above; negative, so that they hang. */
export function belowOf(shown: ShownSeries[], below: Frame): { values: (number | null)[]; colour: string }[] {
    const found = new Map(below.series.map((one) => [one.key, one]));
    return shown.map(({ key, colour, values }) => ({
        colour,
        values: (found.get(key)?.values ?? values.map(() => 0)).map((value) => (value === null ? null : -value)),
    }));
}

export function mirroredRows(shown: ShownSeries[], below: Frame, at: number, unit: Unit): TooltipRow[] {
    const text = messages.value.chart;
    const found = new Map(below.series.map((one) => [one.key, one]));
    const rows = (name: (label: string) => string, valueOf: (one: ShownSeries) => number | null | undefined) =>
        shown.flatMap((one) => {
            const value = valueOf(one);
            return value ? [{ colour: one.colour, name: name(one.label), value: formatLong(value, unit) }] : [];
        });
    return [
        ...rows(text.inward, (one) => one.values[at]),
        ...rows(text.outward, (one) => found.get(one.key)?.values[at]),
    ];
}
