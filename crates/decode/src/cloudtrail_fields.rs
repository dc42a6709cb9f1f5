//! The columns of a CloudTrail event: one definition for schema, reading and the promoted columns.
//!
//! Names are those of AWS's page "CloudTrail record contents", in the order of Athena's table for CloudTrail; a
//! column is named by the field's key in lower case.

use arrow::datatypes::{DataType, Field as ArrowField, Fields, Schema, SchemaRef, TimeUnit};
use std::sync::{Arc, LazyLock};

use crate::text_column::TextColumn;

/// What a field's value becomes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// A string. Another value becomes its JSON text.
    Text,
    /// The same, of which events share few values: each distinct one is held once.
    SharedText,
    /// The value's compact JSON text, whatever it is.
    Json,
    /// A boolean, also one written as a string.
    Flag,
    /// The event's time.
    Time,
    /// An object with these fields.
    Record(&'static [Field]),
    /// An array of objects with these fields.
    Records(&'static [Field]),
}

/// A field of an event, or of an object in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its key, as CloudTrail spells it.
    pub(crate) key: &'static str,
    pub(crate) shape: Shape,
}

const fn text(key: &'static str) -> Field {
    Field {
        key,
        shape: Shape::Text,
    }
}

const fn shared(key: &'static str) -> Field {
    Field {
        key,
        shape: Shape::SharedText,
    }
}

const fn json(key: &'static str) -> Field {
    Field {
        key,
        shape: Shape::Json,
    }
}

const fn flag(key: &'static str) -> Field {
    Field {
        key,
        shape: Shape::Flag,
    }
}

const fn record(key: &'static str, fields: &'static [Field]) -> Field {
    Field {
        key,
        shape: Shape::Record(fields),
    }
}

/// The fields of an event, in column order.
pub(crate) const EVENT: &[Field] = &[
    shared("eventVersion"),
    record("userIdentity", USER_IDENTITY),
    Field {
        key: EVENT_TIME,
        shape: Shape::Time,
    },
    shared("eventSource"),
    shared("eventName"),
    shared("awsRegion"),
    shared("sourceIPAddress"),
    shared("userAgent"),
    shared("errorCode"),
    shared("errorMessage"),
    json("requestParameters"),
    json("responseElements"),
    json("additionalEventData"),
    text("requestID"),
    text("eventID"),
    flag("readOnly"),
    Field {
        key: "resources",
        shape: Shape::Records(RESOURCE),
    },
    shared("eventType"),
    shared("apiVersion"),
    flag("managementEvent"),
    shared("recipientAccountId"),
    json("serviceEventDetails"),
    text("sharedEventID"),
    shared("vpcEndpointId"),
    shared("vpcEndpointAccountId"),
    shared("eventCategory"),
    flag("sessionCredentialFromConsole"),
    json("edgeDeviceDetails"),
    record("tlsDetails", TLS_DETAILS),
    json("addendum"),
    json("insightDetails"),
];

/// The key of the one field an event cannot be without.
pub(crate) const EVENT_TIME: &str = "eventTime";

const USER_IDENTITY: &[Field] = &[
    shared("type"),
    shared("principalId"),
    shared("arn"),
    shared("accountId"),
    shared("invokedBy"),
    shared("accessKeyId"),
    shared("userName"),
    record("onBehalfOf", &[shared("userId"), shared("identityStoreArn")]),
    shared("credentialId"),
    json("inScopeOf"),
    record("sessionContext", SESSION_CONTEXT),
];

const SESSION_CONTEXT: &[Field] = &[
    record("attributes", &[shared("mfaAuthenticated"), shared("creationDate")]),
    record(
        "sessionIssuer",
        &[
            shared("type"),
            shared("principalId"),
            shared("arn"),
            shared("accountId"),
            shared("userName"),
        ],
    ),
    json("webIdFederationData"),
    shared("sourceIdentity"),
    shared("ec2RoleDelivery"),
    shared("assumedRoot"),
];

const RESOURCE: &[Field] = &[text("ARN"), text("accountId"), text("type")];

const TLS_DETAILS: &[Field] = &[
    shared("tlsVersion"),
    shared("cipherSuite"),
    shared("clientProvidedHostHeader"),
];

/// A part of the identity that people group by, as a column of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promoted {
    pub(crate) column: &'static str,
    /// The keys that lead to it.
    pub(crate) path: &'static [&'static str],
    pub(crate) shape: Shape,
}

const fn promoted(column: &'static str, path: &'static [&'static str]) -> Promoted {
    Promoted {
        column,
        path,
        shape: Shape::SharedText,
    }
}

/// The promoted columns, in column order.
pub(crate) const PROMOTED: &[Promoted] = &[
    promoted("identity_type", &["userIdentity", "type"]),
    promoted("identity_arn", &["userIdentity", "arn"]),
    promoted("identity_account_id", &["userIdentity", "accountId"]),
    promoted("identity_principal_id", &["userIdentity", "principalId"]),
    promoted("identity_user_name", &["userIdentity", "userName"]),
    promoted("access_key_id", &["userIdentity", "accessKeyId"]),
    promoted(
        "session_issuer_arn",
        &["userIdentity", "sessionContext", "sessionIssuer", "arn"],
    ),
    promoted(
        "session_issuer_user_name",
        &["userIdentity", "sessionContext", "sessionIssuer", "userName"],
    ),
    Promoted {
        column: "mfa_authenticated",
        path: &["userIdentity", "sessionContext", "attributes", "mfaAuthenticated"],
        shape: Shape::Flag,
    },
];

/// The column of what fits no other: JSON text, by the keys of the event.
pub(crate) const OTHER_FIELDS: &str = "other_fields";

/// The column of the event's digest, by which deliveries of one event are told from events of one id.
pub(crate) const EVENT_DIGEST: &str = "event_digest";

/// The schema of a batch of events; every column is nullable.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let known = EVENT.iter().map(arrow_field);
        let promoted = PROMOTED
            .iter()
            .map(|part| ArrowField::new(part.column, data_type(part.shape), true));
        let ours = [
            ArrowField::new(OTHER_FIELDS, DataType::Utf8View, true),
            ArrowField::new(EVENT_DIGEST, DataType::Int64, true),
        ];
        Arc::new(Schema::new(known.chain(promoted).chain(ours).collect::<Fields>()))
    });
    Arc::clone(&SCHEMA)
}

/// The Arrow fields of `fields`, in their order.
pub(crate) fn arrow_fields(fields: &[Field]) -> Fields {
    fields.iter().map(arrow_field).collect()
}

fn arrow_field(field: &Field) -> ArrowField {
    ArrowField::new(field.key.to_ascii_lowercase(), data_type(field.shape), true)
}

fn data_type(shape: Shape) -> DataType {
    match shape {
        Shape::Text | Shape::Json => DataType::Utf8View,
        Shape::SharedText => TextColumn::data_type(),
        Shape::Flag => DataType::Boolean,
        Shape::Time => DataType::Timestamp(TimeUnit::Microsecond, Some(TIME_ZONE.into())),
        Shape::Record(fields) => DataType::Struct(arrow_fields(fields)),
        Shape::Records(fields) => DataType::List(element_field(fields)),
    }
}

/// The columns, and fields of columns (`useridentity.inscopeof`), whose text is JSON.
pub(crate) fn json_columns() -> Vec<String> {
    let mut found = vec![OTHER_FIELDS.to_owned()];
    add_json_columns("", EVENT, &mut found);
    found
}

fn add_json_columns(before: &str, fields: &[Field], found: &mut Vec<String>) {
    for field in fields {
        let name = format!("{before}{}", field.key.to_ascii_lowercase());
        match field.shape {
            Shape::Json => found.push(name),
            Shape::Record(fields) => add_json_columns(&format!("{name}."), fields, found),
            _ => {}
        }
    }
}

/// The zone of the time column.
pub(crate) const TIME_ZONE: &str = "UTC";

/// The field of a list's elements, named as Delta names it.
pub(crate) fn element_field(fields: &[Field]) -> Arc<ArrowField> {
    Arc::new(ArrowField::new("element", DataType::Struct(arrow_fields(fields)), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_and_ordered() {
        let schema = schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        insta::assert_snapshot!(names.join(" "), @"eventversion useridentity eventtime eventsource eventname awsregion sourceipaddress useragent errorcode errormessage requestparameters responseelements additionaleventdata requestid eventid readonly resources eventtype apiversion managementevent recipientaccountid serviceeventdetails sharedeventid vpcendpointid vpcendpointaccountid eventcategory sessioncredentialfromconsole edgedevicedetails tlsdetails addendum insightdetails identity_type identity_arn identity_account_id identity_principal_id identity_user_name access_key_id session_issuer_arn session_issuer_user_name mfa_authenticated other_fields event_digest");
        assert_eq!(
            schema.field(2).data_type(),
            &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        );
        assert_eq!(schema.field(15).data_type(), &DataType::Boolean);
        assert!(schema.fields().iter().all(|field| field.is_nullable()));
    }
}
