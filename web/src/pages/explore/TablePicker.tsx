/** Which table is explored: the views over the logs first, then all others. */
import { useState } from 'preact/hooks';
import { catalog } from '../../api/catalog';
import { Icon } from '../../components/Icon';
import { Opener } from '../../components/Menu';
import { type Anchor, Popover } from '../../components/Popover';
import { shortened } from '../../format/cell';
import { messages } from '../../messages';
import { changeTable, table } from './state/explored';
import { orderedRelations, wholeName } from './state/relations';

export function TablePicker() {
    return (
        <Opener
            label={messages.value.explore.table}
            icon="table"
            text={<strong class="mono">{shortened(table.value, 60)}</strong>}
            hasArrow
        >
            {(anchor, close) => <TableBox anchor={anchor} onClose={close} />}
        </Opener>
    );
}

function TableBox({ anchor, onClose }: { anchor: Anchor; onClose: () => void }) {
    const text = messages.value.explore;
    const [typed, setTyped] = useState('');
    const wanted = typed.trim().toLowerCase();
    const names = orderedRelations(catalog.value)
        .map(wholeName)
        .filter((name) => name.toLowerCase().includes(wanted));
    const choose = (name: string) => {
        onClose();
        changeTable(name);
    };
    return (
        <Popover anchor={anchor} label={text.table} onClose={onClose}>
            <div class="pick-box">
                <form
                    onSubmit={(event) => {
                        event.preventDefault();
                        if (names[0] !== undefined) choose(names[0]);
                    }}
                >
                    <input
                        class="input"
                        aria-label={text.findTable}
                        placeholder={text.findTable}
                        value={typed}
                        autocomplete="off"
                        spellcheck={false}
                        onInput={(event) => setTyped(event.currentTarget.value)}
                    />
                </form>
                <div class="menu pick-list">
                    {names.map((name) => (
                        <button
                            key={name}
                            type="button"
                            class="menu-item"
                            aria-pressed={name === table.value}
                            onClick={() => choose(name)}
                        >
                            <span class="menu-text mono">{shortened(name, 100)}</span>
                            {name === table.value && <Icon name="check" />}
                        </button>
                    ))}
                </div>
            </div>
        </Popover>
    );
}
