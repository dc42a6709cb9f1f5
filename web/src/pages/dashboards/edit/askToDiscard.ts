import { confirmed } from '../../../components/confirmed';
import { messages } from '../../../messages';

/** Whether changes that are not saved may be lost. */
export function askToDiscard(): Promise<boolean> {
    const text = messages.peek().dashboard;
    return confirmed({ title: text.unsaved, question: text.discardQuestion, action: text.discard, isDanger: true });
}
