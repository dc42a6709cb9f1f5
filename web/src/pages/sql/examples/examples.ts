/** Statements to begin with, one of each accent and what is particular to it. They run as they are. */
import type { Accent } from '../../../api/statements';

export interface Example {
    key: 'rejects' | 'talkers' | 'console' | 'hours' | 'variant' | 'internet' | 'scan' | 'loads';
    accent: Accent;
    sql: string;
}

export const examples: Example[] = [
    {
        key: 'rejects',
        accent: 'athena',
        sql: `SELECT srcaddr, dstport, COUNT(*) AS attempts
FROM logs.vpc_flow
WHERE action = 'REJECT'
GROUP BY srcaddr, dstport
ORDER BY attempts DESC
LIMIT 25`,
    },
    {
        key: 'console',
        accent: 'athena',
        sql: `SELECT eventtime, useridentity.arn, sourceipaddress,
       json_extract_scalar(additionaleventdata, '$.MFAUsed') AS mfa
FROM logs.cloudtrail
WHERE eventname = 'ConsoleLogin'
ORDER BY eventtime DESC
LIMIT 50`,
    },
    {
        key: 'talkers',
        accent: 'snowflake',
        sql: `select srcaddr, dstaddr, sum(bytes) as total_bytes
from logs.vpc_flow
where action = 'ACCEPT'
group by all
order by total_bytes desc
limit 20`,
    },
    {
        key: 'hours',
        accent: 'snowflake',
        sql: `select :datebucket(start_time) as hour, action, sum(bytes) as bytes
from logs.flow
group by hour, action
order by hour`,
    },
    {
        key: 'variant',
        accent: 'snowflake',
        sql: `with calls as (
    select useridentity:type::varchar as identity_type, eventname, count(*) as calls
    from logs.cloudtrail
    group by all
)
select * from calls
qualify row_number() over (partition by identity_type order by calls desc) <= 3
order by identity_type, calls desc`,
    },
    {
        key: 'internet',
        accent: 'postgres',
        sql: `select dstport,
       count(*) filter (where action = 'ACCEPT') as accepted,
       count(*) filter (where action = 'REJECT') as rejected
from logs.flow
where not ip_is_internal(srcaddr)
group by dstport
order by rejected desc nulls last
limit 20`,
    },
    {
        key: 'scan',
        accent: 'postgres',
        sql: `with seen as (
    select srcaddr, count(distinct dstport) as ports, count(*) as records
    from logs.flow
    where action = 'REJECT'
    group by srcaddr
)
select * from seen
where ports > 10
order by ports desc
limit 50`,
    },
    {
        key: 'loads',
        accent: 'auto',
        sql: `select table_name, status, count(*) as objects, max(loaded_at) as last_loaded
from system.load_history
group by table_name, status
order by table_name`,
    },
];
