//! Everything of some types below a container.

use crate::client::Client;
use crate::error::Error;
use crate::method::{CreateContainerView, DestroyView};
use crate::property::{Object, ObjectSet, Pages};
use crate::vim::{ManagedObjectReference, ObjectSpec};

/// The objects below a container, page by page, through a view that the server keeps.
///
/// [`Client::listing`] makes it. [`close`](Listing::close) it in the end; the view lives as long
/// as the session otherwise.
#[derive(Debug)]
pub struct Listing<T> {
    client: Client,
    view: ManagedObjectReference,
    generation: u64,
    pages: Pages<T>,
}

impl<T: ObjectSet> Listing<T> {
    /// The next page, or `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`Error::SessionLost`] when the session ended, and the view with it: list again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Object<T>>>, Error> {
        self.pages.next_page().await
    }

    /// Gives up the pages that were not fetched, and the view.
    ///
    /// # Errors
    ///
    /// Those of the calls. A view that is gone already is no error.
    pub async fn close(self) -> Result<(), Error> {
        self.pages.cancel().await?;
        let destroy = DestroyView { this: self.view };
        match self.client.call_within(self.generation, &destroy).await {
            Err(Error::SessionLost { .. }) => Ok(()),
            Err(error) if error.is_gone() => Ok(()),
            outcome => outcome,
        }
    }
}

impl Client {
    /// Reads the properties that `T` names, of every object of its types below `container`.
    ///
    /// The container is a folder, a datacenter, a compute resource, a resource pool or a host;
    /// [`ServiceContent::root_folder`](crate::vim::ServiceContent) holds everything. It takes three
    /// calls, and one more for each further page.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] when the server refuses the container or a path.
    pub async fn list<T: ObjectSet>(
        &self,
        container: &ManagedObjectReference,
    ) -> Result<Vec<Object<T>>, Error> {
        match self.list_once(container).await {
            Err(error) if error.is_worth_restarting() => self.list_once(container).await,
            outcome => outcome,
        }
    }

    async fn list_once<T: ObjectSet>(
        &self,
        container: &ManagedObjectReference,
    ) -> Result<Vec<Object<T>>, Error> {
        let mut listing = self.listing::<T>(container).await?;
        let outcome = listing.pages.collect().await;
        // What was read counts; a view that cannot be given up ends with the session.
        let _ = listing.close().await;
        outcome
    }

    /// As [`list`](Client::list), page by page. The view is made at once.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] when the server refuses the container.
    pub async fn listing<T: ObjectSet>(
        &self,
        container: &ManagedObjectReference,
    ) -> Result<Listing<T>, Error> {
        let manager = self.content().view_manager.clone();
        let create = CreateContainerView {
            this: manager.ok_or(Error::Missing("a ViewManager"))?,
            container: container.clone(),
            kind: T::specs().into_iter().map(|spec| spec.kind).collect(),
            recursive: true,
        };
        let (generation, view) = self.call_numbered(&create).await?;
        let objects = vec![ObjectSpec::view(view.clone())];
        let pages = Pages::new(self.clone(), objects, Some(generation));
        Ok(Listing {
            client: self.clone(),
            view,
            generation,
            pages,
        })
    }
}
