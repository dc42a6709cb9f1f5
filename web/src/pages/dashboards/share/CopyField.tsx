/** A text that is there to be copied. */
import { useEffect, useId, useState } from 'preact/hooks';
import { Button } from '../../../components/Button';
import { copied } from '../../../components/copied';
import { messages } from '../../../messages';

export interface CopyFieldProps {
    name: string;
    text: string;
    /** Several lines, as code. */
    isCode?: boolean;
    isFirst?: boolean;
}

const SAID_MS = 2000;

export function CopyField({ name, text, isCode, isFirst }: CopyFieldProps) {
    const id = useId();
    const [isCopied, setCopied] = useState(false);
    useEffect(() => setCopied(false), [text]);
    useEffect(() => {
        if (!isCopied) return;
        const timer = setTimeout(() => setCopied(false), SAID_MS);
        return () => clearTimeout(timer);
    }, [isCopied]);
    const copy = async () => setCopied(await copied(text));
    const field = {
        id,
        readOnly: true,
        value: text,
        class: isCode ? 'input mono' : 'input',
        // Chosen whole, for copying by hand.
        onFocus: (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => event.currentTarget.select(),
    };
    return (
        <div class="field">
            <label class="field-label" for={id}>
                {name}
            </label>
            <div class="copy-field">
                {isCode ? <textarea {...field} rows={4} /> : <input {...field} />}
                <Button
                    icon={isCopied ? 'check' : 'copy'}
                    label={messages.value.share.copy(name)}
                    isFirst={isFirst ?? false}
                    onClick={() => void copy()}
                />
                <span class="only-read-aloud" role="status">
                    {isCopied ? messages.value.action.copied : ''}
                </span>
            </div>
        </div>
    );
}
