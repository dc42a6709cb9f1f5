/** Where the next statement runs: what USE and SET left, or what is chosen here. */
import { catalog } from '../../api/catalog';
import { Menu, type MenuEntry, Opener } from '../../components/Menu';
import { shortened } from '../../format/cell';
import { messages } from '../../messages';
import { schemasOf } from './editor/names';
import { forgetSession, session } from './run/session';

export function SessionPicker() {
    const text = messages.value.sqlPage;
    const now = session.value;
    const place = now ? [now.database, now.schema].join('.') : text.sessionNone;
    const shown = now?.warehouse ? `${place} · ${now.warehouse}` : place;
    return (
        <Opener label={text.session} text={shortened(shown, 60)} kind="quiet" hasArrow>
            {(anchor, close) => <Menu anchor={anchor} label={text.session} entries={entries()} onClose={close} />}
        </Opener>
    );
}

function entries(): MenuEntry[] {
    const text = messages.value.sqlPage;
    const all = catalog.value;
    const now = session.value;
    const warehouse = now?.warehouse ?? null;
    const places = (all?.databases ?? []).flatMap((database) =>
        ['public', ...(all ? schemasOf(all, database) : [])]
            .filter((schema, at, list) => list.indexOf(schema) === at)
            .map((schema): MenuEntry => ({
                text: `${database}.${schema}`,
                isChosen: now?.database === database && now.schema === schema,
                onChoose: () => (session.value = { database, schema, warehouse }),
            })),
    );
    const warehouses = (all?.warehouses ?? []).map((name): MenuEntry => ({
        text: name,
        isChosen: name === warehouse,
        onChoose: () => {
            const database = now?.database ?? all?.databases[0] ?? '';
            session.value = { database, schema: now?.schema ?? 'public', warehouse: name };
        },
    }));
    return [
        { heading: text.sessionSchema },
        ...places,
        ...(warehouses.length > 0 ? [{ heading: text.sessionWarehouse }, ...warehouses] : []),
        'rule',
        { text: text.sessionForget, icon: 'refresh', isDisabled: now === undefined, onChoose: forgetSession },
    ];
}
