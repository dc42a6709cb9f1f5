import type { ComponentChildren, Ref, TargetedMouseEvent } from 'preact';
import { Icon, type IconName } from './Icon';

export interface ButtonProps {
    children?: ComponentChildren;
    icon?: IconName;
    /** What a button with nothing but an icon is called; else, more about it. */
    label?: string;
    kind?: 'plain' | 'primary' | 'quiet' | 'danger';
    isSmall?: boolean;
    isPressed?: boolean | undefined;
    isDisabled?: boolean;
    /** Has the focus when its dialog opens. */
    isFirst?: boolean;
    type?: 'button' | 'submit';
    class?: string;
    buttonRef?: Ref<HTMLButtonElement>;
    onClick?: (event: TargetedMouseEvent<HTMLButtonElement>) => void;
}

export function Button({
    children,
    icon,
    label,
    kind = 'plain',
    isSmall,
    isPressed,
    isDisabled,
    isFirst,
    ...props
}: ButtonProps) {
    const classes = ['button'];
    if (kind !== 'plain') classes.push(`button-${kind}`);
    if (isSmall) classes.push('button-small');
    if (children === undefined) classes.push('button-icon');
    if (props.class) classes.push(props.class);
    return (
        <button
            ref={props.buttonRef}
            type={props.type ?? 'button'}
            class={classes.join(' ')}
            title={label}
            aria-label={children === undefined ? label : undefined}
            aria-pressed={isPressed}
            disabled={isDisabled}
            data-first={isFirst ? '' : undefined}
            onClick={props.onClick}
        >
            {icon && <Icon name={icon} />}
            {children}
        </button>
    );
}
