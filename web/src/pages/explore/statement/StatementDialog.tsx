/** The statement that says the same as the chart, to be read, copied, or gone on with. */
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { Icon } from '../../../components/Icon';
import { Link } from '../../../components/Link';
import { notify } from '../../../components/notices';
import { messages } from '../../../messages';
import { filterLine } from '../../../state/scope';
import { sqlLink } from '../../links';
import './statement.css';

/** The filter is in the statement: were it in the address as well, editing the one would not change the other. */
function linkTo(sql: string): string {
    const url = new URL(sqlLink(sql), window.location.href);
    url.searchParams.delete('filter');
    return url.pathname + url.search;
}

export function StatementDialog({ sql, onClose }: { sql: string; onClose: () => void }) {
    const text = messages.value;
    const copy = () =>
        void navigator.clipboard.writeText(sql).then(
            () => notify(text.action.copied),
            () => undefined,
        );
    return (
        <Dialog
            title={text.explore.statementTitle}
            onClose={onClose}
            footer={
                <>
                    <Button icon="copy" onClick={copy}>
                        {text.action.copy}
                    </Button>
                    <Link to={linkTo(sql)} class="button button-primary">
                        <Icon name="sql" />
                        {text.explore.openSql}
                    </Link>
                </>
            }
        >
            <StatementText sql={sql} />
        </Dialog>
    );
}

export function StatementText({ sql }: { sql: string }) {
    const { explore } = messages.value;
    return (
        <div class="statement">
            <pre class="statement-text" tabIndex={0}>
                {sql}
            </pre>
            <p class="note">{filterLine.value ? explore.statementNote : explore.statementTime}</p>
        </div>
    );
}
