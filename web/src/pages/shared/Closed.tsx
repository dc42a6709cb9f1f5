/** A link that shows nothing: what it waits for, or why. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button } from '../../components/Button';
import { Icon, type IconName } from '../../components/Icon';
import { ProblemText } from '../../components/ProblemText';
import { messages } from '../../messages';
import type { LinkState } from './openLink';

export interface ClosedProps {
    state: LinkState;
    onEnter: (password: string) => Promise<void>;
    onRetry: () => Promise<void>;
}

export function Closed({ state, onEnter, onRetry }: ClosedProps) {
    const text = messages.value;
    switch (state.kind) {
        case 'open':
            return null;
        case 'opening':
            return <p class="page-note">{text.shell.loading}</p>;
        case 'password':
            return <PasswordForm isWrong={state.isWrong} onEnter={onEnter} />;
        case 'ended':
            return (
                <Card icon="link" title={text.shared.ended}>
                    <p>{text.shared.endedText}</p>
                </Card>
            );
        case 'held':
            return (
                <Card icon="lock" title={text.shared.held}>
                    <p>{text.shared.heldText}</p>
                </Card>
            );
        case 'failed':
            return (
                <div class="page-note">
                    <ProblemText problem={state.problem} />
                    <Button icon="refresh" onClick={() => void onRetry()}>
                        {text.action.retry}
                    </Button>
                </div>
            );
    }
}

function Card({ icon, title, children }: { icon: IconName; title: string; children: ComponentChildren }) {
    return (
        <div class="shared-card" role="status">
            <Icon name={icon} />
            <h1>{title}</h1>
            {children}
        </div>
    );
}

/** In a frame the focus is the other page's, and taking it would scroll that. */
function isFramed(): boolean {
    return window.parent !== window;
}

interface PasswordFormProps {
    isWrong: boolean;
    onEnter: (password: string) => Promise<void>;
}

function PasswordForm({ isWrong, onEnter }: PasswordFormProps) {
    const text = messages.value.shared;
    const mistake = useId();
    const input = useRef<HTMLInputElement>(null);
    const [typed, setTyped] = useState('');
    const [isBusy, setBusy] = useState(false);
    useEffect(() => {
        if (!isFramed()) input.current?.focus();
    }, []);
    const enter = async () => {
        setBusy(true);
        try {
            await onEnter(typed);
        } finally {
            setBusy(false);
            input.current?.select();
        }
    };
    return (
        <form
            class="shared-card"
            onSubmit={(event) => {
                event.preventDefault();
                if (!isBusy && typed !== '') void enter();
            }}
        >
            <Icon name="lock" />
            <h1>{text.passwordTitle}</h1>
            <p>{text.passwordText}</p>
            <label class="field">
                <span>{text.password}</span>
                <input
                    ref={input}
                    class="input"
                    type="password"
                    autocomplete="current-password"
                    value={typed}
                    aria-invalid={isWrong}
                    aria-describedby={mistake}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                />
            </label>
            <p id={mistake} class="shared-mistake" role="alert">
                {isWrong && !isBusy ? text.wrong : ''}
            </p>
            <Button type="submit" kind="primary" isDisabled={isBusy || typed === ''}>
                {text.open}
            </Button>
        </form>
    );
}
