/** What there is to ask: schemas, relations, columns. */
import { useState } from 'preact/hooks';
import { catalog, loadCatalog, type Relation } from '../../../api/catalog';
import { Button } from '../../../components/Button';
import { Icon } from '../../../components/Icon';
import { shortened } from '../../../format/cell';
import { messages } from '../../../messages';
import { appendStatement, insert } from '../editor/document';
import { bareName, schemasOf, shortType } from '../editor/names';

/** More matches than a person reads. */
const MOST_COLUMNS = 400;

interface Match {
    relation: Relation;
    columns: Relation['columns'];
    /** A column is what was looked for: it is shown at once. */
    isOpen: boolean;
}

export function matching(relations: Relation[], typed: string): Match[] {
    const wanted = typed.trim().toLowerCase();
    if (wanted === '') return relations.map((relation) => ({ relation, columns: relation.columns, isOpen: false }));
    return relations.flatMap((relation): Match[] => {
        const columns = relation.columns.filter((column) => column.name.toLowerCase().includes(wanted));
        if (`${relation.schema}.${bareName(relation)}`.toLowerCase().includes(wanted)) {
            return [{ relation, columns: relation.columns, isOpen: false }];
        }
        return columns.length > 0 ? [{ relation, columns, isOpen: true }] : [];
    });
}

export function SchemaTree({ onChosen }: { onChosen: () => void }) {
    const text = messages.value.sqlPage;
    const [typed, setTyped] = useState('');
    const all = catalog.value;
    if (!all) {
        return (
            <div class="sql-side-empty">
                <p>{text.noCatalog}</p>
                <Button icon="refresh" isSmall onClick={() => void loadCatalog().catch(() => undefined)}>
                    {messages.value.action.retry}
                </Button>
            </div>
        );
    }
    const found = matching(all.relations, typed);
    return (
        <>
            <div class="sql-side-find">
                <input
                    class="input"
                    type="search"
                    aria-label={text.findTable}
                    placeholder={text.findTable}
                    value={typed}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                />
                <Button
                    icon="refresh"
                    kind="quiet"
                    label={text.reload}
                    onClick={() => void loadCatalog().catch(() => undefined)}
                />
            </div>
            <div class="sql-side-list">
                {found.length === 0 && <p class="sql-side-empty">{text.nothingFound}</p>}
                {schemasOf(all).map((schema) => {
                    const mine = found.filter((one) => one.relation.schema === schema);
                    if (mine.length === 0) return null;
                    return (
                        <section key={schema} aria-label={shortened(schema)}>
                            <h2 class="sql-side-schema">{shortened(schema, 80)}</h2>
                            {mine.map((one) => (
                                <RelationItem
                                    key={`${one.relation.name} ${String(one.isOpen)}`}
                                    match={one}
                                    onChosen={onChosen}
                                />
                            ))}
                        </section>
                    );
                })}
                {all.stages.length > 0 && typed === '' && (
                    <section aria-label={text.stages}>
                        <h2 class="sql-side-schema">{text.stages}</h2>
                        {all.stages.map((stage) => (
                            <button
                                key={stage}
                                type="button"
                                class="sql-side-column"
                                onClick={() => {
                                    insert(stage);
                                    onChosen();
                                }}
                            >
                                <span>{shortened(stage, 120)}</span>
                            </button>
                        ))}
                    </section>
                )}
            </div>
        </>
    );
}

function RelationItem({ match, onChosen }: { match: Match; onChosen: () => void }) {
    const text = messages.value.sqlPage;
    const [isOpen, setOpen] = useState(match.isOpen);
    const { relation, columns } = match;
    const name = `${relation.schema}.${bareName(relation)}`;
    const put = (words: string, how: (words: string) => void) => {
        how(words);
        onChosen();
    };
    return (
        <div class="side-relation">
            <div class="sql-side-relation-head">
                <button
                    type="button"
                    class="sql-side-open"
                    aria-expanded={isOpen}
                    title={`${name} · ${text.kind[relation.kind]}`}
                    onClick={() => setOpen(!isOpen)}
                >
                    <Icon name={isOpen ? 'down' : 'right'} />
                    <span class="sql-side-name">{shortened(bareName(relation), 120)}</span>
                    {relation.kind !== 'table' && <span class="note">{text.kind[relation.kind]}</span>}
                </button>
                <Button
                    icon="sql"
                    kind="quiet"
                    isSmall
                    label={text.lookInto(shortened(name, 80))}
                    onClick={() => put(`select *\nfrom ${name}\nlimit 100`, appendStatement)}
                />
            </div>
            {isOpen && (
                <ul class="sql-side-columns">
                    {columns.slice(0, MOST_COLUMNS).map((column) => (
                        <li key={column.name}>
                            <button
                                type="button"
                                class="sql-side-column"
                                title={`${text.putName}: ${shortened(column.name)} · ${shortened(column.type, 300)}`}
                                onClick={() =>
                                    put(
                                        /^[a-z_][a-z0-9_]*$/.test(column.name)
                                            ? column.name
                                            : `"${column.name.replaceAll('"', '""')}"`,
                                        insert,
                                    )
                                }
                            >
                                <span class="sql-side-name">{shortened(column.name, 120)}</span>
                                <span class="note">{shortType(column.type)}</span>
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}
