/** Refreshing: now, and by itself. */
import { useEffect } from 'preact/hooks';
import { Button } from '../components/Button';
import { Menu, type MenuEntry, Opener } from '../components/Menu';
import { formatFull } from '../format/number';
import { formatClock } from '../format/time';
import { messages } from '../messages';
import { choose } from '../state/location';
import { now, refresh, refreshSeconds, zone } from '../state/scope';

const choices = [0, 10, 30, 60, 300, 900];

export function everyText(seconds: number): string {
    const text = messages.value.time;
    if (seconds === 0) return text.never;
    return seconds < 60 || seconds % 60
        ? text.everySeconds(formatFull(seconds))
        : text.everyMinutes(formatFull(seconds / 60));
}

/** Refreshes by itself; where the bars are hidden, too. */
export function useRefreshing(): void {
    const seconds = refreshSeconds.value;
    useEffect(() => {
        if (seconds === 0) return;
        // A page nobody looks at asks nothing; it is refreshed when it is looked at again.
        const tick = () => {
            if (document.visibilityState === 'visible' && Date.now() - now.peek() >= seconds * 990) refresh();
        };
        const timer = setInterval(tick, seconds * 1000);
        document.addEventListener('visibilitychange', tick);
        return () => {
            clearInterval(timer);
            document.removeEventListener('visibilitychange', tick);
        };
    }, [seconds]);
}

/** Refreshing without anything to see. */
export function Refreshing() {
    useRefreshing();
    return null;
}

export function RefreshPicker() {
    const text = messages.value.time;
    const seconds = refreshSeconds.value;
    useRefreshing();
    const asOf = text.updated(formatClock(now.value, zone.value, true));
    return (
        <div class="control-group" role="group" aria-label={text.refresh}>
            <Button icon="refresh" label={`${text.refreshNow} (${asOf})`} onClick={refresh} />
            <Opener label={text.every} text={seconds === 0 ? '' : everyText(seconds)} hasArrow>
                {(anchor, close) => (
                    <Menu anchor={anchor} label={text.every} entries={entries(seconds)} onClose={close} />
                )}
            </Opener>
        </div>
    );
}

function entries(seconds: number): MenuEntry[] {
    return [
        { heading: messages.value.time.every },
        ...choices.map((choice): MenuEntry => ({
            text: everyText(choice),
            isChosen: choice === seconds,
            onChoose: () => choose({ refresh: String(choice) }),
        })),
    ];
}
