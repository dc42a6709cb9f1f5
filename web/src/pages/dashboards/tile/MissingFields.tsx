/** Instead of an empty chart: which field is missing, and how it gets into the log. */
import { Icon } from '../../../components/Icon';
import { messages } from '../../../messages';

/** Names in flow logs have hyphens where columns have underscores. */
export function logField(column: string): string {
    return `\${${column.replaceAll('_', '-')}}`;
}

export function MissingFields({ table, fields }: { table: string; fields: string[] }) {
    const text = messages.value.tile;
    const names = fields.join(', ');
    const isFlowLog = /_flow$|\.flow$/.test(table);
    return (
        <div class="tile-missing">
            <p>
                <Icon name="info" />
                {fields.length === 1 ? text.missing(names) : text.missingMore(names)}
            </p>
            {isFlowLog && (
                <>
                    <p class="note">{text.missingHow}</p>
                    <code>{`--log-format '… ${fields.map(logField).join(' ')}'`}</code>
                </>
            )}
        </div>
    );
}
