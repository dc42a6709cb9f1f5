/** What went wrong, in the server's words; the way to its place, and what it proposes instead. */
import type { Problem } from '../../../api/problem';
import { Button } from '../../../components/Button';
import { ProblemText } from '../../../components/ProblemText';
import { shortened } from '../../../format/cell';
import { messages } from '../../../messages';
import { text as editorText } from '../choices';
import { goTo, type Piece, replaceRange } from '../editor/document';
import { proposalIn } from '../run/errors';
import { positionOf } from '../text/place';

export function ProblemPanel({ problem, sent }: { problem: Problem; sent: Piece | undefined }) {
    const text = messages.value.sqlPage;
    const now = editorText.value;
    // Another text has other places.
    const isSame = sent !== undefined && now.slice(sent.from, sent.from + sent.text.length) === sent.text;
    const { place } = problem;
    const proposal = isSame ? proposalIn(problem, now) : undefined;
    return (
        <div class="sql-problem-panel">
            <ProblemText problem={problem} />
            {place && isSame && (
                <div class="sql-problem-actions">
                    {proposal && (
                        <Button
                            icon="check"
                            kind="primary"
                            onClick={() => replaceRange(proposal.from, proposal.to, proposal.words)}
                        >
                            {text.useInstead(shortened(proposal.words, 60))}
                        </Button>
                    )}
                    <Button icon="right" onClick={() => goTo(positionOf(now, place))}>
                        {text.goToPlace}
                    </Button>
                </div>
            )}
        </div>
    );
}
