/** Which dashboard, and what can be done with it. */
import { useState } from 'preact/hooks';
import { type DashboardDefinition, deleteDashboard, readYaml } from '../../api/dashboards';
import { status } from '../../api/catalog';
import { asProblem } from '../../api/problem';
import { Button } from '../../components/Button';
import { confirmed } from '../../components/confirmed';
import { copied } from '../../components/copied';
import { Link } from '../../components/Link';
import { Menu, type MenuEntry, Opener } from '../../components/Menu';
import { notify } from '../../components/notices';
import { saveFile } from '../../components/saveFile';
import { shortened } from '../../format/cell';
import { localText, messages } from '../../messages';
import { address, choose, go, query } from '../../state/location';
import { keptQuery } from '../../state/scope';
import { paths } from '../paths';
import { DashboardList } from './DashboardList';
import { DetailsDialog } from './edit/DetailsDialog';
import { ImportDialog } from './edit/ImportDialog';
import { TileEditor } from './edit/TileEditor';
import { ShareDialog } from './share/ShareDialog';
import { bottomOf, change, discard, edit, entries, isEditing, kept, loadEntries, open } from './store';

/** More than these are in the list beside them. */
const MOST_TABS = 6;

type OpenDialog = 'none' | 'create' | 'details' | 'import' | 'add' | 'share';

export interface DashboardHeadProps {
    name: string | undefined;
    definition: DashboardDefinition | undefined;
}

export function DashboardHead({ name, definition }: DashboardHeadProps) {
    const text = messages.value.dashboard;
    const [dialog, setDialog] = useState<OpenDialog>('none');
    const close = () => setDialog('none');
    const mayChange = status.value?.read_only !== true;
    return (
        <div class="dashboard-head">
            <Tabs name={name} />
            <Opener label={text.list} icon="down" kind="quiet">
                {(anchor, closeList) => (
                    <DashboardList
                        anchor={anchor}
                        current={name}
                        onClose={closeList}
                        onCreate={mayChange ? () => setDialog('create') : undefined}
                        onImport={mayChange ? () => setDialog('import') : undefined}
                    />
                )}
            </Opener>
            {definition && (
                <div class="dashboard-actions">
                    {mayChange && (
                        <>
                            {!isEditing.value && (
                                <Button icon="edit" kind="quiet" onClick={edit}>
                                    {text.edit}
                                </Button>
                            )}
                            <Button icon="plus" label={text.addTile} onClick={() => setDialog('add')}>
                                {text.addTile}
                            </Button>
                        </>
                    )}
                    <Opener label={messages.value.action.more} icon="more" kind="quiet">
                        {(anchor, closeMenu) => (
                            <Menu
                                anchor={anchor}
                                label={messages.value.action.more}
                                onClose={closeMenu}
                                entries={actions(definition, mayChange, setDialog)}
                            />
                        )}
                    </Opener>
                </div>
            )}
            {dialog === 'create' && <DetailsDialog onClose={close} />}
            {dialog === 'details' && definition && <DetailsDialog definition={definition} onClose={close} />}
            {dialog === 'share' && definition && <ShareDialog definition={definition} onClose={close} />}
            {dialog === 'import' && <ImportDialog onClose={close} />}
            {dialog === 'add' && definition && (
                <TileEditor
                    tiles={definition.tiles}
                    onClose={close}
                    onKeep={(tile) => {
                        const at = { x: 0, y: bottomOf(definition.tiles), width: 6, height: 8 };
                        change((before) => ({ ...before, tiles: [...before.tiles, { ...tile, at }] }));
                        close();
                        // To where it is, at the end.
                        setTimeout(() => window.scrollTo({ top: document.body.scrollHeight, behavior: 'smooth' }), 50);
                    }}
                />
            )}
        </div>
    );
}

function Tabs({ name }: { name: string | undefined }) {
    const all = entries.value ?? [];
    const kept = keptQuery(query.value);
    const first = all.slice(0, MOST_TABS);
    const current = all.find((entry) => entry.name === name);
    if (current && !first.includes(current)) first.splice(MOST_TABS - 1, 1, current);
    return (
        <nav class="dashboard-tabs" aria-label={messages.value.dashboard.list}>
            {first.map((entry) => (
                <Link
                    key={entry.name}
                    to={address(paths.dashboard(entry.name), kept)}
                    class="dashboard-tab"
                    isCurrent={entry.name === name}
                >
                    {shortened(localText(entry.title), 60)}
                </Link>
            ))}
        </nav>
    );
}

function actions(
    definition: DashboardDefinition,
    mayChange: boolean,
    setDialog: (dialog: OpenDialog) => void,
): MenuEntry[] {
    const text = messages.value.dashboard;
    const entry = entries.value?.find((one) => one.name === definition.dashboard);
    const list: MenuEntry[] = [
        { text: text.share, icon: 'share', onChoose: () => setDialog('share') },
        { text: text.copyLink, icon: 'link', onChoose: () => void copyLink() },
        { text: text.bare, icon: 'wall', onChoose: () => choose({ bare: '1' }) },
        { text: text.export, icon: 'download', onChoose: () => void exportYaml(definition.dashboard) },
    ];
    if (!mayChange) return [...list, 'rule', { heading: text.readOnly }];
    const isBuiltIn = entry?.is_built_in ?? false;
    return [
        ...list,
        { text: text.import, icon: 'upload', onChoose: () => setDialog('import') },
        'rule',
        { text: text.details, icon: 'settings', onChoose: () => setDialog('details') },
        {
            text: isBuiltIn ? text.reset : text.delete,
            icon: 'delete',
            isDanger: true,
            isDisabled: isBuiltIn && kept.value?.etag === '"0"',
            onChoose: () => void remove(definition, isBuiltIn),
        },
    ];
}

async function copyLink(): Promise<void> {
    if (await copied(window.location.href)) notify(messages.value.dashboard.linkCopied);
}

async function exportYaml(name: string): Promise<void> {
    try {
        saveFile(await readYaml(name), `${name}.yaml`, 'application/yaml');
    } catch (error) {
        notify(asProblem(error).title, 'failed');
    }
}

async function remove(definition: DashboardDefinition, isBuiltIn: boolean): Promise<void> {
    const text = messages.value.dashboard;
    const title = shortened(localText(definition.title), 80);
    const isSure = await confirmed({
        title: (isBuiltIn ? text.reset : text.delete).replace('…', ''),
        question: isBuiltIn ? text.resetQuestion(title) : text.deleteQuestion(title),
        action: isBuiltIn ? text.resetNow : messages.value.action.delete,
        isDanger: true,
    });
    if (!isSure) return;
    const etag = kept.value?.etag;
    if (etag === undefined) return;
    try {
        await deleteDashboard(definition.dashboard, etag);
        discard();
        await loadEntries();
        if (isBuiltIn) await open(definition.dashboard);
        else go(paths.dashboards);
        notify(isBuiltIn ? text.saved : text.deleted);
    } catch (error) {
        notify(asProblem(error).title, 'failed');
    }
}
