/** Sharing a dashboard: its address for those who can open the console, and links for those who cannot. */
import { useState } from 'preact/hooks';
import type { DashboardDefinition } from '../../../api/dashboards';
import { Dialog } from '../../../components/Dialog';
import { shortened } from '../../../format/cell';
import { localText, messages } from '../../../messages';
import { rangeName } from '../../../scope/RangePicker';
import { query } from '../../../state/location';
import { rangeChoice, span, zone } from '../../../state/scope';
import { fixed, viewAddress } from './addresses';
import { CopyField } from './CopyField';
import { Links } from './Links';
import './share.css';

export interface ShareDialogProps {
    definition: DashboardDefinition;
    onClose: () => void;
}

export function ShareDialog({ definition, onClose }: ShareDialogProps) {
    const text = messages.value.share;
    const title = shortened(localText(definition.title), 80);
    return (
        <Dialog title={text.title(title)} size="medium" onClose={onClose}>
            <div class="share">
                <Within dashboard={definition.dashboard} />
                <Links dashboard={definition.dashboard} title={title} />
            </div>
        </Dialog>
    );
}

function Within({ dashboard }: { dashboard: string }) {
    const text = messages.value.share;
    const [isFixed, setFixed] = useState(false);
    const now = fixed(span.value);
    const range = isFixed ? now : rangeChoice.value;
    return (
        <section class="form">
            <h3>{text.within}</h3>
            <p class="note">{text.withinText}</p>
            <CopyField
                name={text.address}
                text={viewAddress(window.location.origin, dashboard, {
                    search: query.value,
                    range,
                    zone: zone.value,
                })}
                isFirst
            />
            {rangeChoice.value.kind === 'relative' && (
                <label class="share-check">
                    <input
                        type="checkbox"
                        checked={isFixed}
                        onChange={(event) => setFixed(event.currentTarget.checked)}
                    />
                    <span>
                        {text.fixTime}
                        <span class="note share-time">{rangeName(now, zone.value)}</span>
                    </span>
                </label>
            )}
        </section>
    );
}
