/** Over the editor: run, stop, the accent, how many rows, where one is, save, share. */
import { Button } from '../../components/Button';
import { Icon } from '../../components/Icon';
import { Opener } from '../../components/Menu';
import { Menu, type MenuEntry } from '../../components/Menu';
import { shortened } from '../../format/cell';
import { formatFull } from '../../format/number';
import { messages } from '../../messages';
import { accent, accentNames, accents, rowLimit, rowLimits, text as editorText } from './choices';
import { cancelRun, isRunning } from './run/runs';
import { openName, saved } from './run/saved';
import { SessionPicker } from './SessionPicker';

export interface ToolbarProps {
    onRun: () => void;
    onRunAll: () => void;
    onSave: () => void;
    onShare: () => void;
    onSide: () => void;
    isSideShown: boolean;
}

export function Toolbar({ onRun, onRunAll, onSave, onShare, onSide, isSideShown }: ToolbarProps) {
    const text = messages.value.sqlPage;
    const nameOfAccent = accent.value === 'auto' ? text.auto : accentNames[accent.value];
    return (
        <div class="sql-toolbar" role="toolbar" aria-label={text.toolbar}>
            <Button icon="table" kind="quiet" label={text.side} isPressed={isSideShown} onClick={onSide} />
            {isRunning.value ? (
                <Button icon="stop" kind="danger" label={text.stop} onClick={cancelRun}>
                    {text.stop}
                </Button>
            ) : (
                <div class="control-group">
                    <button type="button" class="button button-primary" title={text.runHelp} onClick={onRun}>
                        <PlayIcon />
                        {text.run}
                    </button>
                    <button
                        type="button"
                        class="button button-primary sql-run-all"
                        title={text.runAllHelp}
                        onClick={onRunAll}
                    >
                        {text.runAll}
                    </button>
                </div>
            )}
            <Opener label={text.accent} text={nameOfAccent} hasArrow>
                {(anchor, close) => (
                    <Menu anchor={anchor} label={text.accent} entries={accentEntries()} onClose={close} />
                )}
            </Opener>
            <Opener label={text.rowLimit} text={text.upTo(formatFull(rowLimit.value))} kind="quiet" hasArrow>
                {(anchor, close) => (
                    <Menu
                        anchor={anchor}
                        label={text.rowLimit}
                        onClose={close}
                        entries={[
                            { heading: text.rowLimitNote },
                            ...rowLimits.map((limit): MenuEntry => ({
                                text: text.upTo(formatFull(limit)),
                                isChosen: limit === rowLimit.value,
                                onChoose: () => (rowLimit.value = limit),
                            })),
                        ]}
                    />
                )}
            </Opener>
            <SessionPicker />
            <div class="sql-toolbar-end">
                <OpenName />
                <Button kind="quiet" label={text.saveHelp} onClick={onSave}>
                    {messages.value.action.save}
                </Button>
                <Button icon="link" kind="quiet" label={text.share} onClick={onShare} />
            </div>
        </div>
    );
}

/** Which saved text is in the editor, and whether it still is what was saved. */
function OpenName() {
    const name = openName.value;
    if (name === undefined) return null;
    const isSame = saved.value.find((one) => one.name === name)?.sql === editorText.value;
    const shown = shortened(name, 60);
    const words = isSame ? shown : messages.value.sqlPage.unsaved(shown);
    return (
        <span class="sql-open-name" title={words}>
            <Icon name={isSame ? 'check' : 'edit'} />
            <span aria-hidden="true">{shown}</span>
            <span class="only-read-aloud">{words}</span>
        </span>
    );
}

function PlayIcon() {
    return (
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M4.5 2.8v10.4l8.5-5.2z" fill="currentColor" />
        </svg>
    );
}

function accentEntries(): MenuEntry[] {
    const text = messages.value.sqlPage;
    return accents.map((choice): MenuEntry => ({
        text: choice === 'auto' ? text.autoLong : accentNames[choice],
        isChosen: accent.value === choice,
        onChoose: () => (accent.value = choice),
    }));
}
