//! Which rows of a list are wanted.

use std::marker::PhantomData;

use vsphere_client::{Client, vim::ManagedObjectReference};

use super::{Filter, FilterError, InventoryRow};
use crate::{
    find::{container, is_container},
    group::{PatternError, VmPattern},
    ops::OpError,
};

/// Which rows of a list are wanted: by where they stand, and by what they say.
///
/// ```
/// use esx_tools::ops::inventory::{Query, VmRow};
///
/// let query = Query::<VmRow>::new(Some("/London/vm/**"), Some("power_state = poweredOff and disks > 2"))?;
/// # let _ = query;
/// # Ok::<(), esx_tools::ops::inventory::QueryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Query<R> {
    position: Position,
    filter: Option<Filter>,
    rows: PhantomData<fn(R)>,
}

/// Why a query cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The pattern over paths.
    #[error(transparent)]
    Path(#[from] PatternError),
    /// The expression over columns.
    #[error(transparent)]
    Filter(#[from] FilterError),
}

/// Where the rows stand.
#[derive(Clone, Debug)]
enum Position {
    Anywhere,
    /// A text without wild cards: a name, a path, or a path of something that holds others.
    Exactly(String),
    Pattern(VmPattern),
}

impl<R> Default for Query<R> {
    fn default() -> Self {
        Self {
            position: Position::Anywhere,
            filter: None,
            rows: PhantomData,
        }
    }
}

impl<R: InventoryRow> Query<R> {
    /// Reads what a person wrote.
    ///
    /// `path` is held against inventory paths when it has a slash, else against names; `*` stays within one
    /// name, `**` goes over folders. Without wild cards it is one thing, or all that stands below a folder,
    /// datacenter or cluster. Rows of devices and snapshots stand where their VM stands. `condition` is
    /// an expression as [`Filter`] reads it.
    ///
    /// # Errors
    ///
    /// [`QueryError`] when one of the two cannot be read.
    pub fn new(path: Option<&str>, condition: Option<&str>) -> Result<Self, QueryError> {
        let position = match path {
            None => Position::Anywhere,
            Some(text) => match VmPattern::parse(text)? {
                VmPattern::One(_) => Position::Exactly(text.trim().to_owned()),
                pattern => Position::Pattern(pattern),
            },
        };
        let filter = condition
            .map(|text| Filter::parse(text, R::COLUMNS))
            .transpose()?;
        Ok(Self {
            position,
            filter,
            rows: PhantomData,
        })
    }

    /// From what the rows are to be read, and which of them are wanted.
    pub(super) async fn open(
        self,
        client: &Client,
    ) -> Result<(ManagedObjectReference, Wanted), OpError> {
        let root = client.content().root_folder.clone();
        let filter = self.filter;
        let (from, at) = match self.position {
            Position::Anywhere => (root, None),
            Position::Pattern(pattern) => match pattern.folder() {
                // Only what lies below the folder is read.
                Some(folder) => (container(client, folder).await?, Some(At::Pattern(pattern))),
                None => (root, Some(At::Pattern(pattern))),
            },
            Position::Exactly(name) if !name.contains('/') => (root, Some(At::Name(name))),
            Position::Exactly(path) => {
                let path = format!("/{}", path.trim_matches('/'));
                let found = client
                    .find_by_path(&path)
                    .await
                    .map_err(OpError::client(format!("look up the path {path}")))?;
                match found {
                    Some(found) if is_container(&found) && !found.is(R::SOURCE) => (found, None),
                    Some(_) => {
                        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
                        (container(client, above).await?, Some(At::Path(path)))
                    }
                    None => (container(client, &path).await?, None),
                }
            }
        };
        Ok((from, Wanted { at, filter }))
    }
}

/// Which rows are wanted of those that are read.
#[derive(Debug)]
pub(super) struct Wanted {
    at: Option<At>,
    filter: Option<Filter>,
}

#[derive(Debug)]
enum At {
    Name(String),
    Path(String),
    Pattern(VmPattern),
}

impl Wanted {
    pub(super) fn takes<R: InventoryRow>(&self, row: &R) -> bool {
        let here = match &self.at {
            None => true,
            Some(At::Name(name)) => row.name() == name,
            Some(At::Path(path)) => row.path() == Some(path),
            Some(At::Pattern(pattern)) => pattern.matches(row.name(), row.path()),
        };
        here && self
            .filter
            .as_ref()
            .is_none_or(|filter| filter.holds(&row.values()))
    }
}
