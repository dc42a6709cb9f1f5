/** From a value to what else the logs know of it. */
import type { Relation } from '../../../api/catalog';
import type { Cell } from '../../../api/table';
import type { IconName } from '../../../components/Icon';
import { term } from '../../../filter/line';
import { plainText } from '../../../format/cell';
import { messages } from '../../../messages';
import { address, query } from '../../../state/location';
import { keptQuery } from '../../../state/scope';
import { paths } from '../../paths';
import { wholeName } from '../state/relations';

export interface ValueLink {
    text: string;
    icon: IconName;
    to: string;
}

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)$/i;
const ADDRESS_FIELDS = /^(pkt_)?(src|dst)addr$|^addr$|^source_?(ip)?_?address$/;

export function isAddress(field: string, cell: Cell): boolean {
    return ADDRESS_FIELDS.test(field) && typeof cell === 'string' && ADDRESS.test(cell);
}

/** Explore of a table with this filter, in the time and zone of now. The other filters were about something else. */
export function exploreOf(table: string, filter: string, view: Record<string, string> = {}): string {
    const search = keptQuery(query.value);
    search.set('filter', filter);
    search.set('table', table);
    for (const [key, value] of Object.entries(view)) search.set(key, value);
    return address(paths.explore, search);
}

const FLOW = 'logs.flow';
const TRAIL = 'logs.trail';

export function flowsOf(value: string): string {
    return exploreOf(FLOW, term('addr', '=', value));
}

export function callsFrom(value: string): string {
    return exploreOf(TRAIL, term('source_address', '=', value));
}

/** The fields that name one thing, and where more of it is. */
function ofField(field: string, value: string): ValueLink[] {
    const text = messages.value.explore.links;
    switch (field) {
        case 'interface_id':
            return [{ text: text.interfaceFlows, icon: 'explore', to: exploreOf(FLOW, term(field, '=', value)) }];
        case 'instance_id':
            return [{ text: text.instanceFlows, icon: 'explore', to: exploreOf(FLOW, term(field, '=', value)) }];
        case 'who':
        case 'identity_arn':
            return [{ text: text.principalEvents, icon: 'explore', to: exploreOf(TRAIL, term(field, '=', value)) }];
        case 'access_key_id':
            return [{ text: text.keyEvents, icon: 'explore', to: exploreOf(TRAIL, term(field, '=', value)) }];
        default:
            return [];
    }
}

export function linksOf(relation: Relation, field: string, cell: Cell): ValueLink[] {
    if (cell === null) return [];
    const text = messages.value.explore.links;
    const value = plainText(cell);
    if (isAddress(field, cell)) {
        const by = term('addr', '=', value);
        return [
            { text: text.flows, icon: 'swap', to: flowsOf(value) },
            {
                text: text.interface,
                icon: 'explore',
                to: exploreOf(FLOW, by, { x: 'interface_id', y: 'sum:bytes' }),
            },
            { text: text.calls, icon: 'explore', to: callsFrom(value) },
        ];
    }
    const links = ofField(field, value);
    const here = `${paths.explore}?${query.value.toString()}`;
    return wholeName(relation).startsWith('logs.') ? links.filter((link) => link.to !== here) : [];
}
