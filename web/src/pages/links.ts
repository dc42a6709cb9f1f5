/** Links from page to page, with the time, filters and zone that hold here. */
import type { TileDefinition } from '../api/dashboards';
import type { FilterValue } from '../filter/fields';
import { withTerm } from '../filter/line';
import { address, query } from '../state/location';
import { filterLine, keptQuery } from '../state/scope';
import { paths } from './paths';

/** The first log relation a statement reads, by its words: good enough to begin an exploration with. */
export function relationIn(sql: string): string {
    const name = /\b(?:from|join)\s+(?:flowtrail\.)?(?:logs\.)?"?(vpc_flow|tgw_flow|flow|cloudtrail|trail)\b/i.exec(
        sql,
    )?.[1];
    return `logs.${name?.toLowerCase() ?? 'flow'}`;
}

/** Explore, over what a tile reads: `table`, and `x`, `y`, `series`, `chart` where the tile has them. */
export function exploreLink(tile: TileDefinition, filters: FilterValue[] = []): string {
    const search = keptQuery(query.value);
    const line = filters.reduce((text, { field, value }) => withTerm(text, field, '=', value), filterLine.value);
    if (line) search.set('filter', line);
    search.set('table', relationIn(tile.sql));
    if (tile.x) search.set('x', tile.x);
    if (tile.y?.length) search.set('y', tile.y.join(','));
    if (tile.series) search.set('series', tile.series);
    search.set('chart', tile.chart);
    return address(paths.explore, search);
}

/** The SQL page with a statement in it. */
export function sqlLink(sql: string): string {
    const search = keptQuery(query.value);
    search.set('sql', sql);
    return address(paths.sql, search);
}
