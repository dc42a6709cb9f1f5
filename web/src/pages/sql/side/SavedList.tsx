/** Statements with a name. */
import { useState } from 'preact/hooks';
import { Button } from '../../../components/Button';
import { confirmed } from '../../../components/confirmed';
import { notify } from '../../../components/notices';
import { shortened } from '../../../format/cell';
import { messages } from '../../../messages';
import { accent, accentNames } from '../choices';
import { replaceText } from '../editor/document';
import { putExample } from '../examples/Examples';
import { examples } from '../examples/examples';
import { deleteStatement, openName, saved, type SavedStatement } from '../run/saved';
import { oneLine } from '../text/statements';

export function SavedList({ onChosen }: { onChosen: () => void }) {
    const text = messages.value.sqlPage;
    const [typed, setTyped] = useState('');
    const wanted = typed.trim().toLowerCase();
    const list = saved.value.filter((one) => `${one.name}\n${one.sql}`.toLowerCase().includes(wanted));
    const open = (one: SavedStatement) => {
        accent.value = one.accent;
        replaceText(one.sql);
        openName.value = one.name;
        onChosen();
    };
    const remove = async (one: SavedStatement) => {
        const action = messages.value.action.delete;
        const question = text.deleteSaved(shortened(one.name, 80));
        if (!(await confirmed({ title: action, question, action, isDanger: true }))) return;
        deleteStatement(one.name);
        notify(text.deleted);
    };
    return (
        <>
            <div class="sql-side-find">
                <input
                    class="input"
                    type="search"
                    aria-label={text.findSaved}
                    placeholder={text.findSaved}
                    value={typed}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                />
            </div>
            <div class="sql-side-list">
                {list.length === 0 && (
                    <p class="sql-side-empty">{saved.value.length === 0 ? text.noSaved : text.nothingFound}</p>
                )}
                <ul>
                    {list.map((one) => (
                        <li key={one.name} class="sql-side-saved">
                            <button
                                type="button"
                                class="sql-side-item"
                                aria-current={one.name === openName.value}
                                title={shortened(one.sql, 1500)}
                                onClick={() => open(one)}
                            >
                                <span class="sql-side-item-text">
                                    <span class="sql-side-saved-name">{shortened(one.name, 120)}</span>
                                    <span class="sql-side-sql note">{oneLine(one.sql, 160)}</span>
                                </span>
                            </button>
                            <Button
                                icon="delete"
                                kind="quiet"
                                isSmall
                                label={text.deleteNamed(shortened(one.name, 80))}
                                onClick={() => void remove(one)}
                            />
                        </li>
                    ))}
                </ul>
                <h2 class="sql-side-schema">{text.examples}</h2>
                {examples.map((one) => (
                    <button
                        key={one.key}
                        type="button"
                        class="sql-side-item"
                        title={one.sql}
                        onClick={() => {
                            putExample(one);
                            onChosen();
                        }}
                    >
                        <span class="sql-side-item-text">
                            <span>{text.example[one.key]}</span>
                            <span class="note">{one.accent === 'auto' ? text.anyAccent : accentNames[one.accent]}</span>
                        </span>
                    </button>
                ))}
            </div>
        </>
    );
}
