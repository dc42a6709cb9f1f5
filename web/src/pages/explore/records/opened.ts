/** Which record is open, as the address says it. */
import { computed } from '@preact/signals';
import { choose, query } from '../../../state/location';

export const openId = computed(() => query.value.get('record') ?? undefined);

/** Going from record to record is one step of the history; opening the first and closing are others. */
export function openRecord(id: string | undefined): void {
    choose({ record: id ?? null }, id !== undefined && openId.peek() !== undefined ? 'replace' : 'push');
}
