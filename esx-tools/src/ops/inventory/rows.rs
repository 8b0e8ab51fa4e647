//! Rows that come page by page.

use std::fmt;

use futures_util::future::BoxFuture;
use vsphere_client::{
    Client,
    property::{Listing, Object, ObjectSet},
};

use super::super::OpError;

/// Rows of an inventory, fetched a page at a time, so that output can begin with the first.
///
/// Read them to the end or [`close`](Rows::close) them: the server keeps the rest otherwise.
pub struct Rows<R> {
    source: Option<Box<dyn Source<R> + Send>>,
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("open", &self.source.is_some())
            .finish()
    }
}

impl<R: Send + 'static> Rows<R> {
    /// The next page, or `None` after the last one. A page may be empty.
    ///
    /// # Errors
    ///
    /// The client's; there are no more pages then.
    pub async fn next_page(&mut self) -> Result<Option<Vec<R>>, OpError> {
        let Some(source) = &mut self.source else {
            return Ok(None);
        };
        match source.next().await {
            Ok(Some(page)) => Ok(Some(page)),
            outcome => {
                if let Some(source) = self.source.take() {
                    // What was read counts; a view that cannot be given up ends with the session.
                    let _ = source.close().await;
                }
                outcome
            }
        }
    }

    /// All rows that are left.
    ///
    /// # Errors
    ///
    /// The client's.
    pub async fn all(mut self) -> Result<Vec<R>, OpError> {
        let mut rows = Vec::new();
        while let Some(page) = self.next_page().await? {
            rows.extend(page);
        }
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

    /// Lists everything of `S` in the inventory, each object as rows.
    pub(super) async fn list<S, F>(
        client: &Client,
        what: &'static str,
        rows_of: F,
    ) -> Result<Self, OpError>
    where
        S: ObjectSet + Send + 'static,
        F: FnMut(Object<S>) -> Vec<R> + Send + 'static,
    {
        let root = &client.content().root_folder;
        let listing = client
            .listing::<S>(root)
            .await
            .map_err(OpError::client(format!("list the {what}")))?;
        Ok(Self {
            source: Some(Box::new(Mapped {
                listing,
                what,
                rows_of,
            })),
        })
    }
}

trait Source<R> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<R>>, OpError>>;
    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), OpError>>;
}

struct Mapped<S, F> {
    listing: Listing<S>,
    what: &'static str,
    rows_of: F,
}

impl<R, S, F> Source<R> for Mapped<S, F>
where
    R: Send + 'static,
    S: ObjectSet + Send + 'static,
    F: FnMut(Object<S>) -> Vec<R> + Send + 'static,
{
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<R>>, OpError>> {
        Box::pin(async move {
            let page = self.listing.next_page().await;
            let page = page.map_err(OpError::client(format!("list the {}", self.what)))?;
            Ok(page.map(|objects| objects.into_iter().flat_map(&mut self.rows_of).collect()))
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), OpError>> {
        let what = self.what;
        Box::pin(async move {
            self.listing
                .close()
                .await
                .map_err(OpError::client(format!("give up the list of the {what}")))
        })
    }
}
