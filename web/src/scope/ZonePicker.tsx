import { useMemo, useState } from 'preact/hooks';
import { Icon } from '../components/Icon';
import { Opener } from '../components/Menu';
import { type Anchor, Popover } from '../components/Popover';
import { formatOffset } from '../format/time';
import { messages } from '../messages';
import { choose } from '../state/location';
import { zone } from '../state/scope';
import { allZones, browserZone } from '../time/zone';

/** Enough to choose from; typing brings the others. */
const MOST_SHOWN = 40;

export function ZonePicker() {
    return (
        <Opener label={messages.value.time.zone} text={zone.value} kind="quiet" hasArrow>
            {(anchor, close) => <ZoneBox anchor={anchor} onClose={close} />}
        </Opener>
    );
}

function ZoneBox({ anchor, onClose }: { anchor: Anchor; onClose: () => void }) {
    const text = messages.value.time;
    const [typed, setTyped] = useState('');
    const own = browserZone();
    const zones = useMemo(() => [...new Set(['UTC', own, ...allZones()])], [own]);
    const wanted = typed.trim().toLowerCase().replaceAll(' ', '_');
    const found = zones.filter((one) => one.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
    return (
        <Popover anchor={anchor} label={text.zone} onClose={onClose}>
            <div class="pick-box">
                <input
                    class="input"
                    aria-label={text.findZone}
                    placeholder={text.findZone}
                    value={typed}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                />
                <div class="menu pick-list">
                    {found.map((one) => (
                        <button
                            key={one}
                            type="button"
                            class="menu-item"
                            aria-pressed={one === zone.value}
                            onClick={() => {
                                onClose();
                                // The computer's own needs no word in the address, but a link has to mean the same elsewhere.
                                choose({ tz: one });
                            }}
                        >
                            <span class="menu-text">{one === own ? text.browserZone(one) : one}</span>
                            <span class="note">{formatOffset(Date.now(), one)}</span>
                            {one === zone.value && <Icon name="check" />}
                        </button>
                    ))}
                    {found.length === 0 && <p class="menu-heading">{text.noZone}</p>}
                </div>
            </div>
        </Popover>
    );
}
