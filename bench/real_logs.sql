-- Asked by `make demo` of the real logs, where they are there.
SELECT table_name, count(*) AS objects, sum(lines) AS lines, sum(rows) AS rows, sum(headers) AS headers,
       sum(rejected) AS rejected, sum(duplicates) AS duplicates
FROM system.load_history WHERE table_name IS NOT NULL GROUP BY 1 ORDER BY 1;

SELECT who, identity_type, count(*) AS calls, count(*) FILTER (WHERE is_error) AS errors
FROM trail GROUP BY 1, 2 ORDER BY calls DESC LIMIT 10;

SELECT start_time, srcaddr, dstaddr, dstport, protocol_name, action, bytes FROM flow ORDER BY start_time;
