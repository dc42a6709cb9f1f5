import { useMemo } from 'preact/hooks';
import type { ChartSpec } from './spec';

/** The same object as long as it says the same: charts are drawn anew for another. */
export function useSpec(spec: ChartSpec): ChartSpec {
    const { chart, x, y, series, order, direction, unit } = spec;
    const values = y?.join('\n');
    return useMemo(
        () => ({
            chart,
            ...(x === undefined ? {} : { x }),
            ...(values === undefined ? {} : { y: values.split('\n') }),
            ...(series === undefined ? {} : { series }),
            ...(order === undefined ? {} : { order }),
            ...(direction === undefined ? {} : { direction }),
            ...(unit === undefined ? {} : { unit }),
        }),
        [chart, x, values, series, order, direction, unit],
    );
}
