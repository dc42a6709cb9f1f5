/** How long the run goes on, for who shows it; still when it does not. */
import { useEffect, useState } from 'preact/hooks';
import { isRunning, run } from '../run/runs';

const TICK_MS = 100;

export function useElapsed(): number {
    const [now, setNow] = useState(Date.now());
    const running = isRunning.value;
    useEffect(() => {
        if (!running) return;
        setNow(Date.now());
        const timer = setInterval(() => setNow(Date.now()), TICK_MS);
        return () => clearInterval(timer);
    }, [running]);
    const current = run.value;
    if (!running || !current) return 0;
    return Math.max(0, Math.floor((now - current.startedAt) / TICK_MS) * TICK_MS);
}
