/** A list of actions in a popover; arrows move, letters jump. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './Icon';
import { type Anchor, Popover } from './Popover';

export type MenuEntry =
    | {
          text: string;
          icon?: IconName;
          onChoose: () => void;
          isChosen?: boolean;
          isDanger?: boolean;
          isDisabled?: boolean;
      }
    | 'rule'
    | { heading: string };

export interface MenuProps {
    anchor: Anchor;
    label: string;
    entries: MenuEntry[];
    onClose: () => void;
}

export function Menu({ anchor, label, entries, onClose }: MenuProps) {
    const list = useRef<HTMLDivElement>(null);
    const keys = (event: KeyboardEvent) => {
        const items = [...(list.current?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])];
        const at = items.findIndex((item) => item === document.activeElement);
        let next: HTMLButtonElement | undefined;
        if (event.key === 'ArrowDown') next = items[(at + 1) % items.length];
        else if (event.key === 'ArrowUp') next = items[(at - 1 + items.length) % items.length];
        else if (event.key === 'Home') next = items[0];
        else if (event.key === 'End') next = items.at(-1);
        else if (event.key === 'Tab') onClose();
        else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
            const letter = event.key.toLowerCase();
            next = [...items.slice(at + 1), ...items].find((item) =>
                item.innerText.trim().toLowerCase().startsWith(letter),
            );
        }
        if (next) {
            event.preventDefault();
            next.focus();
        }
    };
    return (
        <Popover anchor={anchor} label={label} role="menu" onClose={onClose}>
            <div class="menu" ref={list} role="presentation" onKeyDown={keys}>
                {entries.map((entry, at) => {
                    if (entry === 'rule') return <hr key={at} class="menu-rule" />;
                    if ('heading' in entry) {
                        return (
                            <div key={at} class="menu-heading" role="presentation">
                                {entry.heading}
                            </div>
                        );
                    }
                    return (
                        <button
                            key={at}
                            type="button"
                            role={entry.isChosen === undefined ? 'menuitem' : 'menuitemradio'}
                            aria-checked={entry.isChosen}
                            class={entry.isDanger ? 'menu-item is-danger' : 'menu-item'}
                            disabled={entry.isDisabled}
                            onClick={() => {
                                onClose();
                                entry.onChoose();
                            }}
                        >
                            {entry.icon && <Icon name={entry.icon} />}
                            <span class="menu-text">{entry.text}</span>
                            {entry.isChosen && <Icon name="check" />}
                        </button>
                    );
                })}
            </div>
        </Popover>
    );
}

export interface OpenerProps {
    label: string;
    icon?: IconName;
    text?: ComponentChildren;
    kind?: 'plain' | 'quiet';
    isSmall?: boolean;
    isPressed?: boolean;
    hasArrow?: boolean;
    class?: string;
    /** What is opened. Called with a function that closes it. */
    children: (anchor: Anchor, close: () => void) => ComponentChildren;
}

/** A button that opens a menu or a popover, and closes it when pressed again. */
export function Opener({
    label,
    icon,
    text,
    kind = 'plain',
    isSmall,
    isPressed,
    hasArrow,
    children,
    ...props
}: OpenerProps) {
    const [anchor, setAnchor] = useState<Anchor>();
    const closedAt = useRef(0);
    const isClosing = useRef(false);
    const close = () => {
        closedAt.current = performance.now();
        setAnchor(undefined);
    };
    const classes = ['button', kind === 'quiet' ? 'button-quiet' : '', isSmall ? 'button-small' : ''];
    if (text === undefined) classes.push('button-icon');
    if (isPressed) classes.push('is-set');
    return (
        <>
            <button
                type="button"
                class={[...classes, props.class ?? ''].filter(Boolean).join(' ')}
                aria-label={text === undefined ? label : undefined}
                title={label}
                aria-haspopup="true"
                aria-expanded={anchor !== undefined}
                // The press that closed it, by being elsewhere, must not open it again.
                onPointerDown={() => (isClosing.current = performance.now() - closedAt.current < 20)}
                onClick={(event) => {
                    const wasClosing = isClosing.current;
                    isClosing.current = false;
                    if (wasClosing) return;
                    setAnchor(event.currentTarget.getBoundingClientRect());
                }}
            >
                {icon && <Icon name={icon} />}
                {text !== undefined && <span class="button-text">{text}</span>}
                {hasArrow && <Icon name="down" />}
            </button>
            {anchor && children(anchor, close)}
        </>
    );
}
