//! Storage integrations: the role by which places are reached, and the only places it may reach.

use flowtrail_catalog::{Definition, Integration, Kind, ObjectName};
use flowtrail_query::Answer;
use uuid::Uuid;

use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Read};
use crate::rows::{Rows, status};
use crate::session::{Creation, required};
use crate::settings::Settings;
use crate::{Session, SessionError};

/// `CREATE STORAGE INTEGRATION`
#[derive(Debug)]
pub struct CreateIntegration {
    name: Vec<String>,
    integration: Integration,
    how: Creation,
}

impl CreateIntegration {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let place = cursor.clone();
        let mut settings = Settings::read(&mut cursor)?;
        cursor.end()?;
        let one_of = |setting: &str, found: Option<String>, known: &[&str]| match found {
            Some(found) if known.iter().any(|known| known.eq_ignore_ascii_case(&found)) => Ok(()),
            Some(found) => Err(place.error(&format!("{setting} is {}, not {found}", known.join(" or ")))),
            None => Err(place.error(&format!("{setting} is missing; it is {}", known.join(" or ")))),
        };
        one_of("TYPE", settings.text("type"), &["EXTERNAL_STAGE"])?;
        one_of(
            "STORAGE_PROVIDER",
            settings.text("storage_provider"),
            &["S3", "S3GOV", "S3CHINA"],
        )?;
        let role_arn = settings.text("storage_aws_role_arn");
        if let Some(role) = role_arn.as_deref().filter(|role| !is_role(role)) {
            return Err(place.error(&format!(
                "STORAGE_AWS_ROLE_ARN is `{role}`; expected something like arn:aws:iam::123456789012:role/flowtrail"
            )));
        }
        let allowed = settings.texts("storage_allowed_locations").unwrap_or_default();
        let blocked = settings.texts("storage_blocked_locations").unwrap_or_default();
        if allowed.is_empty() {
            return Err(
                place.error("STORAGE_ALLOWED_LOCATIONS is missing; it lists places such as 's3://bucket/prefix/'")
            );
        }
        if let Some(odd) = allowed.iter().chain(&blocked).find(|place| !is_location(place)) {
            return Err(place.error(&format!(
                "`{odd}` is no place; expected something like s3://bucket/prefix/"
            )));
        }
        let integration = Integration {
            role_arn,
            external_id: settings
                .text("storage_aws_external_id")
                .unwrap_or_else(|| format!("flowtrail_{}", Uuid::new_v4().simple())),
            allowed,
            blocked,
            is_enabled: settings.flag("enabled")?.unwrap_or(true),
            comment: settings.text("comment"),
        };
        settings.end()?;
        Ok(Self { name, integration, how })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        session.check_opens("CREATE STORAGE INTEGRATION")?;
        let [name] = self.name.as_slice() else {
            return Err(SessionError::refused(
                "an integration stands in no database: its name has one part",
                None,
            ));
        };
        let definition = Definition::Integration(self.integration);
        let creating = session.define(&ObjectName::global(name), definition, self.how).await?;
        Ok(status(told("integration", name, creating)))
    }
}

fn is_role(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let is_arn = parts.next() == Some("arn");
    let partition = parts.next().is_some_and(|partition| partition.starts_with("aws"));
    let service = parts.next() == Some("iam");
    let account = parts.nth(1);
    let is_account =
        account.is_some_and(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    let role = parts.next().and_then(|resource| resource.strip_prefix("role/"));
    is_arn && partition && service && is_account && role.is_some_and(|role| !role.is_empty())
}

fn is_location(text: &str) -> bool {
    text == "*"
        || ["s3://", "s3gov://", "s3china://"]
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
}

/// Whether a place is one that an integration names: below an allowed one, and below no blocked one.
pub fn reaches(integration: &Integration, url: &str) -> bool {
    let url = one_spelling(url);
    let is_below = |place: &String| {
        let place = one_spelling(place);
        let folder = format!("{}/", place.trim_end_matches('/'));
        place == "*" || url == place || format!("{url}/").starts_with(&folder)
    };
    integration.allowed.iter().any(is_below) && !integration.blocked.iter().any(is_below)
}

/// A place of S3 as it is written by everybody: `S3A://bucket//key` is `s3://bucket/key` too, and no way round a place
/// that is blocked.
fn one_spelling(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "s3a" | "s3gov" | "s3china" => "s3".to_owned(),
        other => other.to_owned(),
    };
    let mut spelling = format!("{scheme}://");
    for part in rest.split_inclusive('/').filter(|part| *part != "/") {
        spelling.push_str(part);
    }
    spelling
}

/// `DESC INTEGRATION`: what AWS must be told to trust.
#[derive(Debug)]
pub struct DescribeIntegration {
    name: Vec<String>,
}

impl DescribeIntegration {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        let name = cursor.names()?;
        cursor.end()?;
        Ok(Self { name })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let defined = required(&names, Kind::Integration, &self.name)?;
        let Definition::Integration(integration) = &defined.definition else {
            return Err(SessionError::refused(
                format!("`{}` is no integration", defined.name),
                None,
            ));
        };
        let principal = match flowtrail_source::caller(session.aws()).await {
            Ok(arn) => arn,
            Err(error) => {
                tracing::debug!(%error, "who asks AWS is not known");
                String::new()
            }
        };
        let enabled = integration.is_enabled.to_string();
        let (allowed, blocked) = (integration.allowed.join(","), integration.blocked.join(","));
        let rows = [
            ("ENABLED", "Boolean", enabled.as_str(), "false"),
            ("STORAGE_PROVIDER", "String", "S3", ""),
            ("STORAGE_ALLOWED_LOCATIONS", "List", &allowed, "[]"),
            ("STORAGE_BLOCKED_LOCATIONS", "List", &blocked, "[]"),
            ("STORAGE_AWS_IAM_USER_ARN", "String", &principal, ""),
            (
                "STORAGE_AWS_ROLE_ARN",
                "String",
                integration.role_arn.as_deref().unwrap_or_default(),
                "",
            ),
            ("STORAGE_AWS_EXTERNAL_ID", "String", &integration.external_id, ""),
            (
                "COMMENT",
                "String",
                integration.comment.as_deref().unwrap_or_default(),
                "",
            ),
        ];
        Ok(Rows::new()
            .text("property", rows.iter().map(|row| Some(row.0)))
            .text("property_type", rows.iter().map(|row| Some(row.1)))
            .text("property_value", rows.iter().map(|row| Some(row.2)))
            .text("property_default", rows.iter().map(|row| Some(row.3)))
            .answer())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_told_from_other_texts() {
        assert!(is_role("arn:aws:iam::123456789012:role/a/b"));
        assert!(is_role("arn:aws-cn:iam::123456789012:role/x"));
        for other in [
            "",
            "arn:aws:iam::<AWS_ACCOUNT_NUMBER>:role/<RoleName>",
            "arn:aws:iam::123456789012:user/x",
        ] {
            assert!(!is_role(other), "{other}");
        }
    }

    #[test]
    fn an_integration_reaches_what_it_names_and_no_more() {
        let integration = Integration {
            role_arn: None,
            external_id: String::new(),
            allowed: vec!["s3://logs/flow/".into(), "s3://all".into()],
            blocked: vec!["s3://logs/flow/secret".into()],
            is_enabled: true,
            comment: None,
        };
        for (url, is_reached) in [
            ("s3://logs/flow/", true),
            ("s3://logs/flow", true),
            ("s3://logs/flow/2026/x.gz", true),
            ("s3://logs/flowers/", false),
            ("s3://logs/", false),
            ("s3://logs/flow/secret/x", false),
            ("s3://logs//flow/secret/x", false),
            ("s3://logs/flow//secret/", false),
            ("S3A://logs/flow/secret/x", false),
            ("s3a://logs/flow/x", true),
            ("s3://all/x", true),
            ("s3://allure/x", false),
        ] {
            assert_eq!(reaches(&integration, url), is_reached, "{url}");
        }
    }
}
