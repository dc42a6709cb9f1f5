SELECT source_address, identity_type, count(*) AS calls
FROM logs.trail
GROUP BY 1, 2
ORDER BY calls DESC, 1, 2
LIMIT 10
