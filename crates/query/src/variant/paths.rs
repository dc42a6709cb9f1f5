//! `record:user.name` where a statement is planned.

use arrow::datatypes::{DataType, Fields};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, TableReference};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawAggregateExpr, RawBinaryExpr};
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, ExprSchemable, Operator, ScalarUDF, cast, lit, try_cast};
use datafusion::sql::sqlparser::ast::BinaryOperator;
use flowtrail_lake::variant::{PathColumn, column_of};
use std::sync::Arc;

use super::rest_of;

/// Makes `value:path` the column of that path, where the value is a variant that has one; otherwise what the path leads
/// to in the value's JSON text, which is compared with numbers as a number.
#[derive(Debug)]
pub struct VariantPaths {
    get_path: Arc<ScalarUDF>,
    object: Arc<ScalarUDF>,
}

impl VariantPaths {
    /// With the functions that read and write JSON text.
    pub fn new(registry: &dyn FunctionRegistry) -> Result<Self> {
        Ok(Self {
            get_path: registry.udf("get_path")?,
            object: registry.udf("variant_object")?,
        })
    }
}

impl ExprPlanner for VariantPaths {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        if let BinaryOperator::Custom(operator) = &expr.op
            && operator == ":"
            && let Expr::Literal(ScalarValue::Utf8(Some(path)), _) = &expr.right
        {
            return Ok(PlannerResult::Planned(self.at(expr.left, path, schema)));
        }
        let Some(operator) = reckons(&expr.op) else {
            return Ok(PlannerResult::Original(expr));
        };
        if let Some(literal) = truth(&expr.left, &expr.right, schema) {
            return Ok(PlannerResult::Planned(binary(expr.left, operator, literal)));
        }
        let (left, right) = (
            self.as_number(&expr.left, &expr.right, schema),
            self.as_number(&expr.right, &expr.left, schema),
        );
        if left.is_none() && right.is_none() {
            return Ok(PlannerResult::Original(expr));
        }
        let (left, right) = (left.unwrap_or(expr.left), right.unwrap_or(expr.right));
        Ok(PlannerResult::Planned(binary(left, operator, right)))
    }

    fn plan_aggregate(&self, mut expr: RawAggregateExpr) -> Result<PlannerResult<RawAggregateExpr>> {
        if OF_NUMBERS.contains(&expr.func.name()) {
            for value in expr.args.iter_mut().filter(|value| self.is_path(value)) {
                *value = try_cast(value.clone(), DataType::Float64);
            }
        }
        Ok(PlannerResult::Original(expr))
    }
}

/// What is worked out of numbers.
const OF_NUMBERS: &[&str] = &["sum", "avg", "mean", "median", "stddev", "stddev_pop", "var", "var_pop"];

impl VariantPaths {
    fn at(&self, value: Expr, path: &str, schema: &DFSchema) -> Expr {
        if let Ok(DataType::Struct(fields)) = value.get_type(schema) {
            return self.in_record(value, &fields, path);
        }
        let in_text = |value: Expr, path: &str| self.get_path.call(vec![value, lit(path)]);
        let Expr::Column(column) = &value else {
            return in_text(value, path);
        };
        let kept = Kept::of(column, schema);
        if kept.is_empty() {
            return in_text(value, path);
        }
        let (names, behind) = plain_names(path);
        let in_column = kept.find(column, &names, behind).map(|(found, behind)| match behind {
            "" => found,
            behind => in_text(found, behind),
        });
        let in_column = either(in_column, self.inside(&kept, &names, behind));
        match (in_column, kept.rest) {
            (Some(found), None) => found,
            (None, Some(rest)) => in_text(rest, path),
            (None, None) => lit(ScalarValue::Null),
            (Some(found), Some(rest)) => first_of(found, in_text(rest, path)),
        }
    }

    /// What a path leads to in a record of the engine's own, whose fields are found without regard to case; NULL where
    /// there is none, as in an object.
    fn in_record(&self, mut value: Expr, fields: &Fields, path: &str) -> Expr {
        let (names, behind) = plain_names(path);
        let (mut fields, mut rest) = (fields.clone(), names.as_slice());
        while let [name, inner @ ..] = rest {
            let Some(field) = fields
                .iter()
                .find(|field| field.name().eq_ignore_ascii_case(name))
                .cloned()
            else {
                return lit(ScalarValue::Null);
            };
            value = datafusion::functions::core::expr_fn::get_field(value, field.name().as_str());
            rest = inner;
            match field.data_type() {
                DataType::Struct(inner) => fields = inner.clone(),
                _ => break,
            }
        }
        let left = format!("{}{behind}", rest.join("."));
        if left.is_empty() {
            return value;
        }
        self.get_path.call(vec![value, lit(left)])
    }

    /// An object inside the variant, put together from the columns below it.
    fn inside(&self, kept: &Kept, names: &[&str], behind: &str) -> Option<Expr> {
        if names.is_empty() || !behind.is_empty() {
            return None;
        }
        let below = kept.columns.iter().filter_map(|(found, column)| {
            let inner = found.path.get(names.len()..).filter(|inner| !inner.is_empty())?;
            let is_below = found.path.iter().zip(names).all(|(a, b)| a == b);
            let mark = if found.is_list { "[]" } else { "" };
            is_below.then(|| [lit(format!("{}{mark}", inner.join("."))), Expr::Column(column.clone())])
        });
        let below: Vec<Expr> = below.flatten().collect();
        if below.is_empty() {
            return None;
        }
        let arguments = std::iter::once(lit(ScalarValue::Utf8View(None))).chain(below).collect();
        Some(self.object.call(arguments))
    }

    /// Whether a value was taken out of JSON text.
    fn is_path(&self, value: &Expr) -> bool {
        match value {
            Expr::ScalarFunction(call) if call.func == self.get_path => true,
            Expr::ScalarFunction(call) if call.name() == "coalesce" => {
                call.args.iter().any(|value| self.is_path(value))
            }
            Expr::Cast(Cast { expr, field }) if field.data_type().is_string() => self.is_path(expr),
            _ => false,
        }
    }

    /// What was taken out of JSON text, as a number, where `other` is one.
    fn as_number(&self, value: &Expr, other: &Expr, schema: &DFSchema) -> Option<Expr> {
        let is_number = self.is_path(value) && other.get_type(schema).is_ok_and(|other| other.is_numeric());
        is_number.then(|| try_cast(value.clone(), DataType::Float64))
    }
}

/// The columns of a variant's paths, and its rest.
struct Kept {
    columns: Vec<(PathColumn, Column)>,
    rest: Option<Expr>,
}

impl Kept {
    fn of(variant: &Column, schema: &DFSchema) -> Self {
        let of_same = |table: Option<&TableReference>| variant.relation.is_none() || variant.relation.as_ref() == table;
        let rest_name = rest_of(&variant.name);
        let mut kept = Self {
            columns: Vec::new(),
            rest: None,
        };
        for (table, field) in schema.iter().filter(|(table, _)| of_same(*table)) {
            let column = Column::new(table.cloned(), field.name());
            if *field.name() == rest_name {
                kept.rest = Some(Expr::Column(column));
            } else if let Some(path) = PathColumn::read(&variant.name, field.name()) {
                kept.columns.push((path, column));
            }
        }
        kept
    }

    fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.rest.is_none()
    }

    /// The column of a path, or of a list that the path goes on in: with what is left of the path.
    fn find<'a>(&self, variant: &Column, names: &[&str], behind: &'a str) -> Option<(Expr, &'a str)> {
        let column_name = |is_list| column_of(&variant.name, names, is_list);
        let found = |name: Option<String>| {
            let name = name?;
            let (_, column) = self.columns.iter().find(|(_, column)| column.name == name)?;
            Some(Expr::Column(column.clone()))
        };
        let plain = if behind.is_empty() {
            found(column_name(false))
        } else {
            None
        };
        match (plain, found(column_name(true))) {
            (Some(plain), None) => Some((plain, "")),
            (None, Some(list)) => Some((list, behind)),
            (Some(plain), Some(list)) => Some((first_of(plain, list), "")),
            (None, None) => None,
        }
    }
}

/// Values of different types that rows have at one path, as text.
fn first_of(one: Expr, other: Expr) -> Expr {
    let texts = [one, other].map(|value| cast(value, DataType::Utf8View));
    datafusion::functions::core::expr_fn::coalesce(texts.to_vec())
}

fn either(one: Option<Expr>, other: Option<Expr>) -> Option<Expr> {
    match (one, other) {
        (Some(one), Some(other)) => Some(first_of(one, other)),
        (one, other) => one.or(other),
    }
}

fn binary(left: Expr, operator: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right)))
}

/// `readonly = 'false'`, where Athena's table has text and ours a truth value.
fn truth(value: &Expr, text: &Expr, schema: &DFSchema) -> Option<Expr> {
    let Expr::Literal(text, _) = text else { return None };
    let text = text.try_as_str().flatten()?;
    let truth = [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))?;
    matches!(value.get_type(schema), Ok(DataType::Boolean)).then(|| lit(truth.1))
}

/// The names a path begins with, and what follows the last of them: `a.b[0].c` is `a`, `b` and `[0].c`.
fn plain_names(path: &str) -> (Vec<&str>, &str) {
    let end = path.find('[').unwrap_or(path.len());
    let (names, behind) = path.split_at(end);
    let names = names
        .split('.')
        .map(|name| name.trim_matches('"'))
        .filter(|name| !name.is_empty());
    (names.collect(), behind)
}

/// Operators that ask for numbers on both sides when one is there.
fn reckons(operator: &BinaryOperator) -> Option<Operator> {
    Some(match operator {
        BinaryOperator::Gt => Operator::Gt,
        BinaryOperator::GtEq => Operator::GtEq,
        BinaryOperator::Lt => Operator::Lt,
        BinaryOperator::LtEq => Operator::LtEq,
        BinaryOperator::Eq => Operator::Eq,
        BinaryOperator::NotEq => Operator::NotEq,
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Multiply => Operator::Multiply,
        BinaryOperator::Divide => Operator::Divide,
        BinaryOperator::Modulo => Operator::Modulo,
        _ => return None,
    })
}
