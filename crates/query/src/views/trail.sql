-- CloudTrail events for people: who did what, where, and whether it worked.
SELECT
    eventtime AS event_time,
    replace(eventsource, '.amazonaws.com', '') AS service,
    eventname AS event_name,
    identity_type,
    -- The name people know a principal by; of an assumed role, role/session.
    COALESCE(
        CASE identity_type
            WHEN 'Root' THEN 'root'
            WHEN 'AWSService' THEN useridentity['invokedby']
            WHEN 'AssumedRole' THEN NULLIF(split_part(identity_arn, ':assumed-role/', 2), '')
            WHEN 'FederatedUser' THEN NULLIF(split_part(identity_arn, ':federated-user/', 2), '')
            WHEN 'IdentityCenterUser' THEN useridentity['onbehalfof']['userid']
        END,
        identity_user_name,
        session_issuer_user_name,
        useridentity['invokedby'],
        identity_arn,
        identity_principal_id,
        identity_account_id
    ) AS who,
    sourceipaddress AS source_address,
    useragent AS user_agent,
    errorcode IS NOT NULL OR errormessage IS NOT NULL AS is_error,
    errorcode AS error_code,
    errormessage AS error_message,
    NOT readonly AS is_write,
    -- A console login says it beside the session, which it has not got yet.
    CASE eventname
        WHEN 'ConsoleLogin' THEN regexp_like(additionaleventdata, '"MFAUsed" *: *"Yes"')
        ELSE mfa_authenticated
    END AS mfa,
    COALESCE(recipientaccountid, identity_account_id) AS account_id,
    awsregion AS region,
    eventtype AS event_type,
    eventcategory AS event_category,
    identity_arn,
    identity_account_id,
    access_key_id,
    session_issuer_arn,
    vpcendpointid AS vpc_endpoint_id,
    requestparameters AS request,
    responseelements AS response,
    eventid AS event_id,
    _object,
    day
FROM flowtrail.logs.cloudtrail
