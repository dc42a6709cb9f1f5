/** Beside the editor: the tables, what was saved, what was run. */
import { signal } from '@preact/signals';
import { messages } from '../../../messages';
import { HistoryList } from './HistoryList';
import { SavedList } from './SavedList';
import { SchemaTree } from './SchemaTree';
import './side.css';

const tabs = ['tables', 'saved', 'history'] as const;
type Tab = (typeof tabs)[number];

const shownTab = signal<Tab>('tables');

export function Side({ onChosen }: { onChosen?: () => void }) {
    const text = messages.value.sqlPage;
    const names: Record<Tab, string> = { tables: text.tables, saved: text.saved, history: text.history };
    const chosen = onChosen ?? (() => undefined);
    const shown = shownTab.value;
    return (
        <div class="sql-side-panel">
            <div class="sql-segments sql-side-tabs" role="group" aria-label={text.side}>
                {tabs.map((tab) => (
                    <button
                        key={tab}
                        type="button"
                        class="sql-segment"
                        aria-pressed={tab === shown}
                        onClick={() => (shownTab.value = tab)}
                    >
                        {names[tab]}
                    </button>
                ))}
            </div>
            {shown === 'tables' && <SchemaTree onChosen={chosen} />}
            {shown === 'saved' && <SavedList onChosen={chosen} />}
            {shown === 'history' && <HistoryList onChosen={chosen} />}
        </div>
    );
}
