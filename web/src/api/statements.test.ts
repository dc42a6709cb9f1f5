import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connection, nextWait } from './connection';
import { linesOf } from './lines';
import { ProblemError, UnreachableError } from './problem';
import { run, runAll } from './statements';
import { nameInYaml } from './dashboards';

function stream(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    return new ReadableStream({
        start(controller) {
            for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
            controller.close();
        },
    });
}

async function all(body: ReadableStream<Uint8Array>): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of linesOf(body)) lines.push(line);
    return lines;
}

describe('lines', () => {
    test('come whole from pieces cut anywhere', async () => {
        expect(await all(stream('{"a"', ':1}\n{"b', '":2}', '\n\n', '{"c":3}'))).toEqual([
            '{"a":1}',
            '{"b":2}',
            '{"c":3}',
        ]);
    });
    test('a character cut in the middle is one character', async () => {
        const bytes = new TextEncoder().encode('"東京"\n');
        expect(await all(stream(bytes.slice(0, 3), bytes.slice(3)))).toEqual(['"東京"']);
    });
    test('stopping to read cancels', async () => {
        const cancelled = vi.fn();
        const body = new ReadableStream<Uint8Array>({
            pull: (controller) => controller.enqueue(new TextEncoder().encode('x\n')),
            cancel: cancelled,
        });
        for await (const line of linesOf(body)) {
            expect(line).toBe('x');
            break;
        }
        expect(cancelled).toHaveBeenCalledOnce();
    });
});

const column = { name: 'n', type: 'Int64', kind: 'number' };
const end = { event: 'end', rows: 1, is_cut: false, bytes_scanned: 1, files_read: 1, files_total: 1, elapsed_ms: 1 };
const answered = (...events: object[]) =>
    new Response(stream(events.map((event) => JSON.stringify(event)).join('\n')), { status: 200 });

describe('statements', () => {
    const fetched = vi.fn<typeof fetch>();
    beforeEach(() => vi.stubGlobal('fetch', fetched));
    afterEach(() => {
        vi.unstubAllGlobals();
        fetched.mockReset();
    });

    test('rows of several lines are one answer', async () => {
        fetched.mockResolvedValue(
            answered(
                { event: 'statement', index: 0, count: 1, line: 1 },
                { event: 'columns', columns: [column] },
                { event: 'rows', rows: [[1]] },
                { event: 'rows', rows: [[2]] },
                end,
                { event: 'session' },
            ),
        );
        const answer = await run({ sql: 'select 1' });
        expect(answer.rows).toEqual([[1], [2]]);
        expect(answer.isCut).toBe(false);
    });

    test('an error in the answer is thrown with its words', async () => {
        const problem = { title: 'no column `srcadr`', status: 400, hint: 'did you mean `srcaddr`?' };
        fetched.mockResolvedValue(
            answered({ event: 'statement', index: 0, count: 1, line: 1 }, { event: 'error', problem }),
        );
        await expect(runAll({ sql: 'x' })).rejects.toMatchObject({ problem });
    });

    test('half an answer is an error', async () => {
        fetched.mockResolvedValue(
            answered({ event: 'statement', index: 0, count: 1, line: 1 }, { event: 'columns', columns: [column] }),
        );
        await expect(runAll({ sql: 'x' })).rejects.toBeInstanceOf(ProblemError);
    });

    test('a refusal is a problem, and a page of a proxy too', async () => {
        fetched.mockResolvedValueOnce(
            new Response(JSON.stringify({ title: 'not now' }), {
                status: 429,
                headers: { 'content-type': 'application/problem+json' },
            }),
        );
        await expect(run({ sql: 'x' })).rejects.toMatchObject({ problem: { title: 'not now', status: 429 } });
        fetched.mockResolvedValueOnce(new Response('<html>', { status: 400, statusText: 'Bad Request' }));
        await expect(run({ sql: 'x' })).rejects.toMatchObject({ problem: { title: 'Bad Request', status: 400 } });
    });

    test('no server is said once, and it is asked for again', async () => {
        vi.useFakeTimers();
        fetched.mockRejectedValue(new TypeError('failed to fetch'));
        await expect(run({ sql: 'x' })).rejects.toBeInstanceOf(UnreachableError);
        expect(connection.value).toBe('gone');
        fetched.mockResolvedValue(new Response('{}', { status: 200 }));
        await vi.advanceTimersByTimeAsync(1500);
        expect(connection.value).toBe('back');
        vi.useRealTimers();
    });

    test('waits grow, and end growing', () => {
        expect(nextWait(1000)).toBe(1700);
        expect(nextWait(14_000)).toBe(15_000);
    });
});

test('a dashboard is named in its file', () => {
    expect(nameInYaml('# mine\ndashboard: my-net\ntitle: x')).toBe('my-net');
    expect(nameInYaml('dashboard: "a" # here')).toBe('a');
    expect(nameInYaml('{"dashboard": "net"}')).toBe('net');
    expect(nameInYaml('title: x')).toBeUndefined();
});
