/** The events of an answer, with rows left as bytes. */
import { reportGone } from '../../../api/connection';
import { isAbort, UnreachableError } from '../../../api/problem';
import { request } from '../../../api/request';
import type { StatementEvent, StatementRequest } from '../../../api/statements';
import { byteLinesOf } from './byteLines';
import { isRowsLine } from './rowOffsets';

export type RawEvent = Exclude<StatementEvent, { event: 'rows' }> | { event: 'rows'; line: Uint8Array };

export async function* rawEvents(body: StatementRequest, signal: AbortSignal): AsyncGenerator<RawEvent> {
    const response = await request('/statements', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
        body: JSON.stringify(body),
        signal,
    });
    if (!response.body) return;
    const decoder = new TextDecoder();
    try {
        for await (const line of byteLinesOf(response.body)) {
            if (isRowsLine(line)) {
                yield { event: 'rows', line };
                continue;
            }
            const event = JSON.parse(decoder.decode(line)) as StatementEvent;
            yield event.event === 'rows' ? { event: 'rows', line } : event;
        }
    } catch (error) {
        if (isAbort(error) || !(error instanceof TypeError)) throw error;
        reportGone(); // The connection broke in the middle.
        throw new UnreachableError();
    }
}
