/** A link that was made: what it is for, until when, and the way to end it. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { LinkEntry } from '../../../api/links';
import { Button } from '../../../components/Button';
import { Icon } from '../../../components/Icon';
import { shortened } from '../../../format/cell';
import { formatDayAndTime } from '../../../format/time';
import { messages } from '../../../messages';
import { zone } from '../../../state/scope';
import { isOver } from './ends';

export interface LinkRowProps {
    link: LinkEntry;
    isNew: boolean;
    onRevoke: (() => Promise<void>) | undefined;
}

export function LinkRow({ link, isNew, onRevoke }: LinkRowProps) {
    const text = messages.value.share;
    const [isAsking, setAsking] = useState(false);
    const opener = useRef<HTMLButtonElement>(null);
    const hasEnded = isOver(link.expires_at, Date.now());
    const label = shortened(link.label.trim() || text.unnamed, 200);
    const when = (moment: string) => formatDayAndTime(Date.parse(moment), zone.value);
    const end =
        link.expires_at === null
            ? text.endless
            : hasEnded
              ? text.ended(when(link.expires_at))
              : text.until(when(link.expires_at));
    // Asking again about what lets nobody in would only be in the way.
    const begin = () => (hasEnded ? void onRevoke?.() : setAsking(true));
    return (
        <li class={['share-link', hasEnded ? 'is-over' : '', isNew ? 'is-new' : ''].join(' ')}>
            <div class="share-link-text">
                <span class="share-link-label">{label}</span>
                <span class="note">
                    {[text.made(when(link.created_at)), end].join(' · ')}
                    {link.has_password && (
                        <>
                            {' · '}
                            <Icon name="lock" /> {text.hasPassword}
                        </>
                    )}
                </span>
            </div>
            {onRevoke && !isAsking && (
                <Button
                    buttonRef={opener}
                    isSmall
                    kind={hasEnded ? 'plain' : 'danger'}
                    label={hasEnded ? text.removeOne(label) : text.revokeOne(label)}
                    onClick={begin}
                >
                    {hasEnded ? text.remove : text.revoke}
                </Button>
            )}
            {onRevoke && isAsking && (
                <RevokeQuestion
                    label={label}
                    onNo={() => {
                        setAsking(false);
                        // After the button is there again.
                        setTimeout(() => opener.current?.focus(), 0);
                    }}
                    onYes={onRevoke}
                />
            )}
        </li>
    );
}

interface RevokeQuestionProps {
    label: string;
    onNo: () => void;
    onYes: () => Promise<void>;
}

function RevokeQuestion({ label, onNo, onYes }: RevokeQuestionProps) {
    const text = messages.value.share;
    const no = useRef<HTMLButtonElement>(null);
    const isBusy = useRef(false);
    useLayoutEffect(() => no.current?.focus(), []);
    return (
        <div
            class="share-question"
            role="group"
            aria-label={text.revokeOne(label)}
            onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                // It answers this, and does not close the dialog as well.
                event.preventDefault();
                event.stopPropagation();
                onNo();
            }}
        >
            <span role="alert">{text.revokeQuestion}</span>
            <span class="share-answers">
                <Button buttonRef={no} isSmall onClick={onNo}>
                    {messages.value.action.cancel}
                </Button>
                <Button
                    isSmall
                    kind="danger"
                    onClick={() => {
                        // Not disabled meanwhile: that would lose the focus.
                        if (isBusy.current) return;
                        isBusy.current = true;
                        void onYes().finally(() => (isBusy.current = false));
                    }}
                >
                    {text.revoke}
                </Button>
            </span>
        </div>
    );
}
