/** The rows of a result in the chosen order. */
import { useEffect, useState } from 'preact/hooks';
import type { Column } from '../../../api/table';
import type { Sorting } from '../../../charts/sorting';
import { orderOf } from '../answer/order';
import type { StatementResult } from '../run/result';

interface Ordered {
    sorting: Sorting;
    order: Uint32Array;
}

export function useOrder(result: StatementResult, columns: Column[], sorting: Sorting | undefined) {
    const [ordered, setOrdered] = useState<Ordered>();
    const isThere = ordered !== undefined && ordered.sorting === sorting;
    useEffect(() => {
        if (!sorting) return;
        const controller = new AbortController();
        void orderOf(result.rows, columns, sorting, controller.signal).then((order) => {
            if (order) setOrdered({ sorting, order });
        });
        return () => controller.abort();
    }, [result, columns, sorting]);
    const order = isThere ? ordered.order : undefined;
    return {
        rowAt: (row: number) => result.rows.row(order ? (order[row] ?? 0) : row),
        isSorting: sorting !== undefined && !isThere,
        /** Changes whenever other rows are shown. */
        order,
    };
}
