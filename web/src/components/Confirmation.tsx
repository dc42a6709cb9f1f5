/** The question that is being asked, over everything. */
import { messages } from '../messages';
import { Button } from './Button';
import { asked } from './confirmed';
import { Dialog } from './Dialog';

export function Confirmation() {
    const question = asked.value;
    if (!question) return null;
    return (
        <Dialog
            // Another question is another dialog, with the focus at its beginning.
            key={question.question}
            title={question.title}
            role="alertdialog"
            onClose={() => question.answer(false)}
            footer={
                <>
                    <Button isFirst onClick={() => question.answer(false)}>
                        {messages.value.action.cancel}
                    </Button>
                    <Button kind={question.isDanger ? 'danger' : 'primary'} onClick={() => question.answer(true)}>
                        {question.action}
                    </Button>
                </>
            }
        >
            <p class="dialog-question">{question.question}</p>
        </Dialog>
    );
}
