//! Files that are put into a place: each appears whole, and none before all of them are written.
//!
//! ```text
//!   begin ──> Parcel (bytes, aside) ──> seal ──┬── finish: all get their names
//!                                              └── dropped, abandon: nothing was there
//! ```
//!
//! - *A folder.* Bytes go to files in a hidden folder of the place, synced; `finish` gives them their names and syncs
//!   the folders. What dies before leaves the hidden folder, which no listing shows.
//! - *A bucket.* Bytes go up as parts; `finish` completes the uploads, before which no object is there. What dies
//!   before leaves parts, which a lifecycle rule of the bucket takes away.
//!
//! `finish` itself names one file after another: when it dies or fails in between, some are there and whole. One that
//! fails takes away those it has named, where they took nobody's place.

mod bucket;
mod folder;

use std::io::{self, Write};

use crate::aws::AwsSettings;
use crate::error::SourceError;
use crate::place::Place;

use bucket::{BucketDelivery, Upload};
use folder::{FolderDelivery, StagedFile};

/// Files on their way into a place.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use std::io::Write;
///
/// use flowtrail_source::{AwsSettings, Delivery};
///
/// let folder = tempfile::tempdir().unwrap();
/// let place = folder.path().to_str().unwrap().parse().unwrap();
/// let mut delivery = Delivery::open(&place, &AwsSettings::default(), false).await.unwrap();
/// let delivery = tokio::task::spawn_blocking(move || {
///     let mut parcel = delivery.begin("day=1/flows.csv").unwrap();
///     parcel.write_all(b"10.0.0.1\n").unwrap();
///     delivery.seal(parcel).unwrap();
///     delivery
/// })
/// .await
/// .unwrap();
/// assert!(!folder.path().join("day=1/flows.csv").exists());
/// delivery.finish().await.unwrap();
/// assert_eq!(std::fs::read(folder.path().join("day=1/flows.csv")).unwrap(), b"10.0.0.1\n");
/// # });
/// ```
#[derive(Debug)]
pub struct Delivery(Kind);

#[derive(Debug)]
enum Kind {
    Folder(FolderDelivery),
    Bucket(BucketDelivery),
}

/// One file while it is written.
#[derive(Debug)]
pub struct Parcel(ParcelKind);

#[derive(Debug)]
enum ParcelKind {
    File(StagedFile),
    Object(Box<Upload>),
}

impl Delivery {
    /// A delivery to the folder or prefix `place`, which takes the place of files of the same names only if it
    /// `overwrites`.
    ///
    /// # Errors
    /// [`SourceError::NoTarget`] for what is no folder, and those of opening a bucket.
    pub async fn open(place: &Place, settings: &AwsSettings, overwrites: bool) -> Result<Self, SourceError> {
        settings.reach.check(place)?;
        Ok(Self(match place {
            Place::Path(path) => Kind::Folder(FolderDelivery::open(path, overwrites)?),
            Place::S3 { bucket, prefix } => {
                Kind::Bucket(BucketDelivery::open(bucket, prefix, settings, overwrites).await?)
            }
            Place::Stdin => {
                return Err(SourceError::NoTarget {
                    place: place.to_string(),
                    reason: "files go to a folder or to s3://bucket/prefix".to_owned(),
                });
            }
        }))
    }

    /// A file that is in the place already, hidden ones too.
    ///
    /// # Errors
    /// Those of listing it.
    pub async fn first_file(&mut self) -> Result<Option<String>, SourceError> {
        match &mut self.0 {
            Kind::Folder(folder) => folder.first_file(),
            Kind::Bucket(bucket) => bucket.first_file().await,
        }
    }

    /// Begins a file of that name, which may have folders in it. Waits, and so must not be called where other tasks
    /// wait for the thread.
    ///
    /// # Errors
    /// [`SourceError::Occupied`] where there is such a file, and [`SourceError::NoTarget`] for a name that leads
    /// out of the place.
    pub fn begin(&self, name: &str) -> Result<Parcel, SourceError> {
        let is_sound = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\0');
        if !name.split('/').all(is_sound) {
            return Err(SourceError::NoTarget {
                place: name.to_owned(),
                reason: "it is no name of a file below the folder".to_owned(),
            });
        }
        Ok(Parcel(match &self.0 {
            Kind::Folder(folder) => ParcelKind::File(folder.begin(name)?),
            Kind::Bucket(bucket) => ParcelKind::Object(Box::new(bucket.begin(name)?)),
        }))
    }

    /// Takes back a file that has all its bytes; gives its URI. Waits as [`Self::begin`] does.
    ///
    /// # Errors
    /// When its last bytes cannot be written.
    pub fn seal(&mut self, parcel: Parcel) -> Result<String, SourceError> {
        match (&mut self.0, parcel.0) {
            (Kind::Folder(folder), ParcelKind::File(file)) => folder.seal(file),
            (Kind::Bucket(bucket), ParcelKind::Object(upload)) => bucket.seal(*upload),
            (_, ParcelKind::File(_) | ParcelKind::Object(_)) => Err(SourceError::NoTarget {
                place: "a file".to_owned(),
                reason: "it is another delivery's".to_owned(),
            }),
        }
    }

    /// Makes the files appear under their names.
    ///
    /// # Errors
    /// When one cannot; files that took nobody's place are then taken away again.
    pub async fn finish(self) -> Result<(), SourceError> {
        match self.0 {
            Kind::Folder(folder) => tokio::task::spawn_blocking(move || folder.finish())
                .await
                .unwrap_or_else(|error| {
                    Err(SourceError::BrokenOff {
                        place: "files".to_owned(),
                        reason: error.to_string(),
                    })
                }),
            Kind::Bucket(bucket) => bucket.finish().await,
        }
    }

    /// Takes away what was written.
    pub async fn abandon(self) {
        match self.0 {
            Kind::Folder(folder) => drop(folder),
            Kind::Bucket(bucket) => bucket.abandon().await,
        }
    }
}

impl Write for Parcel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            ParcelKind::File(file) => file.write(bytes),
            ParcelKind::Object(upload) => upload.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            ParcelKind::File(file) => file.flush(),
            // A part goes up when it is large enough, or the last.
            ParcelKind::Object(_) => Ok(()),
        }
    }
}
