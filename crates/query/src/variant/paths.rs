//! `record:user.name` where a statement is planned.

use arrow::datatypes::{DataType, Fields};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, TableReference};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::planner::{
    ExprPlanner, PlannerResult, RawAggregateExpr, RawBinaryExpr, RawFieldAccessExpr,
};
use datafusion::logical_expr::{
    BinaryExpr, Cast, Expr, ExprSchemable, GetFieldAccess, Operator, ScalarUDF, cast, lit, try_cast,
};
use datafusion::sql::sqlparser::ast::BinaryOperator;
use flowtrail_lake::variant::{Form, PathColumn, column_of};
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

    fn plan_field_access(
        &self,
        expr: RawFieldAccessExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawFieldAccessExpr>> {
        if let GetFieldAccess::NamedStructField { name } = &expr.field_access
            && let Some(name) = name.try_as_str().flatten()
            && expr.expr.get_type(schema).is_ok_and(|data_type| data_type.is_string())
        {
            let path = format!("[\"{name}\"]");
            return Ok(PlannerResult::Planned(self.at(expr.expr, &path, schema)));
        }
        Ok(PlannerResult::Original(expr))
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
        let in_column = self.in_columns(&kept, column, &names, behind);
        let in_rest = kept.rest.clone().map(|rest| in_text(rest, path));
        // An object that is put together takes in what the rest has of it; a path that has a column has nothing there.
        match (in_column, self.inside(&kept, &names, behind, in_rest.as_ref()), in_rest) {
            (Some(found), Some(object), _) => first_of(found, object),
            (None, Some(object), _) => object,
            (Some(found), None, _) => found,
            (None, None, Some(rest)) => rest,
            (None, None, None) => lit(ScalarValue::Null),
        }
    }

    /// What the columns of a path have: its own, those of lists, and those of values of other types.
    fn in_columns(&self, kept: &Kept, variant: &Column, names: &[String], behind: &str) -> Option<Expr> {
        let column = |form| kept.column(&column_of(&variant.name, names, form)?);
        // What is JSON, at the rest of the path.
        let in_json = |column: Expr| {
            let path = if behind.is_empty() { "$" } else { behind };
            self.get_path.call(vec![column, lit(path)])
        };
        let plain = column(Form::Plain).filter(|_| behind.is_empty());
        let others = [Form::List, Form::Other].into_iter().filter_map(column);
        let list_alone =
            column(Form::List).filter(|_| behind.is_empty() && column(Form::Other).is_none() && plain.is_none());
        if list_alone.is_some() {
            return list_alone;
        }
        plain.into_iter().chain(others.map(in_json)).reduce(first_of)
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
    fn inside(&self, kept: &Kept, names: &[String], behind: &str, rest: Option<&Expr>) -> Option<Expr> {
        if names.is_empty() || !behind.is_empty() {
            return None;
        }
        let below = kept.columns.iter().filter_map(|(found, column)| {
            let inner = found.path.get(names.len()..).filter(|inner| !inner.is_empty())?;
            let is_below = found.path.iter().zip(names).all(|(a, b)| a == b);
            is_below.then(|| {
                [
                    lit(format!("{}{}", inner.join("."), found.form.mark())),
                    Expr::Column(column.clone()),
                ]
            })
        });
        let below: Vec<Expr> = below.flatten().collect();
        if below.is_empty() {
            return None;
        }
        let rest = rest.cloned().unwrap_or_else(|| lit(ScalarValue::Utf8View(None)));
        let arguments = std::iter::once(rest).chain(below).collect();
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
        let other = other
            .get_type(schema)
            .ok()
            .filter(|other| self.is_path(value) && other.is_numeric())?;
        // Whole numbers have more digits than a DOUBLE keeps.
        let number = if other.is_integer() {
            DataType::Decimal128(38, 10)
        } else {
            DataType::Float64
        };
        Some(try_cast(value.clone(), number))
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

    /// The column of that name.
    fn column(&self, name: &str) -> Option<Expr> {
        let (_, column) = self.columns.iter().find(|(_, column)| column.name == name)?;
        Some(Expr::Column(column.clone()))
    }
}

/// Values of different types that rows have at one path, as text.
fn first_of(one: Expr, other: Expr) -> Expr {
    let texts = [one, other].map(|value| cast(value, DataType::Utf8View));
    datafusion::functions::core::expr_fn::coalesce(texts.to_vec())
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

/// The names a path begins with, and what follows the last of them: `a["b"].c[0].d` is `a`, `b`, `c` and `[0].d`.
fn plain_names(path: &str) -> (Vec<String>, &str) {
    let mut names = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let step = rest.strip_prefix('.').unwrap_or(rest);
        let found = match step.as_bytes() {
            [b'"', ..] => step[1..].split_once('"'),
            [b'[', quote @ (b'"' | b'\''), ..] => step[2..]
                .split_once(char::from(*quote))
                .and_then(|(name, behind)| Some((name, behind.strip_prefix(']')?))),
            [b'[', ..] => None,
            _ => {
                let end = step.find(['.', '[']).unwrap_or(step.len());
                (end > 0).then(|| step.split_at(end))
            }
        };
        let Some((name, behind)) = found else { break };
        names.push(name.to_owned());
        rest = behind;
    }
    (names, rest)
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
