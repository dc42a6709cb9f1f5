/** Asking whether something is really to be done. */
import { signal } from '@preact/signals';

export interface Question {
    title: string;
    question: string;
    /** What is done, on the button that does it. */
    action: string;
    isDanger?: boolean;
}

export interface Asked extends Question {
    answer: (isSure: boolean) => void;
}

/** What is being asked; `Confirmation` shows it. */
export const asked = signal<Asked | undefined>(undefined);

/** Whether the person says yes. A question that comes over another takes its place, and that one is answered with no. */
export function confirmed(question: Question): Promise<boolean> {
    asked.peek()?.answer(false);
    return new Promise((resolve) => {
        const mine: Asked = {
            ...question,
            answer: (isSure) => {
                if (asked.peek() === mine) asked.value = undefined;
                resolve(isSure);
            },
        };
        asked.value = mine;
    });
}
