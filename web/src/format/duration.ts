import { locale, numberFormat } from './locale';

const SPACE = '\u00a0';

function unitText(value: number, unit: string, decimals: number): string {
    return numberFormat(locale.value, {
        style: 'unit',
        unit,
        unitDisplay: 'narrow',
        maximumFractionDigits: decimals,
    }).format(value);
}

/** 230 ms, 4.2 s, 3m 20s, 5h 12m, 9d 4h */
export function formatSeconds(seconds: number): string {
    const size = Math.abs(seconds);
    const plain = (value: number, decimals: number) =>
        numberFormat(locale.value, { maximumFractionDigits: decimals }).format(value);
    if (size === 0) return `0${SPACE}s`;
    if (size < 1) return `${plain(seconds * 1000, size < 0.01 ? 1 : 0)}${SPACE}ms`;
    if (size < 60) return `${plain(seconds, 1)}${SPACE}s`;
    const two = (big: number, bigUnit: string, smallUnit: string, ratio: number) => {
        const rounded = Math.round(size / (big / ratio));
        const whole = Math.floor(rounded / ratio);
        const rest = rounded % ratio;
        const text = unitText(whole, bigUnit, 0) + (rest ? SPACE + unitText(rest, smallUnit, 0) : '');
        return seconds < 0 ? `-${text}` : text;
    };
    if (size < 3600) return two(60, 'minute', 'second', 60);
    if (size < 86_400) return two(3600, 'hour', 'minute', 60);
    return two(86_400, 'day', 'hour', 24);
}

export function formatMilliseconds(milliseconds: number): string {
    return formatSeconds(milliseconds / 1000);
}
