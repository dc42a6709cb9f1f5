/** What is shown of a relation before anybody chose: measures, fields, facets, columns of records. */
import type { Relation } from '../../../api/catalog';
import { directionOf, timeColumn, wholeName } from './relations';

interface Beginning {
    measures: string[];
    /** The colour over time. */
    fields: string[];
    facets: string[];
    columns: string[];
    /** What orders records of the same moment, so that paging finds each once. */
    ties: string[];
}

const flow: Beginning = {
    measures: ['sum:bytes', 'records', 'sum:packets', 'distinct:srcaddr', 'distinct:dstaddr'],
    fields: ['action'],
    facets: [
        'action',
        'direction',
        'dstport',
        'protocol_name',
        'srcaddr',
        'dstaddr',
        'interface_id',
        'account_id',
        'region',
        'vpc_id',
    ],
    columns: [
        'start_time',
        'action',
        'direction',
        'srcaddr',
        'srcport',
        'dstaddr',
        'dstport',
        'protocol_name',
        'bytes',
        'packets',
        'interface_id',
    ],
    ties: ['interface_id', 'srcaddr', 'srcport', 'dstaddr', 'dstport', 'bytes'],
};

const rawFlow: Beginning = {
    ...flow,
    facets: flow.facets.map((name) => (name === 'direction' ? 'flow_direction' : name)),
    columns: flow.columns.map((name) => (name === 'start_time' ? 'start' : name)),
};

const trail: Beginning = {
    measures: ['records', 'true:is_error', 'distinct:who', 'distinct:source_address', 'distinct:event_name'],
    fields: ['service'],
    facets: [
        'service',
        'event_name',
        'identity_type',
        'who',
        'source_address',
        'error_code',
        'is_write',
        'account_id',
        'region',
    ],
    columns: ['event_time', 'service', 'event_name', 'who', 'identity_type', 'source_address', 'error_code', 'region'],
    ties: ['event_id'],
};

const rawTrail: Beginning = {
    measures: ['records', 'distinct:identity_arn', 'distinct:sourceipaddress', 'distinct:eventname'],
    fields: ['eventsource'],
    facets: [
        'eventsource',
        'eventname',
        'identity_type',
        'identity_arn',
        'sourceipaddress',
        'errorcode',
        'readonly',
        'recipientaccountid',
        'awsregion',
    ],
    columns: ['eventtime', 'eventsource', 'eventname', 'identity_arn', 'sourceipaddress', 'errorcode', 'awsregion'],
    ties: ['eventid'],
};

const known: Record<string, Beginning> = {
    'logs.flow': flow,
    'logs.vpc_flow': rawFlow,
    'logs.tgw_flow': rawFlow,
    'logs.trail': trail,
    'logs.cloudtrail': rawTrail,
};

/** Names of columns whose values are hardly ever the same twice. */
const isLong = /uri|url|arn|etag|sha|hash|digest|message|token|path|object|key|_id$/i;
/** Names of columns whose sum says something. */
const isAmount = /bytes|packets|rows|records|lines|count|errors|seconds|_s$|_ms$|size/i;

/** Of any other relation: its first columns. */
const MOST_FACETS = 8;
const MOST_COLUMNS = 10;

export function beginningOf(relation: Relation): Beginning {
    const names = new Set(relation.columns.map((column) => column.name));
    const begun = known[wholeName(relation)];
    if (begun) {
        const there = (list: string[]) => list.filter((name) => names.has(name));
        return {
            measures: begun.measures.filter((text) => text === 'records' || names.has(text.split(':')[1] ?? '')),
            fields: there(begun.fields),
            facets: there(begun.facets),
            columns: there(begun.columns),
            ties: there(begun.ties),
        };
    }
    const texts = relation.columns
        .filter((column) => column.kind === 'text' || column.kind === 'boolean')
        .sort((a, b) => Number(isLong.test(a.name)) - Number(isLong.test(b.name)));
    const numbers = relation.columns.filter((column) => column.kind === 'number' && isAmount.test(column.name));
    const time = timeColumn(relation)?.column.name;
    const plain = relation.columns.filter((column) => column.kind !== 'other' && column.name !== time);
    return {
        measures: ['records', ...numbers.slice(0, 2).map((column) => `sum:${column.name}`)],
        fields: directionOf(relation) ? ['action'].filter((name) => names.has(name)) : [],
        facets: texts.slice(0, MOST_FACETS).map((column) => column.name),
        columns: [...(time ? [time] : []), ...plain.slice(0, MOST_COLUMNS - 1).map((column) => column.name)],
        ties: plain.slice(0, 4).map((column) => column.name),
    };
}
