//! Rows that come page by page.

use std::{collections::HashSet, fmt};

use futures_util::future::BoxFuture;
use vsphere_client::{
    Client,
    property::{Listing, Object, ObjectSet},
    vim::ManagedObjectReference,
};

use super::{InventoryRow, Query, query::Wanted};
use crate::ops::OpError;

/// Rows of an inventory, fetched a page at a time, so that output can begin with the first.
///
/// Nothing is kept of a page that was handed out but the references of its objects, so that a list which
/// has to begin again, since the session ended meanwhile, gives no row twice.
/// Read them to the end or [`close`](Rows::close) them: the server keeps the rest otherwise.
pub struct Rows<R> {
    source: Option<Box<dyn Source<R> + Send>>,
    wanted: Wanted,
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("open", &self.source.is_some())
            .finish_non_exhaustive()
    }
}

impl<R: InventoryRow> Rows<R> {
    /// The next page, sorted by name within itself, or `None` after the last one. A page may be empty.
    ///
    /// # Errors
    ///
    /// The client's; there are no more pages then.
    pub async fn next_page(&mut self) -> Result<Option<Vec<R>>, OpError> {
        let Some(source) = &mut self.source else {
            return Ok(None);
        };
        match source.next().await {
            Ok(Some(mut page)) => {
                page.retain(|row| self.wanted.takes(row));
                sort(&mut page);
                Ok(Some(page))
            }
            outcome => {
                if let Some(source) = self.source.take() {
                    // What was read counts; a view that cannot be given up ends with the session.
                    let _ = source.close().await;
                }
                outcome
            }
        }
    }

    /// All rows that are left, sorted by name.
    ///
    /// # Errors
    ///
    /// The client's.
    pub async fn all(mut self) -> Result<Vec<R>, OpError> {
        let mut rows = Vec::new();
        while let Some(page) = self.next_page().await? {
            rows.extend(page);
        }
        sort(&mut rows);
        Ok(rows)
    }

    /// Gives up the rows that were not fetched.
    ///
    /// # Errors
    ///
    /// The client's.
    pub async fn close(mut self) -> Result<(), OpError> {
        match self.source.take() {
            Some(source) => source.close().await,
            None => Ok(()),
        }
    }

    /// Lists what a query wants; `rows_of` makes a page of rows from a page of objects.
    pub(super) async fn list<S, F>(
        client: &Client,
        query: Query<R>,
        what: &'static str,
        rows_of: F,
    ) -> Result<Self, OpError>
    where
        S: ObjectSet + Send + 'static,
        F: FnMut(Vec<Object<S>>) -> BoxFuture<'static, Result<Vec<R>, OpError>> + Send + 'static,
    {
        let (container, wanted) = query.open(client).await?;
        let listing = open(client, &container, what).await?;
        let source = Paged {
            client: client.clone(),
            container,
            listing: Some(listing),
            what,
            seen: HashSet::new(),
            restarted: false,
            rows_of,
        };
        Ok(Self {
            source: Some(Box::new(source)),
            wanted,
        })
    }
}

/// Stable, so that what belongs to one object keeps its order.
fn sort<R: InventoryRow>(rows: &mut [R]) {
    rows.sort_by_cached_key(|row| (row.name().to_owned(), row.owner().to_string()));
}

async fn open<S: ObjectSet>(
    client: &Client,
    container: &ManagedObjectReference,
    what: &str,
) -> Result<Listing<S>, OpError> {
    let listing = client.listing::<S>(container).await;
    listing.map_err(OpError::client(format!("list the {what}")))
}

trait Source<R> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<R>>, OpError>>;
    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), OpError>>;
}

struct Paged<S, F> {
    client: Client,
    container: ManagedObjectReference,
    listing: Option<Listing<S>>,
    what: &'static str,
    /// What was handed out, by the server's identifiers; all are of one type.
    seen: HashSet<String>,
    restarted: bool,
    rows_of: F,
}

impl<S, F> Paged<S, F>
where
    S: ObjectSet + Send + 'static,
{
    /// The next page of objects that were not handed out before.
    async fn page(&mut self) -> Result<Option<Vec<Object<S>>>, OpError> {
        loop {
            let listing = match &mut self.listing {
                Some(listing) => listing,
                None => self
                    .listing
                    .insert(open(&self.client, &self.container, self.what).await?),
            };
            match listing.next_page().await {
                Ok(None) => return Ok(None),
                Ok(Some(mut page)) => {
                    page.retain(|object| self.seen.insert(object.reference.value.clone()));
                    return Ok(Some(page));
                }
                Err(error) if !self.restarted && error.is_worth_restarting() => {
                    self.restarted = true;
                    if let Some(lost) = self.listing.take() {
                        // Most often it is gone with its session.
                        let _ = lost.close().await;
                    }
                }
                Err(error) => {
                    return Err(OpError::client(format!("list the {}", self.what))(error));
                }
            }
        }
    }
}

impl<R, S, F> Source<R> for Paged<S, F>
where
    R: InventoryRow,
    S: ObjectSet + Send + 'static,
    F: FnMut(Vec<Object<S>>) -> BoxFuture<'static, Result<Vec<R>, OpError>> + Send + 'static,
{
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<R>>, OpError>> {
        Box::pin(async move {
            match self.page().await? {
                Some(page) => (self.rows_of)(page).await.map(Some),
                None => Ok(None),
            }
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), OpError>> {
        let what = self.what;
        Box::pin(async move {
            match self.listing {
                Some(listing) => listing
                    .close()
                    .await
                    .map_err(OpError::client(format!("give up the list of the {what}"))),
                None => Ok(()),
            }
        })
    }
}
