/** SQL: an editor, and what comes of it. */
import { signal } from '@preact/signals';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Command, useCommands } from '../../commands/registry';
import { Dialog } from '../../components/Dialog';
import { notify } from '../../components/notices';
import { messages } from '../../messages';
import { fitsAddress, followAddress } from './addressText';
import { text as editorText } from './choices';
import { selected, whole } from './editor/document';
import { Editor } from './editor/Editor';
import { readKept, writeKept } from './kept';
import { Results } from './results/Results';
import { cancelRun, isRunning, runPiece } from './run/runs';
import { openName } from './run/saved';
import { SaveDialog, saveAs } from './SaveDialog';
import { Side } from './side/Side';
import { Splitter } from './Splitter';
import './sql.css';
import { Toolbar } from './Toolbar';

const isNumber = (value: unknown): value is number => typeof value === 'number' && value > 5 && value < 95;
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

const share = signal(readKept('share', isNumber) ?? 38);
const isSideShown = signal(readKept('side', isFlag) ?? true);
const isSaving = signal(false);

const NARROW = '(max-width: 900px)';

function runSelected(): void {
    const piece = selected();
    if (piece) void runPiece(piece);
}

function runWhole(): void {
    void runPiece(whole());
}

function save(): void {
    if (editorText.peek().trim() === '') return;
    const name = openName.peek();
    if (name === undefined) isSaving.value = true;
    else saveAs(name);
}

function commands(): Command[] {
    const text = messages.value.sqlPage;
    return [
        { id: 'sql-run', text: text.commandRun, icon: 'sql', run: runSelected },
        { id: 'sql-run-all', text: text.commandRunAll, icon: 'sql', run: runWhole },
        ...(isRunning.value
            ? [{ id: 'sql-stop', text: text.commandStop, icon: 'stop', run: cancelRun } satisfies Command]
            : []),
        { id: 'sql-save', text: text.commandSave, run: () => (isSaving.value = true) },
        { id: 'sql-share', text: text.commandShare, icon: 'link', run: () => void shareLink() },
    ];
}

async function shareLink(): Promise<void> {
    const text = messages.peek().sqlPage;
    const words = editorText.peek();
    if (!fitsAddress(words)) {
        notify(text.tooLongForLink, 'failed');
        return;
    }
    const url = new URL(window.location.href);
    url.searchParams.set('q', words);
    try {
        await navigator.clipboard.writeText(url.href);
        notify(messages.peek().dashboard.linkCopied);
    } catch {
        notify(text.notCopied, 'failed');
    }
}

export default function SqlPage() {
    const text = messages.value.sqlPage;
    const [isDrawerOpen, setDrawerOpen] = useState(false);
    useCommands(commands);
    useEffect(followAddress, []);
    const toggleSide = useCallback(() => {
        if (window.matchMedia(NARROW).matches) {
            setDrawerOpen(true);
            return;
        }
        isSideShown.value = !isSideShown.value;
        writeKept('side', isSideShown.value);
    }, []);
    return (
        <div class="sql-page">
            <h1 class="only-read-aloud">{messages.value.shell.sql}</h1>
            <Toolbar
                onRun={runSelected}
                onRunAll={runWhole}
                onSave={save}
                onShare={() => void shareLink()}
                onSide={toggleSide}
                isSideShown={isSideShown.value}
            />
            <div class="sql-columns">
                {isSideShown.value && (
                    <aside class="sql-side" aria-label={text.side}>
                        <Side />
                    </aside>
                )}
                <div
                    class="sql-work"
                    style={{
                        gridTemplateRows: `minmax(4rem, ${String(share.value)}fr) auto minmax(6rem, ${String(100 - share.value)}fr)`,
                    }}
                >
                    <Editor onRun={runSelected} onRunAll={runWhole} onSave={save} />
                    <Splitter
                        share={share.value}
                        onChange={(next) => {
                            share.value = next;
                            writeKept('share', next);
                        }}
                    />
                    <Results />
                </div>
            </div>
            {isDrawerOpen && (
                <Dialog title={text.side} size="large" onClose={() => setDrawerOpen(false)}>
                    <Side onChosen={() => setDrawerOpen(false)} />
                </Dialog>
            )}
            {isSaving.value && <SaveDialog onClose={() => (isSaving.value = false)} />}
        </div>
    );
}
