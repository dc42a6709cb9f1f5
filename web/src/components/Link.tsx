/** A link within the console: goes without loading anew, and still opens in a tab of its own where asked. */
import type { ComponentChildren } from 'preact';
import { go } from '../state/location';

export interface LinkProps {
    to: string;
    class?: string;
    isCurrent?: boolean;
    role?: 'menuitem';
    children: ComponentChildren;
    onFollow?: () => void;
}

export function Link({ to, isCurrent, children, onFollow, ...props }: LinkProps) {
    return (
        <a
            href={to}
            aria-current={isCurrent ? 'page' : undefined}
            {...props}
            onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
                event.preventDefault();
                onFollow?.();
                go(to);
            }}
        >
            {children}
        </a>
    );
}
