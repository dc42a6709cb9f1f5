SELECT srcaddr, count(*) AS rejected
FROM logs.flow
WHERE action = 'REJECT' AND start_time > now() - INTERVAL '30 days'
GROUP BY srcaddr
ORDER BY rejected DESC, srcaddr
LIMIT 10
