//! A property collector of one's own, which waits for changes.

use std::marker::PhantomData;
use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::method::{
    CreateFilter, CreatePropertyCollector, DestroyPropertyCollector, WaitForUpdatesEx,
};
use crate::property::select::wait_seconds;
use crate::soap::Decode;
use crate::vim::{
    FaultKind, ManagedObjectReference, PropertyFilterSpec, PropertyFilterUpdate, UpdateSet,
    WaitOptions,
};

/// How much longer than the server's wait the exchange may take.
const MARGIN: Duration = Duration::from_secs(30);

/// What a wait brought.
#[derive(Debug)]
pub(crate) enum WaitResult<O> {
    /// Something changed; with `more`, further changes wait to be fetched.
    Changed {
        filters: Vec<PropertyFilterUpdate<O>>,
        more: bool,
    },
    /// Nothing changed within the time.
    Nothing,
    /// The server has lost the thread: the next wait brings everything again.
    StartOver,
}

/// A collector with its filters, and how far its changes were read.
///
/// The default collector of a session takes one waiter only, so whoever waits brings an own one.
/// It ends with its session at the latest. It does not hold the client, so that a client can keep
/// some in store.
#[derive(Debug)]
pub(crate) struct Collector<O> {
    this: ManagedObjectReference,
    generation: u64,
    version: Option<String>,
    changes: PhantomData<fn() -> O>,
}

impl<O: Decode> Collector<O> {
    /// Makes one: a call.
    pub(crate) async fn open(client: &Client) -> Result<Self, Error> {
        let default = client.content().property_collector.clone();
        let create = CreatePropertyCollector { this: default };
        let (generation, this) = client.call_numbered(&create).await?;
        Ok(Self {
            this,
            generation,
            version: None,
            changes: PhantomData,
        })
    }

    /// Which session it belongs to.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Watches what `spec` selects: a call. Gives the filter.
    pub(crate) async fn watch(
        &self,
        client: &Client,
        spec: PropertyFilterSpec,
    ) -> Result<ManagedObjectReference, Error> {
        let create = CreateFilter {
            this: self.this.clone(),
            spec,
            partial_updates: false,
        };
        client.call_within(self.generation, &create).await
    }

    /// Waits for changes, `wait` long at most: a call.
    ///
    /// Dropping the future loses nothing: the version only moves on with an answer that was read,
    /// and the next wait replaces the one before.
    pub(crate) async fn wait(
        &mut self,
        client: &Client,
        wait: Duration,
    ) -> Result<WaitResult<O>, Error> {
        let seconds = wait_seconds(wait);
        let mut method = WaitForUpdatesEx::<O>::new(self.this.clone(), self.version.clone());
        method.options = Some(WaitOptions {
            max_wait_seconds: Some(seconds),
            max_object_updates: None,
        });
        let limit = Duration::from_secs(u64::from(seconds.unsigned_abs())) + MARGIN;
        let answer = client
            .call_within_timeout(self.generation, &method, Some(limit))
            .await;
        match answer {
            Ok(Some(UpdateSet {
                version,
                filter_set,
                truncated,
            })) => {
                self.version = Some(version);
                Ok(WaitResult::Changed {
                    filters: filter_set,
                    more: truncated == Some(true),
                })
            }
            Ok(None) => Ok(WaitResult::Nothing),
            Err(Error::Fault { fault, .. })
                if matches!(fault.kind, FaultKind::InvalidCollectorVersion)
                    && self.version.is_some() =>
            {
                self.version = None;
                Ok(WaitResult::StartOver)
            }
            Err(error) => Err(error),
        }
    }

    /// Gives it up with its filters: a call. One that is gone already is no error.
    pub(crate) async fn close(self, client: &Client) -> Result<(), Error> {
        let destroy = DestroyPropertyCollector { this: self.this };
        match client.call_within(self.generation, &destroy).await {
            Err(Error::SessionLost { .. }) => Ok(()),
            Err(error) if error.is_gone() => Ok(()),
            outcome => outcome,
        }
    }
}
