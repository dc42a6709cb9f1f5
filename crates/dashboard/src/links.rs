//! Links by which people without an account see one dashboard.
//!
//! A link is a secret: the lake keeps its digest, so that whoever reads the lake's files cannot use it, and of its
//! password what argon2 makes of it. It ends when its time is over, when it is revoked, and when its dashboard is gone.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use chrono::{DateTime, Utc};
use flowtrail_catalog::{Catalog, CatalogError, Defined, Definition, Kind, Link, ObjectName};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// So many passwords that were right are remembered.
const MOST_RIGHT: usize = 1000;

/// The links of a lake. Cheap to clone; clones share what they remember.
#[derive(Clone)]
pub struct Links {
    catalog: Catalog,
    /// Digests of passwords that were right, with what the lake keeps of them: looking at one again would take a core
    /// for as long each time, and a dashboard asks for its tiles one by one.
    right: Arc<Mutex<HashSet<String>>>,
}

/// A link that was just made: the only time its token is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// By which it is revoked.
    pub id: String,
    /// By which the dashboard is seen.
    pub token: String,
}

/// A link as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSummary {
    /// By which it is revoked.
    pub id: String,
    /// What it is for, as its maker said.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends, if it does by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it asks for a password.
    pub has_password: bool,
}

/// Why a link cannot be made, used or revoked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is none such, or none any more: which of them is nobody's business.
    #[error("there is no such link, or it has ended")]
    Unknown,
    /// It asks for a password, and none or another one was given.
    #[error("the link asks for a password")]
    Password,
    /// A password cannot be kept.
    #[error("the password cannot be kept: {reason}")]
    Unkept {
        /// Why.
        reason: String,
    },
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").finish_non_exhaustive()
    }
}

impl Links {
    /// Those of the lake whose catalog this is.
    pub fn new(catalog: Catalog) -> Self {
        Self {
            catalog,
            right: Arc::default(),
        }
    }

    /// Makes a link to a dashboard. Takes some milliseconds of a core where there is a password.
    pub async fn create(
        &self,
        dashboard: &str,
        label: &str,
        expires_at: Option<DateTime<Utc>>,
        password: Option<&str>,
    ) -> Result<NewLink, LinkError> {
        let secret = || Uuid::new_v4().simple().to_string();
        let (id, token) = (secret()[..12].to_owned(), format!("{}{}", secret(), secret()));
        let link = Link {
            dashboard: dashboard.to_owned(),
            label: label.to_owned(),
            token_sha256: digest(&token),
            expires_at,
            password_argon2: password.map(kept_password).transpose()?,
        };
        let name = ObjectName::global(id.as_str());
        self.catalog.put(&name, Definition::Link(link), None).await?;
        Ok(NewLink { id, token })
    }

    /// The links to a dashboard, the last made first; those too whose time is over.
    pub async fn list(&self, dashboard: &str) -> Result<Vec<LinkSummary>, LinkError> {
        let definitions = self.catalog.definitions().await?;
        let mut list: Vec<LinkSummary> = definitions
            .of_kind(Kind::Link)
            .filter_map(|defined| Some((defined, link_of(defined)?)))
            .filter(|(_, link)| link.dashboard == dashboard)
            .map(|(defined, link)| LinkSummary {
                id: defined.name.name.clone(),
                label: link.label.clone(),
                created_at: defined.created_at,
                expires_at: link.expires_at,
                has_password: link.password_argon2.is_some(),
            })
            .collect();
        list.sort_by_key(|link| std::cmp::Reverse(link.created_at));
        Ok(list)
    }

    /// Ends a link.
    ///
    /// # Errors
    /// [`LinkError::Unknown`] where there is none of that id.
    pub async fn revoke(&self, id: &str) -> Result<(), LinkError> {
        let is_id = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found = if is_id {
            self.catalog.get(Kind::Link, &ObjectName::global(id)).await?
        } else {
            None
        };
        let found = found.ok_or(LinkError::Unknown)?;
        Ok(self.catalog.drop(&found).await?)
    }

    /// The dashboard that a token lets see. Takes some milliseconds of a core where there is a password.
    ///
    /// # Errors
    /// [`LinkError::Unknown`] for a link that is not there, has ended or was revoked, [`LinkError::Password`] for a
    /// password that is missing or wrong.
    pub async fn open(&self, token: &str, password: Option<&str>, now: DateTime<Utc>) -> Result<String, LinkError> {
        let digest = digest(token);
        let definitions = self.catalog.definitions().await?;
        let mut links = definitions.of_kind(Kind::Link).filter_map(|defined| link_of(defined));
        let link = links.find(|link| link.token_sha256 == digest);
        let link = link
            .filter(|link| link.expires_at.is_none_or(|end| now < end))
            .ok_or(LinkError::Unknown)?;
        match &link.password_argon2 {
            Some(kept) if !password.is_some_and(|password| self.is_right(password, kept)) => Err(LinkError::Password),
            _ => Ok(link.dashboard.clone()),
        }
    }

    fn is_right(&self, password: &str, kept: &str) -> bool {
        let digest = digest(&format!("{kept} {password}"));
        if self.right.lock().contains(&digest) {
            return true;
        }
        let is_right = is_password(password, kept);
        if is_right {
            let mut right = self.right.lock();
            if right.len() >= MOST_RIGHT {
                right.clear();
            }
            right.insert(digest);
        }
        is_right
    }
}

fn link_of(defined: &Defined) -> Option<&Link> {
    match &defined.definition {
        Definition::Link(link) => Some(link),
        _ => None,
    }
}

/// Tokens are random and long, so that a plain digest is as good as a slow one; and two digests that are compared tell
/// nothing of the token by the time it takes.
fn digest(token: &str) -> String {
    Sha256::digest(token).iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn kept_password(password: &str) -> Result<String, LinkError> {
    let salt = SaltString::generate(&mut OsRng);
    let kept = Argon2::default().hash_password(password.as_bytes(), &salt);
    kept.map(|kept| kept.to_string()).map_err(|error| LinkError::Unkept {
        reason: error.to_string(),
    })
}

fn is_password(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::TimeDelta;
    use flowtrail_lake::Lake;

    use super::*;

    fn links() -> (Links, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open_folder(folder.path().join("lake")).unwrap();
        (Links::new(Catalog::new(&lake)), folder)
    }

    #[tokio::test]
    async fn a_link_lets_see_until_it_is_revoked() {
        let (links, folder) = links();
        let made = links.create("network", "for the board", None, None).await.unwrap();
        assert_eq!(links.open(&made.token, None, Utc::now()).await.unwrap(), "network");
        for other in ["", "x", &made.id, &made.token[1..]] {
            assert!(
                matches!(links.open(other, None, Utc::now()).await, Err(LinkError::Unknown)),
                "{other}"
            );
        }
        assert_eq!(links.list("network").await.unwrap()[0].label, "for the board");
        assert!(links.list("loads").await.unwrap().is_empty());
        let kept = walk(folder.path());
        assert!(
            kept.contains("for the board") && !kept.contains(&made.token),
            "the lake cannot open it"
        );
        links.revoke(&made.id).await.unwrap();
        assert!(matches!(
            links.open(&made.token, None, Utc::now()).await,
            Err(LinkError::Unknown)
        ));
        assert!(matches!(links.revoke(&made.id).await, Err(LinkError::Unknown)));
        assert!(matches!(links.revoke("../../x").await, Err(LinkError::Unknown)));
    }

    #[tokio::test]
    async fn a_link_has_an_end_and_a_password() {
        let (links, folder) = links();
        let end = Utc::now() + TimeDelta::hours(1);
        let made = links
            .create("network", "", Some(end), Some("open sesame"))
            .await
            .unwrap();
        let open = async |password, now| links.open(&made.token, password, now).await;
        assert!(matches!(open(None, Utc::now()).await, Err(LinkError::Password)));
        assert!(matches!(
            open(Some("sesame"), Utc::now()).await,
            Err(LinkError::Password)
        ));
        assert_eq!(open(Some("open sesame"), Utc::now()).await.unwrap(), "network");
        assert!(matches!(open(Some("open sesame"), end).await, Err(LinkError::Unknown)));
        assert!(!walk(folder.path()).contains("sesame"));
    }

    /// The text of all files.
    fn walk(folder: &std::path::Path) -> String {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| {
                if path.is_dir() {
                    return walk(&path);
                }
                String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
            })
            .collect()
    }
}
