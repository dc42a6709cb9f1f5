/** Into the clipboard, where the browser lets. */
import { messages } from '../messages';
import { notify } from './notices';

/** Whether it is there. Browsers refuse over plain HTTP and in some frames: then the text has to be chosen by hand. */
export async function copied(text: string): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        notify(messages.peek().share.notCopied, 'failed');
        return false;
    }
}
