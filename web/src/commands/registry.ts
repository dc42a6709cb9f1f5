/** What the command palette offers. Pages add theirs while they are shown. */
import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IconName } from '../components/Icon';

export interface Command {
    id: string;
    text: string;
    icon?: IconName;
    run: () => void;
}

/** Functions, not lists: the texts follow the language. */
const sources = signal<(() => Command[])[]>([]);

export const commands = computed(() => sources.value.flatMap((source) => source()));

export function addCommands(source: () => Command[]): () => void {
    sources.value = [source, ...sources.peek()];
    return () => {
        sources.value = sources.peek().filter((one) => one !== source);
    };
}

/** Commands of a component, as long as it is there. `source` has to be stable. */
export function useCommands(source: () => Command[]): void {
    useEffect(() => addCommands(source), [source]);
}

/** How well a text answers what was typed: all words in it, earlier and at beginnings of words better. */
export function score(text: string, typed: string): number {
    const hay = text.toLowerCase();
    let sum = 0;
    for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
        const at = hay.indexOf(word);
        if (at < 0) return 0;
        const startsWord = at === 0 || /[\s:/(]/.test(hay[at - 1] ?? '');
        sum += (startsWord ? 3 : 1) + 1 / (1 + at);
    }
    return sum || 1;
}

export function matching(all: Command[], typed: string): Command[] {
    return all
        .map((command) => ({ command, score: score(command.text, typed) }))
        .filter((one) => one.score > 0)
        .sort((a, b) => b.score - a.score)
        .map((one) => one.command);
}
