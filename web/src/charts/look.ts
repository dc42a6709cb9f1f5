/** The colours and sizes of charts, from the tokens of the page. */
import type { Cell } from '../api/table';

export interface Look {
    text: string;
    faint: string;
    line: string;
    grid: string;
    surface: string;
    accent: string;
    series: string[];
    accept: string;
    reject: string;
    none: string;
    heat: string[];
    font: string;
    /** Of small text, in pixels; all else is in its proportion. */
    fontSize: number;
}

export function readLook(): Look {
    const style = getComputedStyle(document.documentElement);
    const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const numbered = (name: string, from: number, to: number) =>
        Array.from({ length: to - from + 1 }, (_, at) => token(`${name}-${String(from + at)}`));
    return {
        text: token('text'),
        faint: token('text-2'),
        line: token('line'),
        grid: token('chart-grid'),
        surface: token('surface'),
        accent: token('accent'),
        series: numbered('chart', 1, 10),
        accept: token('chart-accept'),
        reject: token('chart-reject'),
        none: token('chart-none'),
        heat: numbered('heat', 0, 3),
        font: token('font') || 'sans-serif',
        fontSize: (parseFloat(style.fontSize) || 16) * 0.72,
    };
}

/** Some values mean the same wherever they stand, and have the same colour there. */
const meanings = new Map<string, 'accept' | 'reject'>([
    ['ACCEPT', 'accept'],
    ['accepted', 'accept'],
    ['REJECT', 'reject'],
    ['rejected', 'reject'],
]);

export function colourOf(look: Look, cell: Cell | undefined, at: number, isRest: boolean): string {
    if (isRest || cell === null) return look.none;
    const meaning = typeof cell === 'string' ? meanings.get(cell) : undefined;
    if (meaning) return look[meaning];
    return look.series[at % look.series.length] ?? look.accent;
}

/** Colours for one thing after the other; values with a meaning take none of the numbered ones. */
export function coloursOf(look: Look, items: { cell: Cell | undefined; isRest?: boolean }[]): string[] {
    let next = 0;
    return items.map(({ cell, isRest }) => {
        const colour = colourOf(look, cell, next, isRest ?? false);
        if (colour === look.series[next % look.series.length]) next += 1;
        return colour;
    });
}
