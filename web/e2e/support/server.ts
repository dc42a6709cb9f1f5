/** The real program over real loaded sample logs, in a folder of its own that goes with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const program = path.resolve(process.env['FLOWTRAIL'] ?? '../target/debug/flowtrail');
const SAMPLE = ['--rows', '20000', '--events', '2000', '--days', '3'];
const LONGEST_START_MS = 120_000;

interface Started {
    child: ChildProcess;
    port: number;
}

export class Server {
    private started: Started | undefined;

    private constructor(private readonly folder: string) {}

    /** A lake with a demo's logs, served at a port that is free. */
    static async overSampleLogs(): Promise<Server> {
        const server = new Server(await mkdtemp(path.join(tmpdir(), 'flowtrail-e2e-')));
        try {
            await server.finish(['demo', ...SAMPLE]);
            await server.start();
            return server;
        } catch (error) {
            await server.remove();
            throw error;
        }
    }

    get url(): string {
        if (!this.started) throw new Error('the server is not running');
        return `http://127.0.0.1:${String(this.started.port)}`;
    }

    /** Again at the port it had before, where `port` says it. */
    async start(port = 0): Promise<void> {
        const child = this.run(['serve', '--listen', `127.0.0.1:${String(port)}`]);
        this.started = { child, port: await portOf(child) };
    }

    /** What a crash leaves: nothing is closed, nothing is said. Gives the port it had. */
    async kill(): Promise<number> {
        const port = Number(new URL(this.url).port);
        await this.end('SIGKILL');
        return port;
    }

    /** Stops as an operator does, and takes the lake with it. */
    async remove(): Promise<void> {
        await this.end('SIGTERM');
        await rm(this.folder, { recursive: true, force: true });
    }

    private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
        const child = this.started?.child;
        this.started = undefined;
        if (!child || child.exitCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill(signal);
        const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
        await ended;
        clearTimeout(timer);
    }

    private run(words: string[]): ChildProcess {
        const child = spawn(program, ['--lake', path.join(this.folder, 'lake'), ...words], {
            env: { ...process.env, XDG_DATA_HOME: path.join(this.folder, 'data') },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        const orphan = () => child.kill('SIGKILL');
        process.once('exit', orphan);
        child.once('exit', () => process.removeListener('exit', orphan));
        return child;
    }

    private finish(words: string[]): Promise<void> {
        const child = this.run(words);
        const said = heard(child);
        return new Promise((resolve, reject) => {
            child.once('error', reject);
            child.once('exit', (code) => {
                if (code === 0) resolve();
                else reject(new Error(`flowtrail ${words.join(' ')} ended with ${String(code)}:\n${said()}`));
            });
        });
    }
}

function heard(child: ChildProcess): () => string {
    let said = '';
    const hear = (piece: Buffer) => {
        said = (said + piece.toString()).slice(-20_000);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    return () => said;
}

/** Said once the server listens. */
function portOf(child: ChildProcess): Promise<number> {
    const said = heard(child);
    return new Promise((resolve, reject) => {
        const fail = (why: string) => {
            clearTimeout(timer);
            reject(new Error(`flowtrail serve ${why}:\n${said()}`));
        };
        const timer = setTimeout(() => {
            child.kill('SIGKILL');
            fail('did not say its address');
        }, LONGEST_START_MS);
        child.once('error', (error) => fail(error.message));
        child.once('exit', (code) => fail(`ended with ${String(code)}`));
        child.stdout?.on('data', () => {
            const port = /http:\/\/127\.0\.0\.1:(\d+)\/ until/.exec(said())?.[1];
            if (port === undefined) return;
            clearTimeout(timer);
            resolve(Number(port));
        });
    });
}
