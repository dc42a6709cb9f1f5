//! Which places may be touched: all, on a person's own command line; those that somebody named, for what comes through a
//! port.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::error::SourceError;
use crate::place::Place;

/// Which places may be touched. Whatever opens a place asks it first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach(Option<Arc<Vec<Grant>>>);

/// Places that somebody named, and those below them that are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    allowed: Vec<Ground>,
    blocked: Vec<Ground>,
}

/// A place and what is below it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ground {
    /// Every bucket.
    Buckets,
    /// A bucket's keys from a prefix on, without slashes at its end.
    Prefix { bucket: String, prefix: String },
    /// A folder or file, without `..` and links where it is there.
    Path(PathBuf),
}

impl Reach {
    /// The places of these grants and no others.
    ///
    /// ```
    /// use flowtrail_source::{Grant, Reach};
    ///
    /// let reach = Reach::only([Grant::new(["s3://logs/flow"], ["s3://logs/flow/secret"])?]);
    /// assert!(reach.check(&"s3://logs/flow/2026/".parse()?).is_ok());
    /// assert!(reach.check(&"s3://logs/flows/".parse()?).is_err());
    /// assert!(reach.check(&"s3://logs/flow/secret/x".parse()?).is_err());
    /// assert!(reach.check(&"/etc/passwd".parse()?).is_err());
    /// # Ok::<(), flowtrail_source::SourceError>(())
    /// ```
    pub fn only(grants: impl IntoIterator<Item = Grant>) -> Self {
        Self(Some(Arc::new(grants.into_iter().collect())))
    }

    /// Whether every place may be touched.
    pub fn is_everywhere(&self) -> bool {
        self.0.is_none()
    }

    /// That a place may be touched.
    ///
    /// # Errors
    /// [`SourceError::OutOfReach`].
    pub fn check(&self, place: &Place) -> Result<(), SourceError> {
        let Some(grants) = &self.0 else { return Ok(()) };
        if grants.iter().any(|grant| grant.covers(place)) {
            return Ok(());
        }
        Err(SourceError::OutOfReach {
            place: place.to_string(),
        })
    }
}

impl Grant {
    /// The places `allowed` and what is below them, but not `blocked` and what is below those. `*` is every bucket.
    ///
    /// # Errors
    /// [`SourceError::InvalidPlace`].
    pub fn new<A: AsRef<str>, B: AsRef<str>>(
        allowed: impl IntoIterator<Item = A>,
        blocked: impl IntoIterator<Item = B>,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            allowed: allowed
                .into_iter()
                .map(|place| Ground::named(place.as_ref()))
                .collect::<Result<_, _>>()?,
            blocked: blocked
                .into_iter()
                .map(|place| Ground::named(place.as_ref()))
                .collect::<Result<_, _>>()?,
        })
    }

    fn covers(&self, place: &Place) -> bool {
        let Some(place) = Ground::of(place) else { return false };
        let covers = |ground: &Ground| ground.covers(&place);
        self.allowed.iter().any(covers) && !self.blocked.iter().any(covers)
    }
}

impl Ground {
    fn named(text: &str) -> Result<Self, SourceError> {
        if text == "*" {
            return Ok(Self::Buckets);
        }
        let text = text.replacen("s3gov://", "s3://", 1).replacen("s3china://", "s3://", 1);
        let place: Place = text.parse()?;
        Self::of(&place).ok_or_else(|| SourceError::InvalidPlace {
            place: text,
            reason: "it is no place that lasts".to_owned(),
        })
    }

    /// Standard input is nobody's to give.
    fn of(place: &Place) -> Option<Self> {
        match place {
            Place::Stdin => None,
            Place::S3 { bucket, prefix } => {
                // `//` and a slash at the end are no way round a place that is blocked.
                let parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
                Some(Self::Prefix {
                    bucket: bucket.clone(),
                    prefix: parts.join("/"),
                })
            }
            Place::Path(path) => real(path).map(Self::Path),
        }
    }

    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Buckets, Self::Prefix { .. }) => true,
            (
                Self::Prefix { bucket, prefix },
                Self::Prefix {
                    bucket: other_bucket,
                    prefix: other_prefix,
                },
            ) => {
                let is_below = || {
                    let rest = other_prefix.strip_prefix(prefix.as_str());
                    rest.is_some_and(|rest| prefix.is_empty() || rest.is_empty() || rest.starts_with('/'))
                };
                bucket == other_bucket && is_below()
            }
            (Self::Path(folder), Self::Path(path)) => path.starts_with(folder),
            _ => false,
        }
    }
}

/// A path without links and `..`, as far as it is there; what is not there yet comes after it as it was written, and
/// must have no `..`.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let mut there = path.as_path();
    loop {
        if let Ok(real) = there.canonicalize() {
            let rest = path.strip_prefix(there).ok()?;
            let is_plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
            return is_plain.then(|| {
                if rest.as_os_str().is_empty() {
                    real
                } else {
                    real.join(rest)
                }
            });
        }
        there = there.parent()?;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn reaches(allowed: &[&str], place: &str) -> bool {
        let grant = Grant::new(allowed, &[] as &[&str]).unwrap();
        Reach::only([grant]).check(&place.parse().unwrap()).is_ok()
    }

    #[test]
    fn a_prefix_is_whole_folder_names() {
        assert!(reaches(&["s3://b/logs/"], "s3://b/logs"));
        assert!(reaches(&["s3://b/logs"], "s3a://b/logs//x/y.gz"));
        assert!(reaches(&["s3://b"], "s3://b/anything"));
        assert!(reaches(&["*"], "s3://b/anything"));
        assert!(!reaches(&["s3://b/logs"], "s3://b/logs2/x"));
        assert!(!reaches(&["s3://b/logs"], "s3://b/"));
        assert!(!reaches(&["s3://b/logs"], "s3://c/logs/x"));
        assert!(!reaches(&[], "s3://b/logs"));
    }

    #[test]
    fn two_slashes_are_no_way_round() {
        let grant = Grant::new(["s3://b/"], ["s3://b/secret"]).unwrap();
        let reach = Reach::only([grant]);
        assert!(reach.check(&"s3://b//secret/x".parse().unwrap()).is_err());
        assert!(reach.check(&"s3://b/public/x".parse().unwrap()).is_ok());
    }

    #[test]
    fn links_and_dots_are_no_way_out() {
        let root = tempfile::tempdir().unwrap();
        let (inside, outside) = (root.path().join("in"), root.path().join("out"));
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::create_dir_all(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("link")).unwrap();
        let allowed = inside.display().to_string();
        let asked = |path: &str| reaches(&[&allowed], &inside.join(path).display().to_string());
        assert!(asked(""));
        assert!(asked("new/folder"));
        assert!(!asked("../out"));
        assert!(!asked("link/file"));
        assert!(!asked("new/../../out"));
        assert!(!reaches(&["*"], "/etc/passwd"), "every bucket is no folder");
        assert!(!reaches(&[&allowed], "-"), "standard input is nobody's to give");
    }

    #[test]
    fn everywhere_is_everywhere() {
        assert!(Reach::default().check(&"/etc/passwd".parse().unwrap()).is_ok());
    }
}
