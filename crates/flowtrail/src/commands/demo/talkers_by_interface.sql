SELECT interface_id, sum(bytes) AS bytes
FROM logs.flow
WHERE action = 'ACCEPT' AND start_time > now() - INTERVAL '30 days'
GROUP BY interface_id
ORDER BY bytes DESC, interface_id
LIMIT 10
