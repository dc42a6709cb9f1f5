SELECT srcaddr, sum(bytes) AS bytes
FROM logs.flow
WHERE action = 'ACCEPT' AND start_time > now() - INTERVAL '30 days'
GROUP BY srcaddr
ORDER BY bytes DESC, srcaddr
LIMIT 10
