use insta::assert_snapshot;

use crate::lake::{self, Event, FIRST_S, Flow};

#[tokio::test]
async fn flow_shows_times_names_and_directions() {
    let lake = lake::of_flows().await;
    let sql = "SELECT start_time, end_time, duration_s, protocol_name, tcp_flag_names, src_internal, dst_internal, direction, _object, day FROM flow ORDER BY start";
    assert_snapshot!(lake.ask(sql).await, @r"
    +----------------------+----------------------+------------+---------------+----------------+--------------+--------------+-----------+---------+------------+
    | start_time           | end_time             | duration_s | protocol_name | tcp_flag_names | src_internal | dst_internal | direction | _object | day        |
    +----------------------+----------------------+------------+---------------+----------------+--------------+--------------+-----------+---------+------------+
    | 2026-11-01T00:01:00Z | 2026-11-01T00:01:30Z | 30         | tcp           | SYN|ACK        | true         | true         | internal  | object  | 2026-11-01 |
    | 2026-11-02T00:01:00Z | 2026-11-02T00:01:30Z | 30         | udp           | SYN|ACK        | true         | false        | outbound  | object  | 2026-11-02 |
    | 2026-11-03T00:01:00Z | 2026-11-03T00:01:30Z | 30         | 200           | SYN|ACK        | false        | true         | inbound   | object  | 2026-11-03 |
    +----------------------+----------------------+------------+---------------+----------------+--------------+--------------+-----------+---------+------------+
    ");
}

#[tokio::test]
async fn a_direction_is_taken_from_the_record_or_its_addresses() {
    let lake = lake::empty();
    let flow = |srcaddr, dstaddr, flow_direction| Flow {
        start: Some(FIRST_S),
        srcaddr,
        dstaddr,
        flow_direction,
        ..Flow::default()
    };
    let (inside, outside) = (Some("10.0.0.1"), Some("8.8.8.8"));
    lake.load_flows(&[
        flow(inside, inside, Some("ingress")),
        flow(outside, inside, Some("egress")),
        flow(inside, inside, None),
        flow(inside, outside, None),
        flow(outside, inside, None),
        flow(outside, outside, None),
        flow(None, inside, None),
        flow(None, None, None),
    ])
    .await;
    let sql =
        "SELECT flow_direction AS own, src_internal AS src, dst_internal AS dst, direction FROM flow ORDER BY 1, 2, 3";
    assert_snapshot!(lake.ask(sql).await, @r"
    +---------+-------+-------+-----------+
    | own     | src   | dst   | direction |
    +---------+-------+-------+-----------+
    | egress  | false | true  | outbound  |
    | ingress | true  | true  | inbound   |
    |         | false | false | external  |
    |         | false | true  | inbound   |
    |         | true  | false | outbound  |
    |         | true  | true  | internal  |
    |         |       | true  |           |
    |         |       |       |           |
    +---------+-------+-------+-----------+
    ");
}

#[tokio::test]
async fn trail_says_who_did_what() {
    let lake = lake::empty();
    let event = Event {
        time: FIRST_S,
        source: "iam.amazonaws.com",
        name: "CreateUser",
        readonly: Some(false),
        ..Event::default()
    };
    lake.load_events(&[
        Event {
            identity_type: Some("IAMUser"),
            identity_arn: Some("arn:aws:iam::1:user/ann"),
            user_name: Some("ann"),
            ..event
        },
        Event {
            identity_type: Some("AssumedRole"),
            identity_arn: Some("arn:aws:sts::1:assumed-role/Admin/ben"),
            readonly: Some(true),
            ..event
        },
        Event {
            identity_type: Some("Root"),
            identity_arn: Some("arn:aws:iam::1:root"),
            error: Some("AccessDenied"),
            ..event
        },
        Event {
            source: "signin.amazonaws.com",
            readonly: None,
            ..event
        },
    ])
    .await;
    let sql = "SELECT event_time, service, event_name, identity_type, who, is_error, is_write FROM trail ORDER BY who";
    assert_snapshot!(lake.ask(sql).await, @r"
    +----------------------+---------+------------+---------------+-----------+----------+----------+
    | event_time           | service | event_name | identity_type | who       | is_error | is_write |
    +----------------------+---------+------------+---------------+-----------+----------+----------+
    | 2026-11-01T00:00:00Z | iam     | CreateUser | AssumedRole   | Admin/ben | false    | false    |
    | 2026-11-01T00:00:00Z | iam     | CreateUser | IAMUser       | ann       | false    | true     |
    | 2026-11-01T00:00:00Z | iam     | CreateUser | Root          | root      | true     | true     |
    | 2026-11-01T00:00:00Z | signin  | CreateUser |               |           | false    |          |
    +----------------------+---------+------------+---------------+-----------+----------+----------+
    ");
}

#[tokio::test]
async fn functions_take_any_text_and_number() {
    let lake = lake::of_flows().await;
    let sql = "SELECT protocol_name(protocol) AS p, ip_in(srcaddr, '10.0.0.0/8') AS ten, ip_in(srcaddr, srcaddr || '/32') AS own,
        ip_is_internal(NULL) AS n, human_bytes(sum(bytes)) AS b, tcp_flag_names(2::smallint) AS f
        FROM vpc_flow WHERE ip_in(dstaddr, '10.0.0.0/8') GROUP BY protocol, srcaddr ORDER BY 1";
    assert_snapshot!(lake.ask(sql).await, @r"
    +-----+-------+------+---+---------+-----+
    | p   | ten   | own  | n | b       | f   |
    +-----+-------+------+---+---------+-----+
    | 200 | false | true |   | 1.5 KiB | SYN |
    | tcp | true  | true |   | 1.5 KiB | SYN |
    +-----+-------+------+---+---------+-----+
    ");
    assert_snapshot!(lake.complaint("SELECT protocol_name()").await, @r"
    line 1, column 8: there is no protocol_name(); there is protocol_name(BIGINT)
      SELECT protocol_name()
             ^
    ");
}
