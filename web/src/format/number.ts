/** Numbers, short for a glance and full for who asks. */
import { locale, numberFormat } from './locale';

/** Between a number and its unit: they stay on one line. */
const SPACE = '\u00a0';

const steps: [number, string][] = [
    [1e15, 'P'],
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
];

function scaled(value: number, unit: string, smallest: string): string {
    const size = Math.abs(value);
    for (const [index, [step, prefix]] of steps.entries()) {
        // 999,950 is 1.0 M and not 1,000.0 k.
        if (size < step * 0.99995) continue;
        const short = threeDigits(value / step);
        const bigger = steps[index - 1];
        if (short === threeDigits(1000) && bigger)
            return `${threeDigits(value / bigger[0])}${SPACE}${bigger[1]}${unit}`;
        return `${short}${SPACE}${prefix}${unit}`;
    }
    const short = numberFormat(locale.value, { maximumFractionDigits: size < 10 ? 2 : 1 }).format(value);
    return smallest ? `${short}${SPACE}${smallest}` : short;
}

function threeDigits(value: number): string {
    const decimals = Math.abs(value) < 99.95 ? 1 : 0;
    return numberFormat(locale.value, { maximumFractionDigits: decimals }).format(value);
}

/** 12.3 k */
export function formatCount(value: number): string {
    return scaled(value, '', '');
}

/** 1.2 GB */
export function formatBytes(value: number): string {
    return scaled(value, 'B', 'B');
}

/** 12,345.67 */
export function formatFull(value: number): string {
    const size = Math.abs(value);
    const decimals = size >= 1000 ? 2 : size >= 1 ? 4 : 6;
    return numberFormat(locale.value, { maximumFractionDigits: decimals }).format(value);
}

/** 12.3 %, of a number that is 12.3 */
export function formatPercent(value: number): string {
    const size = Math.abs(value);
    return `${numberFormat(locale.value, { maximumFractionDigits: size > 0 && size < 1 ? 2 : 1 }).format(value)}${SPACE}%`;
}

/** +12.3 %, of a share that is 0.123; ×28 where it became so many times as much. */
export function formatChange(share: number): string {
    if (share >= 10) return `×${formatFull(Math.round(share + 1))}`;
    const percent = share * 100;
    const decimals = Math.abs(percent) < 10 ? 1 : 0;
    const text = numberFormat(locale.value, {
        maximumFractionDigits: decimals,
        signDisplay: 'exceptZero',
    }).format(percent);
    return `${text}${SPACE}%`;
}
