/** The three accents of SQL as the editor colours and completes them. */
import { SQLDialect } from '@codemirror/lang-sql';
import type { Accent } from '../../../api/statements';

const COMMON =
    'all alter analyze and any as asc between both by case cast check column commit constraint copy create cross cube ' +
    'current_date current_time current_timestamp database default delete desc describe distinct drop else end escape except ' +
    'execute exists explain external extract fetch filter first following for from full function grant group grouping having ' +
    'if ilike in inner insert intersect interval into is join last lateral leading left like limit natural no not nulls ' +
    'offset on only or order ordinality outer over partition partitioned preceding primary range recursive references rename ' +
    'replace revoke right rollup row rows schema select set sets show table tables tablesample then to trailing truncate ' +
    'try_cast unbounded union unique unnest update use using values view when where window with within';

const ATHENA =
    'bernoulli bucketed columns current_user deallocate fields input location map_from_entries msck optimize output outputformat ' +
    'inputformat parquet partitions prepare properties repair row serde serdeproperties stored tblproperties terminated ' +
    'textfile unload vacuum rewrite data bin_pack string';

const SNOWFLAKE =
    'account at before change_tracking clone comment account_usage directory file_format files flatten force if not exists list ls ' +
    'match_by_column_name minus on_error pattern pipe pipes pivot put purge qualify regexp remove rlike sample schemas secure ' +
    'session stage stages storage_integration stream streams swap task tasks temporary transient undrop unpivot unset url ' +
    'warehouse warehouses auto_ingest asof match_condition exclude';

const POSTGRES =
    'array begin concurrently conflict do excluded immutable inherits isnull language materialized notnull nothing owner ' +
    'returning rollback sequence serial similar symmetric temp transaction vacuum verbose volatile';

const TYPES =
    'array bigint binary boolean char date decimal double float geography int integer interval ip_address json map number numeric ' +
    'object real smallint string struct text time timestamp timestamp_ltz timestamp_ntz timestamp_tz timestamptz tinyint ' +
    'uuid varbinary varchar variant';

const byAccent: Record<Accent, string> = {
    auto: [COMMON, ATHENA, SNOWFLAKE, POSTGRES].join(' '),
    athena: `${COMMON} ${ATHENA}`,
    snowflake: `${COMMON} ${SNOWFLAKE}`,
    postgres: `${COMMON} ${POSTGRES}`,
};

/** Words to offer: those of the accent and those the server knows. */
export function wordsOf(accent: Accent | 'types', known: string[]): string[] {
    const own = accent === 'types' ? TYPES : `${byAccent[accent]} true false null`;
    return [...new Set([...own.split(' '), ...known.map((word) => word.toLowerCase())])].sort();
}

export function dialectOf(accent: Accent): SQLDialect {
    return SQLDialect.define({
        keywords: byAccent[accent],
        types: TYPES,
        // What is called is coloured where it is called.
        builtin: '',
        doubleDollarQuotedStrings: true,
        charSetCasts: false,
        backslashEscapes: false,
        // `:datebucket`, `$1` and stages are names with a mark before them.
        specialVar: '@:$',
        identifierQuotes: accent === 'snowflake' || accent === 'postgres' ? '"' : '"`',
        operatorChars: '*+-%<>!=&|^/~',
        caseInsensitiveIdentifiers: true,
    });
}
