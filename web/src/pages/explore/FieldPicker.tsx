/** A field of the table, found by typing. */
import { useState } from 'preact/hooks';
import type { Column } from '../../api/table';
import { Icon, type IconName } from '../../components/Icon';
import { Opener } from '../../components/Menu';
import { type Anchor, Popover } from '../../components/Popover';
import { shortened } from '../../format/cell';
import { messages } from '../../messages';
import { EITHER_END } from './state/relations';

export interface FieldPickerProps {
    label: string;
    text?: string;
    icon?: IconName;
    choices: Column[];
    chosen: string[];
    /** Several can be chosen: it stays open, and a choice is taken back by choosing it again. */
    isMany?: boolean;
    isSmall?: boolean;
    onChoose: (name: string) => void;
}

export function FieldPicker({ label, text, icon, isSmall, ...props }: FieldPickerProps) {
    return (
        <Opener
            label={label}
            kind="quiet"
            {...(text === undefined ? {} : { text })}
            {...(icon ? { icon } : {})}
            {...(isSmall ? { isSmall } : {})}
            hasArrow={icon === undefined}
        >
            {(anchor, close) => <FieldBox anchor={anchor} label={label} onClose={close} {...props} />}
        </Opener>
    );
}

type FieldBoxProps = Omit<FieldPickerProps, 'text' | 'icon'> & { anchor: Anchor; onClose: () => void };

function FieldBox({ anchor, label, choices, chosen, isMany, onChoose, onClose }: FieldBoxProps) {
    const text = messages.value.explore;
    const [typed, setTyped] = useState('');
    const wanted = typed.trim().toLowerCase();
    const found = choices
        .filter((column) => column.name.toLowerCase().includes(wanted))
        .sort((a, b) => startsWith(b.name, wanted) - startsWith(a.name, wanted));
    const choose = (name: string) => {
        if (!isMany) onClose();
        onChoose(name);
    };
    return (
        <Popover anchor={anchor} label={label} onClose={onClose}>
            <div class="pick-box">
                <form
                    onSubmit={(event) => {
                        event.preventDefault();
                        if (found[0]) choose(found[0].name);
                    }}
                >
                    <input
                        class="input"
                        aria-label={label}
                        placeholder={text.findField}
                        value={typed}
                        autocomplete="off"
                        spellcheck={false}
                        onInput={(event) => setTyped(event.currentTarget.value)}
                    />
                </form>
                <div class="menu pick-list">
                    {found.map((column) => (
                        <button
                            key={column.name}
                            type="button"
                            class="menu-item"
                            aria-pressed={chosen.includes(column.name)}
                            onClick={() => choose(column.name)}
                        >
                            <span class="menu-text mono">{shortened(column.name, 80)}</span>
                            {EITHER_END.has(column.name) && <span class="note">{text.eitherEnd}</span>}
                            {chosen.includes(column.name) && <Icon name="check" />}
                        </button>
                    ))}
                    {found.length === 0 && <p class="menu-heading">{text.noField}</p>}
                </div>
            </div>
        </Popover>
    );
}

function startsWith(name: string, wanted: string): number {
    return Number(name.toLowerCase().startsWith(wanted));
}
