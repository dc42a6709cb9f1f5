/** Tiles that several tests need, over the sample logs. */
import type { ChartKind } from '../../src/charts/spec';
import type { TestTile } from './api';

export const recordCount: TestTile = {
    title: 'Records',
    sql: 'select count(*) as records from logs.flow',
    chart: 'number',
    unit: 'count',
};

export const byAction: TestTile = {
    title: 'By action',
    sql: 'select action, count(*) as records from logs.flow where action is not null group by 1 order by 1',
    chart: 'bar',
    x: 'action',
    y: ['records'],
};

export const bytesOverTime: TestTile = {
    title: 'Bytes over time',
    sql: `select :datebucket(start_time) as time, action, sum(bytes) as bytes
from logs.flow where action is not null group by 1, 2 order by 1, 2`,
    chart: 'area',
    x: 'time',
    y: ['bytes'],
    series: 'action',
    unit: 'bytes',
};

export const portTable: TestTile = {
    title: 'Ports',
    sql: 'select dstport, protocol, action, count(*) as records from logs.flow group by 1, 2, 3 order by 4 desc, 1 limit 500',
    chart: 'table',
};

const portsByAction = `select cast(dstport as varchar) as port, action, count(*) as records
from logs.flow where dstport in (22, 80, 443, 445, 3389, 6379) and action is not null group by 1, 2 order by 1, 2`;
const pairs = `select srcaddr, dstaddr, sum(bytes) as bytes from logs.flow
where srcaddr is not null group by 1, 2 order by 3 desc limit 20`;
const hours = `select extract(hour from start_time) as hour, action, count(*) as records
from logs.flow where action is not null group by 1, 2 order by 1, 2`;

/** One of each kind. */
export const oneOfEach: Record<ChartKind, TestTile> = {
    bar: { title: 'bar', chart: 'bar', sql: portsByAction, x: 'port', y: ['records'], order: 'value' },
    column: { title: 'column', chart: 'column', sql: portsByAction, x: 'port', y: ['records'], series: 'action' },
    stacked_bar: {
        title: 'stacked_bar',
        chart: 'stacked_bar',
        sql: portsByAction,
        x: 'port',
        y: ['records'],
        series: 'action',
    },
    stacked_column: { ...bytesOverTime, title: 'stacked_column', chart: 'stacked_column' },
    line: { ...bytesOverTime, title: 'line', chart: 'line', compare: 'previous' },
    area: { ...bytesOverTime, title: 'area' },
    pie: { title: 'pie', chart: 'pie', sql: portsByAction, x: 'port', y: ['records'] },
    heat_map: { title: 'heat_map', chart: 'heat_map', sql: hours, x: 'hour', series: 'action', y: ['records'] },
    sankey: { title: 'sankey', chart: 'sankey', sql: pairs, x: 'srcaddr', series: 'dstaddr', y: ['bytes'] },
    graph: { title: 'graph', chart: 'graph', sql: pairs, x: 'srcaddr', series: 'dstaddr', y: ['bytes'] },
    number: { ...recordCount, title: 'number', compare: 'previous' },
    table: { ...portTable, title: 'table' },
};
