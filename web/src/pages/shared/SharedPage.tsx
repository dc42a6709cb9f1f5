/** What whoever has a link sees: one dashboard, over a time they choose. A page of its own, with no way to others. */
import { useEffect, useMemo } from 'preact/hooks';
import { askInstead, returns } from '../../api/connection';
import type { DashboardDefinition } from '../../api/dashboards';
import { answersShared } from '../../api/shared';
import { Mark } from '../../components/Mark';
import { ConnectionBanner, Notices } from '../../components/notices';
import { SettingsMenu } from '../../components/SettingsMenu';
import { shortened } from '../../format/cell';
import { localText, messages } from '../../messages';
import { Refreshing } from '../../scope/RefreshPicker';
import { ScopeBar } from '../../scope/ScopeBar';
import { query } from '../../state/location';
import { now } from '../../state/scope';
import '../dashboards/dashboards.css';
import { TileReader } from '../dashboards/tile/reader';
import { Closed } from './Closed';
import { type OpenLink, openLink } from './openLink';
import './shared.css';
import { SharedBoard } from './SharedBoard';

export default function SharedPage({ token }: { token: string }) {
    const link = useMemo(() => openLink(token), [token]);
    useEffect(() => {
        askInstead(() => answersShared(token));
        return link.close;
    }, [token, link]);
    // Whether the link is still one is looked at with every refresh.
    const moment = now.value;
    const cameBack = returns.value;
    useEffect(() => void link.read(), [link, moment, cameBack]);

    const state = link.state.value;
    const definition = state.kind === 'open' ? state.definition : undefined;
    const title = definition ? localText(definition.title) : '';
    useEffect(() => {
        document.title = title ? `${shortened(title, 200)} · Flowtrail` : 'Flowtrail';
    }, [title]);

    // Inside of another page, whose own bars are enough.
    const isBare = query.value.get('bare') === '1';
    return (
        <div class={isBare ? 'shell is-bare' : 'shell'}>
            {!isBare && (
                <a class="skip-link" href="#content">
                    {messages.value.shell.skip}
                </a>
            )}
            {!isBare && <Head title={title} />}
            <ConnectionBanner />
            <main id="content" tabIndex={-1}>
                {definition ? (
                    <Opened link={link} definition={definition} isBare={isBare} />
                ) : (
                    <Closed state={state} onEnter={link.enter} onRetry={link.read} />
                )}
            </main>
            <Notices />
        </div>
    );
}

function Head({ title }: { title: string }) {
    return (
        <header class="shared-head">
            <Mark />
            <span class="shared-title" title={shortened(title, 500)}>
                {shortened(title, 200)}
            </span>
            {title && <span class="shared-note">{messages.value.shared.readOnly}</span>}
            <SettingsMenu />
        </header>
    );
}

interface OpenedProps {
    link: OpenLink;
    definition: DashboardDefinition;
    isBare: boolean;
}

function Opened({ link, definition, isBare }: OpenedProps) {
    return (
        <div class="dashboards">
            <h1 class="only-read-aloud">{shortened(localText(definition.title), 200)}</h1>
            {isBare ? (
                <Refreshing />
            ) : (
                <div class="dashboards-bars">
                    <ScopeBar isTimeOnly />
                </div>
            )}
            {link.isHeld.value && (
                <p class="shared-held" role="status">
                    {messages.value.shared.heldOpen}
                </p>
            )}
            <TileReader.Provider value={link.reader.value}>
                <SharedBoard tiles={definition.tiles} />
            </TileReader.Provider>
        </div>
    );
}
