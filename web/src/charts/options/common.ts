/** What all charts have in common. */
import type { Look } from '../look';
import { messages } from '../../messages';
import { formatBucket } from '../../format/time';
import type { ChartInput } from '../built';
import type { Category } from '../frame';

export function textStyle(look: Look) {
    return { color: look.faint, fontFamily: look.font, fontSize: look.fontSize };
}

/** The box of a tooltip; what is in it comes from tooltip.ts. */
export function tooltipBox(look: Look) {
    return {
        confine: true,
        transitionDuration: 0,
        backgroundColor: look.surface,
        borderColor: look.line,
        borderWidth: 1,
        padding: 0,
        textStyle: { color: look.text, fontFamily: look.font, fontSize: look.fontSize + 0.5 },
        extraCssText: 'z-index:40;border-radius:8px;box-shadow:0 6px 20px rgb(0 0 0/14%)',
    };
}

export function headingOf(category: Category | undefined, input: ChartInput): string {
    if (!category) return '';
    if (category.moment === undefined) return category.label;
    return formatBucket(
        category.moment,
        input.zone,
        input.frame.isBucketed ? (input.granularity ?? 'minute') : 'minute',
    );
}

/** A value axis without ornaments: thin lines and few labels. */
export function valueAxis(input: ChartInput, format: (value: number) => string) {
    const { look, frame } = input;
    const isWhole = frame.series.every((one) => one.values.every((value) => Number.isInteger(value ?? 0)));
    return {
        type: 'value',
        // Half a record is no place on an axis.
        ...(isWhole ? { minInterval: 1 } : {}),
        splitNumber: Math.max(2, Math.min(5, Math.floor(input.size.height / 60))),
        axisLabel: { ...textStyle(look), formatter: format, hideOverlap: true },
        splitLine: { lineStyle: { color: look.grid } },
        axisLine: { show: false },
        axisTick: { show: false },
    };
}

export function previousName(): string {
    return messages.value.time.previous;
}
