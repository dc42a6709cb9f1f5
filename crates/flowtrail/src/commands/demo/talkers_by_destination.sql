SELECT dstaddr, sum(bytes) AS bytes
FROM logs.flow
WHERE action = 'ACCEPT' AND start_time > now() - INTERVAL '30 days'
GROUP BY dstaddr
ORDER BY bytes DESC, dstaddr
LIMIT 10
