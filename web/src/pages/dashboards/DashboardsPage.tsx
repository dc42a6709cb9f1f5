/** The dashboards: which one, and everything around its tiles. */
import { useEffect, useState } from 'preact/hooks';
import { returns } from '../../api/connection';
import { asProblem, isAbort, type Problem } from '../../api/problem';
import { type Command, useCommands } from '../../commands/registry';
import { Button } from '../../components/Button';
import { ProblemText } from '../../components/ProblemText';
import { localText, messages } from '../../messages';
import { Refreshing } from '../../scope/RefreshPicker';
import { ScopeBar } from '../../scope/ScopeBar';
import { address, choose, go, guardLeaving, query } from '../../state/location';
import { fallbackRange, fallbackRefresh, keptQuery } from '../../state/scope';
import { paths } from '../paths';
import { DashboardBoard } from './DashboardBoard';
import { DashboardHead } from './DashboardHead';
import './dashboards.css';
import { askToDiscard } from './edit/askToDiscard';
import { ConflictDialog } from './edit/ConflictDialog';
import { SaveBar } from './edit/SaveBar';
import { conflict, discard, draft, entries, isChanged, isEditing, kept, loadEntries, open, shown } from './store';

export function DashboardsPage({ name: asked }: { name: string | undefined }) {
    const [problem, setProblem] = useState<Problem>();
    const name = asked ?? entries.value?.[0]?.name;
    const cameBack = returns.value;

    useEffect(() => {
        loadEntries().catch((error: unknown) => setProblem(asProblem(error)));
    }, [cameBack]);
    useEffect(() => {
        if (name === undefined) return;
        const controller = new AbortController();
        setProblem(undefined);
        open(name, controller.signal).catch((error: unknown) => {
            if (!isAbort(error)) setProblem(asProblem(error));
        });
        return () => controller.abort();
    }, [name, cameBack]);
    useUnsavedGuard();
    useCommands(dashboardCommands);

    const definition = shown.value?.dashboard === name ? shown.value : undefined;
    const range = definition?.range;
    const refresh = definition?.refresh_s;
    useEffect(() => {
        fallbackRange.value = range ?? '24h';
        fallbackRefresh.value = refresh ?? 0;
    }, [range, refresh]);
    const title = definition ? localText(definition.title) : '';
    useEffect(() => {
        if (title) document.title = `${title} · Flowtrail`;
    }, [title]);

    const text = messages.value;
    const isBare = query.value.get('bare') === '1' && !isEditing.value;
    return (
        <div class="dashboards">
            <h1 class="only-read-aloud">{title || text.shell.dashboards}</h1>
            {!isBare && (
                <div class="dashboards-bars">
                    <DashboardHead name={name} definition={definition} />
                    <ScopeBar />
                </div>
            )}
            {isBare && <Refreshing />}
            {problem && !definition && (
                <div class="page-note">
                    <ProblemText problem={problem} />
                </div>
            )}
            {entries.value?.length === 0 && name === undefined && <p class="page-note">{text.dashboard.none}</p>}
            {definition && fallbackRange.value === (range ?? '24h') && (
                <DashboardBoard key={definition.dashboard} definition={definition} />
            )}
            {isEditing.value && <SaveBar />}
            {conflict.value && draft.value && <ConflictDialog mine={draft.value} theirs={conflict.value} />}
            {isBare && (
                <div class="leave-bare">
                    <Button icon="close" label={text.dashboard.leaveBare} onClick={() => choose({ bare: null })} />
                </div>
            )}
        </div>
    );
}

async function mayDiscard(): Promise<boolean> {
    const may = await askToDiscard();
    if (may) discard();
    return may;
}

/** Unsaved work is asked about before it is lost. */
function useUnsavedGuard(): void {
    useEffect(() => {
        const unload = (event: BeforeUnloadEvent) => {
            if (isChanged.peek()) event.preventDefault();
        };
        guardLeaving(() => {
            if (isChanged.peek()) return mayDiscard();
            discard();
            return true;
        });
        window.addEventListener('beforeunload', unload);
        return () => {
            guardLeaving(undefined);
            window.removeEventListener('beforeunload', unload);
        };
    }, []);
}

function dashboardCommands(): Command[] {
    const { palette, dashboard } = messages.value;
    const to = (name: string) => () => go(address(paths.dashboard(name), keptQuery(query.value)));
    return [
        ...(entries.value ?? []).map((entry): Command => ({
            id: `dashboard-${entry.name}`,
            text: palette.dashboard(localText(entry.title)),
            icon: 'dashboards',
            run: to(entry.name),
        })),
        ...(kept.value
            ? [{ id: 'bare', text: dashboard.bare, icon: 'wall' as const, run: () => choose({ bare: '1' }) }]
            : []),
    ];
}
