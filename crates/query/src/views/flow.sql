-- VPC flow records for people: times, names and directions beside the fields as AWS writes them.
SELECT
    -- The type of `eventtime` in CloudTrail. Comparisons with it prune files: see optimizer/seconds.rs.
    arrow_cast(from_unixtime(start, 'UTC'), 'Timestamp(µs, "UTC")') AS start_time,
    arrow_cast(from_unixtime("end", 'UTC'), 'Timestamp(µs, "UTC")') AS end_time,
    "end" - start AS duration_s,
    action,
    CASE
        WHEN flow_direction = 'ingress' THEN 'inbound'
        WHEN flow_direction = 'egress' THEN 'outbound'
        WHEN src_internal AND dst_internal THEN 'internal'
        WHEN src_internal AND NOT dst_internal THEN 'outbound'
        WHEN dst_internal AND NOT src_internal THEN 'inbound'
        WHEN NOT src_internal AND NOT dst_internal THEN 'external'
    END AS direction,
    srcaddr,
    srcport,
    dstaddr,
    dstport,
    protocol,
    protocol_name(protocol) AS protocol_name,
    bytes,
    packets,
    tcp_flags,
    tcp_flag_names(tcp_flags) AS tcp_flag_names,
    src_internal,
    dst_internal,
    pkt_srcaddr,
    pkt_dstaddr,
    pkt_src_aws_service,
    pkt_dst_aws_service,
    flow_direction,
    traffic_path,
    reject_reason,
    encryption_status,
    account_id,
    region,
    az_id,
    vpc_id,
    subnet_id,
    instance_id,
    interface_id,
    resource_id,
    ecs_cluster_name,
    ecs_service_name,
    ecs_task_id,
    type,
    version,
    log_status,
    start,
    "end",
    _object,
    day
FROM (
    SELECT *, ip_is_internal(srcaddr) AS src_internal, ip_is_internal(dstaddr) AS dst_internal
    FROM flowtrail.logs.vpc_flow
)
