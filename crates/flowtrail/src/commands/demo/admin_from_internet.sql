SELECT dstaddr AS internal_address, srcaddr AS external_address, dstport AS port, count(*) AS flows
FROM logs.flow
WHERE action = 'ACCEPT' AND dstport IN (22, 3389) AND dst_internal AND NOT src_internal
GROUP BY 1, 2, 3
ORDER BY flows DESC, 1, 2, 3
LIMIT 10
