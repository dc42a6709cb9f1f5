/** A name for the text in the editor. */
import { useState } from 'preact/hooks';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { notify } from '../../components/notices';
import { shortened } from '../../format/cell';
import { messages } from '../../messages';
import { accent, text as editorText } from './choices';
import { openName, saved, saveStatement } from './run/saved';

const LONGEST_NAME = 120;

/** False, and said so, where the browser keeps nothing. */
export function saveAs(name: string): boolean {
    const text = messages.peek().sqlPage;
    const done = saveStatement({
        name,
        sql: editorText.peek(),
        accent: accent.peek(),
        savedAt: new Date().toISOString(),
    });
    notify(done ? text.savedAs(shortened(name, 80)) : text.noRoom, done ? 'done' : 'failed');
    return done;
}

export function SaveDialog({ onClose }: { onClose: () => void }) {
    const text = messages.value.sqlPage;
    const [name, setName] = useState(openName.peek() ?? '');
    const plain = name.trim();
    const isTaken = plain !== openName.value && saved.value.some((one) => one.name === plain);
    const save = () => {
        if (plain !== '' && saveAs(plain)) onClose();
    };
    return (
        <Dialog
            title={text.saveTitle}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{messages.value.action.cancel}</Button>
                    <Button kind="primary" isDisabled={plain === ''} onClick={save}>
                        {isTaken ? text.replaceSaved : messages.value.action.save}
                    </Button>
                </>
            }
        >
            <form
                class="form"
                onSubmit={(event) => {
                    event.preventDefault();
                    save();
                }}
            >
                <label class="field">
                    <span>{text.name}</span>
                    <input
                        class="input"
                        autofocus
                        maxLength={LONGEST_NAME}
                        value={name}
                        onInput={(event) => setName(event.currentTarget.value)}
                    />
                </label>
                <p class="note">{isTaken ? text.nameTaken : text.saveNote}</p>
            </form>
        </Dialog>
    );
}
