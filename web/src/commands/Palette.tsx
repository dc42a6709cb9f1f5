/** Ctrl+K: everything by name. */
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/Icon';
import { formatFull } from '../format/number';
import { messages } from '../messages';
import './palette.css';
import { commands, matching } from './registry';

export const paletteIsOpen = signal(false);

/** Listens for Ctrl+K, or Command+K, wherever the focus is. */
export function listenForPaletteKey(): void {
    window.addEventListener('keydown', (event) => {
        if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
            event.preventDefault();
            paletteIsOpen.value = !paletteIsOpen.value;
        }
    });
}

export function Palette() {
    return paletteIsOpen.value ? <OpenPalette /> : null;
}

function OpenPalette() {
    const text = messages.value.palette;
    const [typed, setTyped] = useState('');
    const [at, setAt] = useState(0);
    const dialog = useRef<HTMLDialogElement>(null);
    const list = useRef<HTMLUListElement>(null);
    const found = matching(commands.value, typed);
    const close = () => (paletteIsOpen.value = false);
    useLayoutEffect(() => {
        const element = dialog.current;
        const before = document.activeElement;
        element?.showModal();
        return () => {
            element?.close();
            if (before instanceof HTMLElement) before.focus({ preventScroll: true });
        };
    }, []);
    useEffect(() => {
        list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    }, [at, typed]);
    const choose = (place: number) => {
        const command = found[place];
        if (!command) return;
        close();
        // After the dialog has given the focus back, as a command may move it.
        setTimeout(command.run, 0);
    };
    const keys = (event: KeyboardEvent) => {
        if (event.isComposing) return; // Japanese input: Enter takes the conversion.
        if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
        else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
        else if (event.key === 'Enter') choose(at);
        else return;
        event.preventDefault();
    };
    return (
        <dialog
            ref={dialog}
            class="palette"
            aria-label={text.title}
            onCancel={close}
            onClick={(event) => event.target === dialog.current && close()}
        >
            <div class="palette-box">
                <div class="palette-input">
                    <Icon name="search" />
                    <input
                        role="combobox"
                        aria-expanded="true"
                        aria-controls="palette-list"
                        aria-activedescendant={found[at] ? `command-${String(at)}` : undefined}
                        aria-label={text.placeholder}
                        placeholder={text.placeholder}
                        value={typed}
                        autocomplete="off"
                        spellcheck={false}
                        onInput={(event) => {
                            setTyped(event.currentTarget.value);
                            setAt(0);
                        }}
                        onKeyDown={keys}
                    />
                </div>
                <ul id="palette-list" role="listbox" aria-label={text.title} ref={list}>
                    {found.map((command, place) => (
                        <li
                            key={command.id}
                            id={`command-${String(place)}`}
                            role="option"
                            aria-selected={place === at}
                            onPointerMove={() => setAt(place)}
                            onClick={() => choose(place)}
                        >
                            <Icon name={command.icon ?? 'right'} />
                            <span>{command.text}</span>
                        </li>
                    ))}
                </ul>
                {found.length === 0 && <p class="palette-nothing">{text.nothing}</p>}
                <span class="only-read-aloud" role="status">
                    {text.found(formatFull(found.length))}
                </span>
            </div>
        </dialog>
    );
}
