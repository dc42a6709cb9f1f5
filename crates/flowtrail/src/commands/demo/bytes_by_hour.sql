SELECT date_trunc('hour', start_time) AS hour, sum(bytes) AS bytes
FROM logs.flow
WHERE day = (SELECT max(day) FROM logs.vpc_flow)
GROUP BY 1
ORDER BY hour
