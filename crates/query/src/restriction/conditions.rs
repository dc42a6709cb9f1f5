//! What a part of a restriction asks of a relation with these columns.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::common::{Column, DataFusionError, Result, ScalarValue};
use datafusion::execution::FunctionRegistry;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::utils::{conjunction, disjunction};
use datafusion::logical_expr::{Expr, lit};
use flowtrail_lake::definition::built_in;

use super::filter_line::{Asks, Condition, FilterError, FilterLine, Test, Word};
use super::{Part, Period, Restriction};
use crate::functions::protocol_number;

/// Columns that say when something was, the surest first. Whole numbers are seconds since 1970.
const TIMES: &[&str] = &[
    "start",
    "eventtime",
    "start_time",
    "event_time",
    "loaded_at",
    "time",
    "timestamp",
];
const ACCOUNTS: &[&[&str]] = &[&["account_id"], &["recipientaccountid"]];
const REGIONS: &[&[&str]] = &[&["region"], &["awsregion"], &["aws_region"]];
/// A flow through a transit gateway is seen from two networks.
const VPCS: &[&[&str]] = &[&["vpc_id"], &["tgw_src_vpc_id", "tgw_dst_vpc_id"]];

/// Names for several fields, any of which may hold the value.
const EITHER: &[(&str, &[&str])] = &[
    ("addr", &["srcaddr", "dstaddr", "sourceipaddress", "source_address"]),
    ("port", &["srcport", "dstport"]),
];

/// The fields of the log tables: what a filter may name although the table at hand has it not.
static KNOWN_FIELDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let tables = built_in().iter().filter(|table| table.schema == "logs");
    let columns = tables.flat_map(|table| table.columns.fields().iter().map(|field| field.name().as_str()));
    columns.chain(EITHER.iter().map(|(name, _)| *name)).collect()
});

/// The condition of a part, where the relation has the fields for it.
pub(super) fn condition(
    restriction: &Restriction,
    part: Part,
    schema: &Schema,
    session: &SessionState,
) -> Result<Option<Expr>> {
    Ok(match part {
        Part::Time => restriction.period.and_then(|period| within(period, schema)),
        Part::Account => one_of(&restriction.accounts, ACCOUNTS, schema),
        Part::Region => one_of(&restriction.regions, REGIONS, schema),
        Part::Vpc => one_of(&restriction.vpcs, VPCS, schema),
        Part::Filter => match &restriction.filter {
            Some(line) => let_through(line, schema, session)?,
            None => None,
        },
    })
}

fn within(period: Period, schema: &Schema) -> Option<Expr> {
    TIMES.iter().find_map(|name| {
        let field = field(schema, name)?;
        let from = moment(period.from_s, field.data_type())?;
        let to = moment(period.to_s, field.data_type())?;
        let time = column(field);
        Some(time.clone().gt_eq(lit(from)).and(time.lt(lit(to))))
    })
}

/// A moment as a value of the column, so that the column itself is compared: files know its least and greatest value.
fn moment(seconds: i64, data_type: &DataType) -> Option<ScalarValue> {
    let value = match data_type {
        DataType::Int64 | DataType::Int32 | DataType::UInt64 | DataType::Float64 => ScalarValue::Int64(Some(seconds)),
        DataType::Timestamp(_, _) => ScalarValue::TimestampSecond(Some(seconds), None),
        _ => return None,
    };
    value.cast_to(data_type).ok()
}

fn one_of(values: &[String], choices: &[&[&str]], schema: &Schema) -> Option<Expr> {
    let texts = |name: &&str| field(schema, name).filter(|field| is_text(field.data_type()));
    let fields: Vec<&Field> = choices.iter().find_map(|names| names.iter().map(texts).collect())?;
    let values: Vec<Expr> = values.iter().map(|value| lit(value.as_str())).collect();
    disjunction(
        fields
            .into_iter()
            .map(|field| column(field).in_list(values.clone(), false)),
    )
}

/// The condition of a line; nothing where the relation lacks one of its fields.
fn let_through(line: &FilterLine, schema: &Schema, session: &SessionState) -> Result<Option<Expr>> {
    let reading = Reading { line, schema, session };
    reading.condition(&line.condition)
}

struct Reading<'a> {
    line: &'a FilterLine,
    schema: &'a Schema,
    session: &'a SessionState,
}

impl Reading<'_> {
    fn condition(&self, condition: &Condition) -> Result<Option<Expr>> {
        Ok(match condition {
            Condition::All(parts) => self.each(parts)?.and_then(conjunction),
            Condition::Any(parts) => self.each(parts)?.and_then(disjunction),
            // A field without a value is not what it is asked to be, so it is what is wanted.
            Condition::Not(inner) => self.condition(inner)?.map(Expr::is_not_true),
            Condition::Test(test) => self.test(test)?,
        })
    }

    fn each(&self, parts: &[Condition]) -> Result<Option<Vec<Expr>>> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn test(&self, test: &Test) -> Result<Option<Expr>> {
        let name = test.field.text.to_lowercase();
        let names: Vec<&str> = match EITHER.iter().find(|(either, _)| *either == name) {
            Some((_, fields)) => fields.to_vec(),
            None => vec![name.as_str()],
        };
        let fields = names.iter().filter_map(|name| field(self.schema, name));
        let tests = fields
            .map(|field| self.asked(field, test))
            .collect::<Result<Vec<_>>>()?;
        Ok(match disjunction(tests) {
            Some(asked) if test.is_negated => Some(asked.is_not_true()),
            Some(asked) => Some(asked),
            None => None,
        })
    }

    fn asked(&self, field: &Field, test: &Test) -> Result<Expr> {
        let value = |word: &Word| self.value(field, word).map(lit);
        Ok(match &test.asks {
            Asks::Null => column(field).is_null(),
            Asks::Equal(word) => self.member(field, word)?,
            Asks::In(words) => {
                let members = words.iter().map(|word| self.member(field, word));
                disjunction(members.collect::<Result<Vec<_>>>()?).unwrap_or_else(|| lit(false))
            }
            Asks::Less(word) => column(field).lt(value(word)?),
            Asks::AtMost(word) => column(field).lt_eq(value(word)?),
            Asks::Greater(word) => column(field).gt(value(word)?),
            Asks::AtLeast(word) => column(field).gt_eq(value(word)?),
            Asks::Like(word) if is_text(field.data_type()) => column(field).ilike(lit(word.text.as_str())),
            Asks::Like(word) => {
                let message = format!("{} is no text, so it is like nothing", field.name());
                return Err(self.refused(word, message));
            }
        })
    }

    /// That the field is a value, in a block of addresses, or between two numbers.
    fn member(&self, field: &Field, word: &Word) -> Result<Expr> {
        if is_text(field.data_type()) && !word.is_quoted && crate::functions::is_block(&word.text) {
            let in_block = self.session.udf("ip_in")?;
            return Ok(in_block.call(vec![column(field), lit(word.text.as_str())]));
        }
        if is_number(field.data_type())
            && let Some((low, high)) = range(&word.text)
        {
            return Ok(column(field).between(lit(low), lit(high)));
        }
        Ok(column(field).eq(lit(self.value(field, word)?)))
    }

    fn value(&self, field: &Field, word: &Word) -> Result<ScalarValue> {
        let data_type = field.data_type();
        let text = word.text.as_str();
        let wrong =
            |expected: &str| self.refused(word, format!("{} is {expected}, and `{text}` is none", field.name()));
        if field.name() == "protocol" && is_number(data_type) {
            let number = text.parse::<i64>().ok().or_else(|| protocol_number(text));
            let number = number.ok_or_else(|| wrong("a protocol's number or name"))?;
            return ScalarValue::Int64(Some(number)).cast_to(data_type);
        }
        let value = ScalarValue::Utf8(Some(text.to_owned()));
        if is_text(data_type) {
            return Ok(value);
        }
        let cast = || value.cast_to(data_type).ok().filter(|value| !value.is_null());
        match data_type {
            number if is_number(number) => cast().ok_or_else(|| wrong("a number")),
            DataType::Boolean => cast().ok_or_else(|| wrong("true or false")),
            DataType::Date32 | DataType::Timestamp(_, _) => {
                cast().ok_or_else(|| wrong("a time such as 2026-11-20T08:00:00Z"))
            }
            _ => Err(wrong("several values in one")),
        }
    }

    fn refused(&self, word: &Word, message: String) -> DataFusionError {
        let error: FilterError = self.line.error(word.offset, message);
        DataFusionError::External(Box::new(error))
    }
}

/// The first field of a line that neither the relations at hand nor the log tables have: a slip of the pen.
pub(super) fn unknown_field(line: &FilterLine, seen: &BTreeSet<String>) -> Option<FilterError> {
    let mut fields = Vec::new();
    fields_of(&line.condition, &mut fields);
    let is_known = |name: &str| KNOWN_FIELDS.contains(name) || seen.contains(name);
    let unknown = fields.into_iter().find(|field| !is_known(&field.text.to_lowercase()))?;
    let known = seen.iter().map(String::as_str).chain(KNOWN_FIELDS.iter().copied());
    let similar = crate::similar(&unknown.text, known);
    let hint = similar.map_or(String::new(), |similar| format!("; did you mean {similar}?"));
    Some(line.error(unknown.offset, format!("no field `{}`{hint}", unknown.text)))
}

fn fields_of<'a>(condition: &'a Condition, fields: &mut Vec<&'a Word>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| fields_of(part, fields)),
        Condition::Not(inner) => fields_of(inner, fields),
        Condition::Test(test) => fields.push(&test.field),
    }
}

/// `1024-65535`
fn range(text: &str) -> Option<(i64, i64)> {
    let (low, high) = text.split_once('-')?;
    Some((low.parse().ok()?, high.parse().ok()?))
}

/// A column, whatever its case.
fn field<'a>(schema: &'a Schema, name: &str) -> Option<&'a Field> {
    let is_named = |field: &&FieldRef| field.name().eq_ignore_ascii_case(name);
    schema.fields().iter().find(is_named).map(AsRef::as_ref)
}

fn column(field: &Field) -> Expr {
    Expr::Column(Column::new_unqualified(field.name()))
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        other => other.is_string(),
    }
}

fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}
