//! What objects of one layout hold together, as the classes and columns of a table.

use flowtrail_catalog::{ColumnType, Properties};
use flowtrail_decode::{FlowTextFields, LogKind};

use super::content::Content;
use super::delimited::{self, Delimited};
use super::json::Json;
use super::shape::{Named, Shape, merge_named};

/// How the rows of a table are written.
#[derive(Debug, PartialEq)]
pub(super) struct Rows {
    pub(super) columns: Vec<Named>,
    /// What it is called: `vpc_flow`, `json`.
    pub(super) format: &'static str,
    pub(super) serde: &'static str,
    pub(super) input_format: Option<&'static str>,
    pub(super) serde_properties: Properties,
    pub(super) properties: Properties,
    /// Whether columns are found by their names, not by their places.
    pub(super) is_by_name: bool,
    pub(super) remarks: Vec<String>,
}

const PARQUET: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
const PARQUET_INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
const JSON: &str = "org.openx.data.jsonserde.JsonSerDe";
const CSV: &str = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
const DELIMITED: &str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
const CLOUDTRAIL: &str = "com.amazon.emr.hive.serde.CloudTrailSerde";
const CLOUDTRAIL_INPUT: &str = "com.amazon.emr.cloudtrail.CloudTrailInputFormat";

/// The fields of CloudTrail's events, as Athena's guide declares them: what is free-form in them is text.
const CLOUDTRAIL_COLUMNS: &str = "eventversion string, useridentity struct<type:string,principalid:string,arn:string,\
    accountid:string,invokedby:string,accesskeyid:string,username:string,\
    onbehalfof:struct<userid:string,identitystorearn:string>,\
    sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,\
    sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,\
    ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>, \
    eventtime string, eventsource string, eventname string, awsregion string, sourceipaddress string, \
    useragent string, errorcode string, errormessage string, requestparameters string, responseelements string, \
    additionaleventdata string, requestid string, eventid string, readonly string, \
    resources array<struct<arn:string,accountid:string,type:string>>, eventtype string, apiversion string, \
    managementevent string, recipientaccountid string, serviceeventdetails string, sharedeventid string, \
    vpcendpointid string, vpcendpointaccountid string, eventcategory string, \
    addendum struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>, \
    sessioncredentialfromconsole string, edgedevicedetails string, \
    tlsdetails struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>, insightdetails string";

/// Objects, by their URIs, as one table. `Err` is why they are none.
pub(super) fn rows_of(objects: &[(&str, &Content)]) -> Result<Rows, String> {
    let objects: Vec<(&str, &Content)> = objects
        .iter()
        .copied()
        .filter(|(_, content)| **content != Content::Nothing)
        .collect();
    let Some((first, content)) = objects.first() else {
        return Err("there is no row in its objects".to_owned());
    };
    if let Some((other, odd)) = objects.iter().find(|(_, other)| kind(other) != kind(content)) {
        return Err(format!(
            "its objects are not of one format ({first} is {}, {other} is {}), and a table reads all of a folder; put \
             them into folders of their own",
            kind(content),
            kind(odd)
        ));
    }
    macro_rules! all {
        ($pattern:path) => {
            objects.iter().filter_map(|(_, content)| match content {
                $pattern(found) => Some(found),
                _ => None,
            })
        };
    }
    match content {
        Content::Nothing => Err("there is no row in its objects".to_owned()),
        Content::Parquet(_) => Ok(parquet(all!(Content::Parquet))),
        Content::Json(_) => Ok(json(&all!(Content::Json).collect::<Vec<_>>())),
        Content::FlowText(_) => {
            let found: Vec<&FlowTextFields> = all!(Content::FlowText).collect();
            flow_text(&found).map_err(|odd| {
                let other = objects.get(odd).map_or("", |(other, _)| other);
                format!(
                    "its objects have other fields ({first} and {other}), and a table has one order of them; \
                     `flowtrail load` reads each by its header, into {}",
                    table_of(found[0].kind)
                )
            })
        }
        Content::Delimited(_) => {
            let found: Vec<&Delimited> = all!(Content::Delimited).collect();
            delimited_rows(&found).map_err(|odd| {
                let other = objects.get(odd).map_or("", |(other, _)| other);
                format!("its objects have other columns, or other delimiters ({first} and {other}); put them into folders of their own")
            })
        }
    }
}

/// What a content is called in messages.
fn kind(content: &Content) -> &'static str {
    match content {
        Content::Nothing => "empty",
        Content::Parquet(_) => "Parquet",
        Content::FlowText(_) => "a flow log",
        Content::Json(json) if json.is_in_records => "a JSON document of records",
        Content::Json(_) => "JSON in lines",
        Content::Delimited(_) => "delimited text",
    }
}

fn table_of(kind: LogKind) -> &'static str {
    match kind {
        LogKind::VpcFlow => "logs.vpc_flow",
        LogKind::TgwFlow => "logs.tgw_flow",
        LogKind::CloudTrail => "logs.cloudtrail",
    }
}

fn brought_by_load(kind: LogKind) -> String {
    format!("`flowtrail load` brings these into {}", table_of(kind))
}

fn parquet<'a>(objects: impl Iterator<Item = &'a Vec<Named>>) -> Rows {
    let mut columns = Vec::new();
    for object in objects {
        merge_named(&mut columns, object.clone());
    }
    let has = |name: &str| columns.iter().any(|(known, _)| known == name);
    let is_flow = has("srcaddr") && has("dstaddr") && (has("interface_id") || has("start"));
    let is_transit_gateway = has("tgw_id") || has("tgw_attachment_id");
    let kind = match (is_transit_gateway, is_flow) {
        (true, _) => Some(LogKind::TgwFlow),
        (false, true) => Some(LogKind::VpcFlow),
        (false, false) => None,
    };
    Rows {
        columns,
        format: "parquet",
        serde: PARQUET,
        input_format: Some(PARQUET_INPUT),
        serde_properties: Properties::default(),
        properties: Properties::default(),
        is_by_name: true,
        remarks: kind.map(brought_by_load).into_iter().collect(),
    }
}

fn json(objects: &[&Json]) -> Rows {
    let mut columns = Vec::new();
    for object in objects {
        merge_named(&mut columns, object.columns.clone());
    }
    let is_cloudtrail = objects
        .iter()
        .all(|object| object.columns.is_empty() || object.is_cloudtrail());
    let is_cloudtrail = is_cloudtrail && !columns.is_empty();
    let is_in_records = objects.iter().any(|object| object.is_in_records);
    if is_cloudtrail {
        columns = cloudtrail_columns(columns);
    }
    let mut serde_properties = Properties::default();
    let mut remarks = Vec::new();
    let bad: usize = objects.iter().map(|object| object.bad_lines).sum();
    if bad > 0 {
        serde_properties.set("ignore.malformed.json", "true");
        remarks.push(format!(
            "{bad} lines of those looked at are no JSON objects, and are rows of NULLs"
        ));
    }
    if is_cloudtrail {
        remarks.push(brought_by_load(LogKind::CloudTrail));
    }
    Rows {
        columns,
        format: if is_cloudtrail { "cloudtrail" } else { "json" },
        serde: if is_cloudtrail && is_in_records {
            CLOUDTRAIL
        } else {
            JSON
        },
        input_format: is_in_records.then_some(CLOUDTRAIL_INPUT),
        serde_properties,
        properties: Properties::default(),
        is_by_name: true,
        remarks,
    }
}

/// The columns as they are declared for CloudTrail, and behind them those that nobody knows, as text.
fn cloudtrail_columns(found: Vec<Named>) -> Vec<Named> {
    let declared = format!("struct<{}>", CLOUDTRAIL_COLUMNS.replace("struct ", "struct"));
    let declared = fields_of_declared(&declared);
    let mut columns = declared;
    for (name, _) in found {
        if !columns.iter().any(|(known, _)| *known == name) {
            columns.push((name, Shape::Plain(ColumnType::Text)));
        }
    }
    columns
}

/// `struct<name type, …>` as fields.
fn fields_of_declared(declared: &str) -> Vec<Named> {
    let mut fields = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    let inside = declared
        .trim_start_matches("struct<")
        .strip_suffix('>')
        .unwrap_or(declared);
    let ends = inside.char_indices().chain([(inside.len(), ',')]);
    for (at, letter) in ends {
        match letter {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                let column = inside[start..at].trim();
                start = (at + 1).min(inside.len());
                if let Some((name, column_type)) = column.split_once(' ')
                    && let Ok(column_type) = column_type.parse::<ColumnType>()
                {
                    fields.push((name.to_owned(), Shape::of_type(&column_type)));
                }
            }
            _ => {}
        }
    }
    fields
}

/// `Err` is the object that does not fit the first.
fn flow_text(objects: &[&FlowTextFields]) -> Result<Rows, usize> {
    let longest = objects.iter().max_by_key(|object| object.fields.len());
    let Some(longest) = longest else { return Err(0) };
    let fits = |object: &&FlowTextFields| {
        longest.fields.starts_with(&object.fields)
            && object.has_header == longest.has_header
            && object.kind == longest.kind
    };
    if let Some(odd) = objects.iter().position(|object| !fits(object)) {
        return Err(if odd == 0 { objects.len() - 1 } else { odd });
    }
    let column = |field: &arrow::datatypes::Field| (field.name().clone(), Shape::of_arrow(field.data_type()));
    Ok(Rows {
        columns: longest.fields.iter().map(column).collect(),
        format: if longest.kind == LogKind::TgwFlow {
            "tgw_flow"
        } else {
            "vpc_flow"
        },
        serde: DELIMITED,
        input_format: None,
        serde_properties: [("field.delim", " ")].into_iter().collect(),
        properties: header_lines(longest.has_header),
        is_by_name: false,
        remarks: vec![brought_by_load(longest.kind)],
    })
}

fn delimited_rows(objects: &[&Delimited]) -> Result<Rows, usize> {
    let delimiter = objects.first().map_or(b',', |first| first.delimiter);
    if let Some(odd) = objects.iter().position(|object| object.delimiter != delimiter) {
        return Err(odd);
    }
    let found = delimited::columns_of(objects)?;
    let is_quoted = delimiter == b',' || objects.iter().any(|object| object.has_quotes);
    let written = if delimiter == 1 {
        r"\001".to_owned()
    } else {
        char::from(delimiter).to_string()
    };
    let name = if is_quoted { "separatorChar" } else { "field.delim" };
    Ok(Rows {
        columns: found.columns,
        format: if delimiter == b',' { "csv" } else { "delimited" },
        serde: if is_quoted { CSV } else { DELIMITED },
        input_format: None,
        serde_properties: [(name, written)].into_iter().collect(),
        properties: header_lines(found.has_header),
        is_by_name: false,
        remarks: Vec::new(),
    })
}

fn header_lines(has_header: bool) -> Properties {
    let lines = has_header.then_some(("skip.header.line.count", "1"));
    lines.into_iter().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::content::of_text;
    use super::*;

    fn rows(texts: &[&'static str]) -> Result<Rows, String> {
        let contents: Vec<Content> = texts
            .iter()
            .map(|text| of_text(text.as_bytes().into(), true, "x").unwrap())
            .collect();
        let objects: Vec<(&str, &Content)> = ["one", "two", "three"].into_iter().zip(&contents).collect();
        rows_of(&objects)
    }

    #[test]
    fn events_of_cloudtrail_have_their_columns() {
        let found = rows(&[
            "{\"Records\":[{\"eventVersion\":\"1\",\"eventSource\":\"x\",\"eventName\":\"y\",\"eventTime\":\"z\",\"new\":{\"a\":1}}]}",
        ]);
        let found = found.unwrap();
        assert_eq!((found.format, found.serde), ("cloudtrail", CLOUDTRAIL));
        let column_type = |name: &str| {
            let (_, shape) = found.columns.iter().find(|(known, _)| known == name).unwrap();
            shape.clone().into_type().to_string()
        };
        assert_eq!(found.columns.len(), 32);
        assert_eq!(
            column_type("resources"),
            "array<struct<arn:string,accountid:string,type:string>>"
        );
        assert!(column_type("useridentity").contains("webidfederationdata:struct<federatedprovider:string"));
        assert_eq!(column_type("new"), "string");
    }

    #[test]
    fn objects_that_differ_are_no_table() {
        let mixed = rows(&["a,b\n1,2\n", "{\"a\":1}\n"]).unwrap_err();
        assert!(mixed.contains("one is delimited text, two is JSON in lines"), "{mixed}");
        let headers = rows(&["version srcaddr\n2 x\n", "srcaddr version\nx 2\n"]).unwrap_err();
        assert!(
            headers.contains("`flowtrail load` reads each by its header, into logs.vpc_flow"),
            "{headers}"
        );
        assert!(rows(&["version srcaddr\n2 x\n", "version srcaddr dstaddr\n2 x y\n", ""]).is_ok());
        assert_eq!(rows(&["", " \n"]).unwrap_err(), "there is no row in its objects");
    }
}
