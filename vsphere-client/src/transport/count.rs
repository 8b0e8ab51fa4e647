//! Counts what goes over the wire.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{BoxFuture, Request, Response, ServerCertificate, Transport, TransportError, Verb};

/// How many exchanges there were, and how large.
///
/// Exchanges that failed count as well, and a repeated call counts each time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallStats {
    /// SOAP calls.
    pub total: u64,
    /// Calls by the vSphere method's name.
    pub by_method: BTreeMap<String, u64>,
    /// REST calls; by operation they stand in `by_method` as well.
    pub rest: u64,
    /// Other exchanges, such as reading the list of API versions.
    pub other: u64,
    /// Bytes of the answers' bodies, decompressed.
    pub bytes_in: u64,
    /// Bytes of the requests' bodies.
    pub bytes_out: u64,
}

impl CallStats {
    /// How often the vSphere method `name` was called.
    pub fn of(&self, name: &str) -> u64 {
        self.by_method.get(name).copied().unwrap_or(0)
    }
}

/// Counts the exchanges of the transport below it.
#[derive(Debug)]
pub struct Counting {
    inner: Arc<dyn Transport>,
    stats: Mutex<CallStats>,
}

impl Counting {
    /// Counts what `inner` carries.
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Self {
            inner,
            stats: Mutex::default(),
        }
    }

    /// The counts so far.
    pub fn stats(&self) -> CallStats {
        self.stats
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn update(&self, change: impl FnOnce(&mut CallStats)) {
        change(&mut self.stats.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Transport for Counting {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        self.update(|stats| {
            stats.bytes_out += request.body.len() as u64;
            let rest = request.path.starts_with("/api/") || request.path.starts_with("/rest/");
            match (rest, request.verb) {
                (true, _) => stats.rest += 1,
                (false, Verb::Post) => stats.total += 1,
                (false, _) => {
                    stats.other += 1;
                    return;
                }
            }
            let name = request.label.to_string();
            *stats.by_method.entry(name).or_default() += 1;
        });
        Box::pin(async move {
            let response = self.inner.send(request).await?;
            self.update(|stats| stats.bytes_in += response.body.len() as u64);
            Ok(response)
        })
    }

    fn server_certificate(&self) -> Option<ServerCertificate> {
        self.inner.server_certificate()
    }
}
