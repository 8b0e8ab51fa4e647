//! A retrieval, page by page.

use std::collections::VecDeque;
use std::marker::PhantomData;

use crate::client::Client;
use crate::error::Error;
use crate::method::{
    CancelRetrievePropertiesEx, ContinueRetrievePropertiesEx, RetrievePropertiesEx,
};
use crate::property::object::Content;
use crate::property::{Object, ObjectSet};
use crate::vim::{
    FaultKind, ManagedObjectReference, ObjectSpec, PropertyFilterSpec, RetrieveResult,
};

/// A retrieval whose pages are fetched one at a time, so that results can be used as they come.
///
/// It fetches nothing before [`next_page`](Pages::next_page) is called. Read it to the end, or
/// [`cancel`](Pages::cancel) it: the server keeps the rest of an abandoned retrieval until the
/// session ends.
#[derive(Debug)]
pub struct Pages<T> {
    client: Client,
    spec: PropertyFilterSpec,
    max_objects: Option<i32>,
    /// Set where the objects are found through something of that session.
    within: Option<u64>,
    state: State,
    objects: PhantomData<fn() -> T>,
}

#[derive(Debug)]
enum State {
    Start,
    /// There is more; the token belongs to the session of that generation.
    More {
        generation: u64,
        token: String,
    },
    End,
}

impl<T: ObjectSet> Pages<T> {
    pub(super) fn new(client: Client, objects: Vec<ObjectSpec>, within: Option<u64>) -> Self {
        let spec = PropertyFilterSpec {
            prop_set: T::specs(),
            object_set: objects,
            // So that an object that is deleted meanwhile does not cost all the others.
            report_missing_objects_in_results: Some(true),
        };
        Self {
            client,
            spec,
            max_objects: None,
            within,
            state: State::Start,
            objects: PhantomData,
        }
    }

    /// At most so many objects per page. The server may send fewer, and decides when unset.
    #[must_use]
    pub fn max_objects(mut self, limit: i32) -> Self {
        self.max_objects = Some(limit);
        self
    }

    /// The next page, or `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`Error::SessionLost`] when the session ended between two pages: the rest is gone, and the
    /// retrieval has to start over. After any error there are no more pages.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Object<T>>>, Error> {
        loop {
            let (generation, page) = match std::mem::replace(&mut self.state, State::End) {
                State::Start => match self.first().await? {
                    (generation, Some(page)) => (generation, page),
                    (_, None) => return Ok(None),
                },
                State::More { generation, token } => {
                    (generation, self.following(generation, token).await?)
                }
                State::End => return Ok(None),
            };
            if let Some(token) = page.token {
                self.state = State::More { generation, token };
            }
            let objects: Vec<_> = page
                .objects
                .into_iter()
                .filter_map(|content| content.0)
                .collect();
            // An empty page in the middle is no end.
            if !objects.is_empty() || matches!(self.state, State::End) {
                return Ok(Some(objects));
            }
        }
    }

    /// Gives up the pages that were not fetched.
    ///
    /// # Errors
    ///
    /// Those of the call. A server that lacks it, or has dropped the rest already, is no error.
    pub async fn cancel(self) -> Result<(), Error> {
        let State::More { generation, token } = self.state else {
            return Ok(());
        };
        let collector = self.client.content().property_collector.clone();
        let cancel = CancelRetrievePropertiesEx {
            this: collector,
            token,
        };
        match self.client.call_within(generation, &cancel).await {
            Ok(()) | Err(Error::SessionLost { .. } | Error::Fault { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The first page, and the session that its token belongs to.
    async fn first(&self) -> Result<(u64, Option<RetrieveResult<Content<T>>>), Error> {
        let collector = self.client.content().property_collector.clone();
        let mut method =
            RetrievePropertiesEx::<Content<T>>::new(collector, vec![self.spec.clone()]);
        method.options.max_objects = self.max_objects;
        let (generation, page) = self.ask(&method).await?;
        if !page.as_ref().is_some_and(tells_lost_session) || !self.client.can_log_in() {
            return Ok((generation, page));
        }
        // Some servers answer a call without a session with `NotAuthenticated` per property.
        self.client.renew(generation).await?;
        if self.within.is_some() {
            return Err(Error::SessionLost {
                method: "RetrievePropertiesEx",
            });
        }
        self.ask(&method).await
    }

    async fn ask(
        &self,
        method: &RetrievePropertiesEx<Content<T>>,
    ) -> Result<(u64, Option<RetrieveResult<Content<T>>>), Error> {
        match self.within {
            Some(generation) => Ok((
                generation,
                self.client.call_within(generation, method).await?,
            )),
            None => self.client.call_numbered(method).await,
        }
    }

    async fn following(
        &self,
        generation: u64,
        token: String,
    ) -> Result<RetrieveResult<Content<T>>, Error> {
        let collector = self.client.content().property_collector.clone();
        let method = ContinueRetrievePropertiesEx::<Content<T>>::new(collector, token);
        let page = self.client.call_within(generation, &method).await?;
        if tells_lost_session(&page) && self.client.can_log_in() {
            self.client.renew(generation).await?;
            return Err(Error::SessionLost {
                method: "ContinueRetrievePropertiesEx",
            });
        }
        Ok(page)
    }

    pub(super) async fn collect(&mut self) -> Result<Vec<Object<T>>, Error> {
        let mut all = Vec::new();
        while let Some(page) = self.next_page().await? {
            all.extend(page);
        }
        Ok(all)
    }
}

fn tells_lost_session<T>(page: &RetrieveResult<Content<T>>) -> bool {
    page.objects
        .iter()
        .filter_map(|content| content.0.as_ref())
        .any(Object::tells_lost_session)
}

impl Client {
    /// Reads the properties that `T` names, of the objects that `objects` leads to.
    ///
    /// One call, and one more for each further page. Objects that the server reports come in its
    /// order; an object that is gone is left out.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] when the server refuses the selection, such as `InvalidProperty` for a path
    /// that it does not know.
    pub async fn retrieve<T: ObjectSet>(
        &self,
        objects: impl IntoIterator<Item = ObjectSpec>,
    ) -> Result<Vec<Object<T>>, Error> {
        let objects: Vec<ObjectSpec> = objects.into_iter().collect();
        match self.pages::<T>(objects.clone()).collect().await {
            Err(error) if error.is_worth_restarting() => self.pages::<T>(objects).collect().await,
            outcome => outcome,
        }
    }

    /// Reads the properties that `T` names, of one object.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] with `ManagedObjectNotFound` when there is no such object, as the server
    /// says it or by an empty answer ([`Error::Gone`]).
    pub async fn retrieve_one<T: ObjectSet>(
        &self,
        object: &ManagedObjectReference,
    ) -> Result<Object<T>, Error> {
        let found = self
            .retrieve::<T>([ObjectSpec::object(object.clone())])
            .await?;
        let mut found = VecDeque::from(found);
        found.pop_front().ok_or_else(|| Error::Gone(object.clone()))
    }

    /// As [`retrieve`](Client::retrieve), page by page.
    pub fn pages<T: ObjectSet>(&self, objects: impl IntoIterator<Item = ObjectSpec>) -> Pages<T> {
        Pages::new(self.clone(), objects.into_iter().collect(), None)
    }
}

impl Error {
    /// Whether a retrieval that failed midway is worth starting over, as it only reads: the session ended, or
    /// the connection broke.
    ///
    /// [`Client::list`] and [`Client::retrieve`] do so by themselves. Who reads page by page has to know which
    /// objects were seen.
    pub fn is_worth_restarting(&self) -> bool {
        match self {
            Self::SessionLost { .. } => true,
            Self::NoSession { source, .. } => source.is_worth_restarting(),
            error => error.is_passing() && error.may_have_acted(),
        }
    }

    /// Whether the object of the call does not exist, or no longer.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone(_))
            || self
                .fault()
                .is_some_and(|fault| matches!(fault.kind, FaultKind::ManagedObjectNotFound { .. }))
    }
}
