/** The time range: how it is called, earlier, later, wider, and the box to choose another. */
import { useState } from 'preact/hooks';
import { Button } from '../components/Button';
import { Opener } from '../components/Menu';
import { type Anchor, Popover } from '../components/Popover';
import { formatDayAndTime } from '../format/time';
import { formatFull } from '../format/number';
import { messages } from '../messages';
import { chooseRange, rangeChoice, span, zone } from '../state/scope';
import { lengthParts, type RangeChoice, shifted, usualLengths, widened } from '../time/range';
import { fromWall, toWall } from '../time/zone';

export function lengthName(length: string): string {
    const text = messages.value.time;
    const usual = usualLengths.find((one) => one === length);
    if (usual) return text.last[usual];
    const parts = lengthParts(length);
    return parts ? text.lastOther(text.length[parts.unit](formatFull(parts.count))) : length;
}

export function rangeName(choice: RangeChoice, inZone: string): string {
    if (choice.kind === 'relative') return lengthName(choice.length);
    return `${formatDayAndTime(choice.from * 1000, inZone)} – ${formatDayAndTime(choice.to * 1000, inZone)}`;
}

export function RangePicker() {
    const text = messages.value.time;
    return (
        <div class="control-group" role="group" aria-label={text.range}>
            <Button icon="left" label={text.earlier} onClick={() => chooseRange(shifted(span.value, -1))} />
            <Opener label={text.range} icon="clock" text={rangeName(rangeChoice.value, zone.value)} hasArrow>
                {(anchor, close) => <RangeBox anchor={anchor} onClose={close} />}
            </Opener>
            <Button icon="right" label={text.later} onClick={() => chooseRange(shifted(span.value, 1))} />
            <Button icon="zoomOut" label={text.zoomOut} onClick={() => chooseRange(widened(span.value))} />
        </div>
    );
}

function RangeBox({ anchor, onClose }: { anchor: Anchor; onClose: () => void }) {
    const text = messages.value.time;
    const choice = rangeChoice.value;
    const choose = (next: RangeChoice) => {
        onClose();
        chooseRange(next);
    };
    return (
        <Popover anchor={anchor} label={text.range} onClose={onClose}>
            <div class="range-box">
                <div class="menu">
                    <div class="menu-heading">{text.relative}</div>
                    {usualLengths.map((length) => (
                        <button
                            key={length}
                            type="button"
                            class="menu-item"
                            aria-pressed={choice.kind === 'relative' && choice.length === length}
                            onClick={() => choose({ kind: 'relative', length })}
                        >
                            {text.last[length]}
                        </button>
                    ))}
                </div>
                <AbsoluteForm onChoose={choose} />
            </div>
        </Popover>
    );
}

/** What a date input takes and gives: the wall clock, without a zone. */
function inputText(seconds: number): string {
    return new Date(toWall(seconds * 1000, zone.value)).toISOString().slice(0, 19);
}

function fromInput(text: string): number {
    return Math.floor(fromWall(Date.parse(`${text}Z`), zone.value) / 1000);
}

function AbsoluteForm({ onChoose }: { onChoose: (choice: RangeChoice) => void }) {
    const text = messages.value.time;
    const [from, setFrom] = useState(inputText(span.value.from));
    const [to, setTo] = useState(inputText(span.value.to));
    const isWrong = !(fromInput(withSeconds(from)) < fromInput(withSeconds(to)));
    return (
        <form
            class="form range-form"
            onSubmit={(event) => {
                event.preventDefault();
                if (isWrong) return;
                onChoose({ kind: 'absolute', from: fromInput(withSeconds(from)), to: fromInput(withSeconds(to)) });
            }}
        >
            <div class="menu-heading">
                {text.absolute} · {zone.value}
            </div>
            <MomentField name={text.from} value={from} onChange={setFrom} />
            <MomentField name={text.to} value={to} onChange={setTo} />
            <p class="note" role="status">
                {isWrong ? text.fromAfterTo : ''}
            </p>
            <Button type="submit" kind="primary" isDisabled={isWrong}>
                {messages.value.action.apply}
            </Button>
        </form>
    );
}

/** Browsers leave the seconds out where they are zero. */
function withSeconds(text: string): string {
    return /T\d\d:\d\d$/.test(text) ? `${text}:00` : text;
}

function MomentField({ name, value, onChange }: { name: string; value: string; onChange: (value: string) => void }) {
    return (
        <label class="field">
            <span>{name}</span>
            <input
                class="input"
                type="datetime-local"
                step="1"
                value={value}
                onInput={(event) => onChange(event.currentTarget.value)}
            />
        </label>
    );
}
