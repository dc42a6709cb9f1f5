//! A function where a table may stand: `TABLE(f(a => 1))`, `LATERAL f(a => 1)`, `f(a => 1)`.

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArgOperator, FunctionArguments, Ident, ObjectName, TableAlias,
    TableFactor,
};

/// A call that stands where a table may.
#[derive(Debug)]
pub struct TableCall {
    /// The last part of the function's name, in small letters.
    pub name: String,
    /// What the call is called as a table.
    pub alias: Option<TableAlias>,
    arguments: Vec<FunctionArg>,
}

impl TableCall {
    /// The call that a table factor is, if it is one.
    pub fn of(factor: &TableFactor) -> Option<Self> {
        let (name, arguments, alias) = match factor {
            TableFactor::Table {
                name,
                args: Some(arguments),
                alias,
                ..
            } => (name, arguments.args.clone(), alias),
            TableFactor::Function { name, args, alias, .. } => (name, args.clone(), alias),
            TableFactor::TableFunction {
                expr: Expr::Function(call),
                alias,
            } => match &call.args {
                FunctionArguments::List(list) => (&call.name, list.args.clone(), alias),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self {
            name: last_part(name)?.value.to_lowercase(),
            alias: alias.clone(),
            arguments,
        })
    }

    /// Whether every argument that has a name has one of these.
    pub fn names_only(&self, known: &[&str]) -> bool {
        self.arguments.iter().all(|argument| match argument {
            FunctionArg::Named { name, .. } => known.iter().any(|known| name.value.eq_ignore_ascii_case(known)),
            FunctionArg::ExprNamed {
                name: Expr::Identifier(name),
                ..
            } => known.iter().any(|known| name.value.eq_ignore_ascii_case(known)),
            FunctionArg::ExprNamed { .. } => false,
            FunctionArg::Unnamed(_) => true,
        })
    }

    /// The argument of that name, or at that position where arguments have no names.
    pub fn argument(&self, name: &str, position: usize) -> Option<Expr> {
        let is_it = |found: &str| found.eq_ignore_ascii_case(name);
        let named = self.arguments.iter().find_map(|argument| match argument {
            FunctionArg::Named {
                name,
                arg: FunctionArgExpr::Expr(value),
                operator: FunctionArgOperator::RightArrow,
            } if is_it(&name.value) => Some(value.clone()),
            FunctionArg::ExprNamed {
                name: Expr::Identifier(name),
                arg: FunctionArgExpr::Expr(value),
                operator: FunctionArgOperator::RightArrow,
            } if is_it(&name.value) => Some(value.clone()),
            _ => None,
        });
        named.or_else(|| match self.arguments.get(position)? {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value.clone()),
            _ => None,
        })
    }
}

fn last_part(name: &ObjectName) -> Option<&Ident> {
    name.0.last()?.as_ident()
}
