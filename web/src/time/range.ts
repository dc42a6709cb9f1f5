/** Time ranges as they stand in the address: `24h`, or a beginning and an end. */

export type RangeChoice = { kind: 'relative'; length: string } | { kind: 'absolute'; from: number; to: number };

/** Epoch seconds, [from, to). */
export interface Span {
    from: number;
    to: number;
}

export const usualLengths = ['15m', '1h', '6h', '24h', '7d', '30d', '90d'] as const;

export type LengthUnit = 'm' | 'h' | 'd' | 'w';
const unitSeconds: Record<LengthUnit, number> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

export function lengthParts(length: string): { count: number; unit: LengthUnit } | undefined {
    const match = /^([1-9]\d{0,4})([mhdw])$/.exec(length);
    if (!match?.[1] || !match[2]) return undefined;
    return { count: Number(match[1]), unit: match[2] as LengthUnit };
}

export function lengthSeconds(length: string): number | undefined {
    const parts = lengthParts(length);
    return parts && parts.count * unitSeconds[parts.unit];
}

/** A moment in the address: epoch seconds, or a date and time with its zone. */
function moment(text: string | null): number | undefined {
    if (!text) return undefined;
    if (/^\d{9,11}$/.test(text)) return Number(text);
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

export function readRange(search: URLSearchParams, fallback: string): RangeChoice {
    const from = moment(search.get('from'));
    const to = moment(search.get('to'));
    if (from !== undefined && to !== undefined && from < to) return { kind: 'absolute', from, to };
    const length = search.get('range') ?? fallback;
    return { kind: 'relative', length: lengthSeconds(length) ? length : '24h' };
}

function iso(seconds: number): string {
    return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export function writeRange(choice: RangeChoice): Record<'range' | 'from' | 'to', string | null> {
    return choice.kind === 'relative'
        ? { range: choice.length, from: null, to: null }
        : { range: null, from: iso(choice.from), to: iso(choice.to) };
}

/** The seconds a choice means now. The end is a whole minute, so that all tiles, and the server's cache, see the same. */
export function spanOf(choice: RangeChoice, nowMs: number): Span {
    if (choice.kind === 'absolute') return { from: choice.from, to: choice.to };
    const to = Math.ceil(nowMs / 60_000) * 60;
    return { from: to - (lengthSeconds(choice.length) ?? 86_400), to };
}

export function previousSpan(span: Span): Span {
    return { from: span.from - (span.to - span.from), to: span.from };
}

/** Half a length earlier (-1) or later (1). */
export function shifted(span: Span, direction: -1 | 1): RangeChoice {
    const step = Math.max(1, Math.round((span.to - span.from) / 2)) * direction;
    return { kind: 'absolute', from: span.from + step, to: span.to + step };
}

export function widened(span: Span): RangeChoice {
    const half = Math.max(30, Math.round((span.to - span.from) / 2));
    return { kind: 'absolute', from: Math.max(0, span.from - half), to: span.to + half };
}

/** What was dragged over, at least a minute long and on whole seconds. */
export function brushed(fromMs: number, toMs: number): RangeChoice {
    const from = Math.floor(Math.min(fromMs, toMs) / 1000);
    const to = Math.ceil(Math.max(fromMs, toMs) / 1000);
    return { kind: 'absolute', from, to: Math.max(to, from + 60) };
}
