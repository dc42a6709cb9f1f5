//! A policy of IAM: who may do what to which, on which conditions.

use crate::document::{Document, object, texts};

/// The policy language's version; AWS has had no newer one since.
const VERSION: &str = "2012-10-17";

/// A policy of a bucket, a queue or a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) statements: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// What it is called; a role's policies take letters and digits.
    pub(crate) id: &'static str,
    pub(crate) effect: Effect,
    /// Whom it is about; a role's own policy is about the role.
    pub(crate) principal: Option<Principal>,
    pub(crate) actions: Vec<&'static str>,
    /// What it is about; whom a role trusts is about the role.
    pub(crate) resources: Vec<String>,
    pub(crate) conditions: Vec<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    Anyone,
    Service(&'static str),
    /// The ARN of an account, role or user.
    Aws(String),
}

/// `operator: {key: values}`; any of the values will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) operator: &'static str,
    pub(crate) key: &'static str,
    pub(crate) values: Vec<String>,
}

impl Condition {
    pub(crate) fn new<T: Into<String>>(
        operator: &'static str,
        key: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self { operator, key, values }
    }
}

impl Effect {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl From<&Policy> for Document {
    fn from(policy: &Policy) -> Self {
        let statements: Vec<Document> = policy.statements.iter().map(Self::from).collect();
        object([("Version", VERSION.into()), ("Statement", statements.into())])
    }
}

impl From<&Statement> for Document {
    fn from(statement: &Statement) -> Self {
        let mut members = vec![
            ("Sid".to_owned(), statement.id.into()),
            ("Effect".to_owned(), statement.effect.name().into()),
        ];
        let mut add = |name: &str, value: Self| members.push((name.to_owned(), value));
        match &statement.principal {
            Some(Principal::Anyone) => add("Principal", "*".into()),
            Some(Principal::Service(service)) => add("Principal", object([("Service", (*service).into())])),
            Some(Principal::Aws(arn)) => add("Principal", object([("AWS", arn.into())])),
            None => {}
        }
        add("Action", one_or_more(&statement.actions));
        if !statement.resources.is_empty() {
            add("Resource", one_or_more(&statement.resources));
        }
        if !statement.conditions.is_empty() {
            add("Condition", conditions(&statement.conditions));
        }
        Self::Object(members)
    }
}

/// Conditions of one operator stand together.
fn conditions(conditions: &[Condition]) -> Document {
    let mut operators: Vec<(String, Document)> = Vec::new();
    for condition in conditions {
        let member = (condition.key.to_owned(), one_or_more(&condition.values));
        match operators
            .iter_mut()
            .find(|(operator, _)| operator == condition.operator)
        {
            Some((_, Document::Object(members))) => members.push(member),
            _ => operators.push((condition.operator.to_owned(), Document::Object(vec![member]))),
        }
    }
    Document::Object(operators)
}

fn one_or_more<T: AsRef<str>>(values: &[T]) -> Document {
    match values {
        [one] => one.as_ref().into(),
        several => texts(several),
    }
}
