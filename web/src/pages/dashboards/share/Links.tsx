/** Read-only links to a dashboard: making one, and those there are. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { status } from '../../../api/catalog';
import { returns } from '../../../api/connection';
import { type LinkEntry, listLinks, type NewLink, revokeLink } from '../../../api/links';
import { asProblem, isAbort, type Problem, ProblemError } from '../../../api/problem';
import { ProblemText } from '../../../components/ProblemText';
import { messages } from '../../../messages';
import { isOver } from './ends';
import { LinkRow } from './LinkRow';
import { MadeLink } from './MadeLink';
import { NewLinkForm } from './NewLinkForm';

export function Links({ dashboard, title }: { dashboard: string; title: string }) {
    const text = messages.value.share;
    const [links, setLinks] = useState<LinkEntry[]>();
    const [made, setMade] = useState<NewLink>();
    const [problem, setProblem] = useState<Problem>();
    const [said, setSaid] = useState('');
    const heading = useRef<HTMLHeadingElement>(null);
    const mayChange = status.value?.read_only !== true;
    const cameBack = returns.value;

    useEffect(() => {
        const controller = new AbortController();
        listLinks(dashboard, controller.signal).then(setLinks, (error: unknown) => {
            if (!isAbort(error)) setProblem(asProblem(error));
        });
        return () => controller.abort();
    }, [dashboard, made, cameBack]);

    const revoke = async (link: LinkEntry) => {
        setProblem(undefined);
        try {
            await revokeLink(link.id);
        } catch (error) {
            // What somebody else has revoked meanwhile is as it should be.
            if (!(error instanceof ProblemError && error.problem.status === 404)) {
                setProblem(asProblem(error));
                return;
            }
        }
        setLinks((before) => before?.filter(({ id }) => id !== link.id));
        if (made?.id === link.id) setMade(undefined);
        setSaid(isOver(link.expires_at, Date.now()) ? text.removed : text.revoked);
        // The button that was pressed is gone with its row.
        heading.current?.focus();
    };
    return (
        <section class="form">
            <h3 ref={heading} tabIndex={-1}>
                {text.links}
            </h3>
            <p class="note">{text.linksText}</p>
            {!mayChange && <p class="note">{text.readOnly}</p>}
            {mayChange && !made && <NewLinkForm dashboard={dashboard} onMade={setMade} />}
            {made && <MadeLink link={made} title={title} onAnother={() => setMade(undefined)} />}
            {problem && <ProblemText problem={problem} />}
            {links?.length === 0 && <p class="note">{text.none}</p>}
            {links && links.length > 0 && (
                <ul class="share-links" aria-label={text.links}>
                    {links.map((link) => (
                        <LinkRow
                            key={link.id}
                            link={link}
                            isNew={link.id === made?.id}
                            onRevoke={mayChange ? () => revoke(link) : undefined}
                        />
                    ))}
                </ul>
            )}
            <span class="only-read-aloud" role="status">
                {said}
            </span>
        </section>
    );
}
