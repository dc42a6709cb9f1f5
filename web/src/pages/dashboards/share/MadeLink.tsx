/** A link that was just made: the only time that it can be copied. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { NewLink } from '../../../api/links';
import { Button } from '../../../components/Button';
import { Icon } from '../../../components/Icon';
import { messages } from '../../../messages';
import { baseOf, embedSnippet, isOnlyHere } from './addresses';
import { CopyField } from './CopyField';

/** As it was typed last: the next link is most likely for the same people. */
const typedBase = signal(window.location.origin);

export interface MadeLinkProps {
    link: NewLink;
    title: string;
    onAnother: () => void;
}

export function MadeLink({ link, title, onAnother }: MadeLinkProps) {
    const text = messages.value.share;
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => box.current?.focus(), []);
    const base = baseOf(typedBase.value);
    const url = (base ?? window.location.origin) + link.path;
    return (
        <div class="share-made form" ref={box} tabIndex={-1} role="group" aria-label={text.link}>
            <p class="share-once" role="status">
                <Icon name="info" />
                <span>{text.shownOnce}</span>
            </p>
            <label class="field">
                <span>{text.base}</span>
                <input
                    class="input"
                    type="url"
                    spellcheck={false}
                    value={typedBase.value}
                    aria-invalid={base === undefined}
                    onInput={(event) => (typedBase.value = event.currentTarget.value)}
                />
            </label>
            {base === undefined && (
                <p class="share-mistake" role="alert">
                    {text.badBase}
                </p>
            )}
            {base !== undefined && isOnlyHere(base) && <p class="note">{text.onlyHere}</p>}
            <CopyField name={text.link} text={url} />
            <CopyField name={text.embed} text={embedSnippet(url, title)} isCode />
            <div>
                <Button icon="plus" onClick={onAnother}>
                    {text.makeAnother}
                </Button>
            </div>
        </div>
    );
}
