//! Calls through the session.

use std::time::Duration;

use super::Client;
use crate::error::Error;
use crate::method::Method;
use crate::session::Ticket;
use crate::soap::envelope::Answer;

impl Client {
    /// Makes one call and gives its result.
    ///
    /// When the session has ended, it logs in again and makes the call once more: a server that
    /// answers `NotAuthenticated` has not acted. A call on something that ended with the session
    /// (a view, a filter, an own property collector, a page token) gives [`Error::SessionLost`]
    /// instead. When there is no telling whether the login succeeded, the error is
    /// [`Error::NoSession`]: the call was not carried out. Calls that failed on the way are repeated as
    /// [`RetryPolicy`](super::RetryPolicy) says.
    ///
    /// A method that this crate lacks is declared with [`wire_method!`](crate::wire_method). Its
    /// result can be a type of [`wire_struct!`](crate::wire_struct), or
    /// [`RawElement`](crate::soap::RawElement), a small tree, where no type is worth declaring:
    ///
    /// ```no_run
    /// use vsphere_client::method::Effect;
    /// use vsphere_client::soap::RawElement;
    /// use vsphere_client::{Client, Error, wire_method};
    ///
    /// wire_method! {
    ///     /// The permissions that a role has.
    ///     struct RetrieveRolePermissions = "RetrieveRolePermissions": Effect::Read => Vec<RawElement> {
    ///         /// The role's number.
    ///         role_id: i32 = "roleId",
    ///     }
    /// }
    ///
    /// # async fn run(client: Client) -> Result<(), Error> {
    /// let manager = client.content().authorization_manager.clone();
    /// let this = manager.ok_or(Error::Missing("an AuthorizationManager"))?;
    /// for permission in client.call(&RetrieveRolePermissions { this, role_id: -1 }).await? {
    ///     println!("{:?}", permission.child_text("principal"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] when the server refuses; see [`Error`] for the other phases.
    pub async fn call<M: Method>(&self, method: &M) -> Result<M::Output, Error> {
        Ok(self.call_numbered(method).await?.1)
    }

    /// As [`call`](Client::call), with the number of the session that the answer belongs to.
    ///
    /// Whoever gets something of the session, such as a view, uses it with
    /// [`call_within`](Client::call_within) that number.
    pub(crate) async fn call_numbered<M: Method>(
        &self,
        method: &M,
    ) -> Result<(u64, M::Output), Error> {
        let session = &self.inner.session;
        let used = session.ticket()?;
        match self.answer(method, &used, None).await? {
            Ok(value) => return Ok((used.generation, value)),
            Err(fault) if !fault.is_not_authenticated() || !session.can_log_in() => {
                return Err(Error::Fault {
                    method: M::NAME,
                    fault,
                });
            }
            Err(_) => {}
        }
        self.renew_for::<M>(used.generation).await?;
        if method.session_bound() {
            return Err(Error::SessionLost { method: M::NAME });
        }
        let renewed = session.ticket()?;
        match self.answer(method, &renewed, None).await? {
            Ok(value) => Ok((renewed.generation, value)),
            Err(fault) => Err(Error::Fault {
                method: M::NAME,
                fault,
            }),
        }
    }

    /// Makes one call in the session of `generation`, or fails with [`Error::SessionLost`].
    ///
    /// For calls that name something of that session. `timeout` replaces the usual one.
    pub(crate) async fn call_within_timeout<M: Method>(
        &self,
        generation: u64,
        method: &M,
        timeout: Option<Duration>,
    ) -> Result<M::Output, Error> {
        let session = &self.inner.session;
        let used = session.ticket()?;
        let lost = Error::SessionLost { method: M::NAME };
        if used.generation != generation {
            return Err(lost);
        }
        match self.answer(method, &used, timeout).await? {
            Ok(value) => Ok(value),
            Err(fault) if fault.is_not_authenticated() && session.can_log_in() => {
                self.renew_for::<M>(generation).await?;
                Err(lost)
            }
            Err(fault) => Err(Error::Fault {
                method: M::NAME,
                fault,
            }),
        }
    }

    /// As [`call_within_timeout`](Client::call_within_timeout), with the usual time-out.
    pub(crate) async fn call_within<M: Method>(
        &self,
        generation: u64,
        method: &M,
    ) -> Result<M::Output, Error> {
        self.call_within_timeout(generation, method, None).await
    }

    /// The number of the present session.
    pub(crate) fn generation(&self) -> Result<u64, Error> {
        Ok(self.inner.session.ticket()?.generation)
    }

    /// Logs in again, unless that has happened since `generation`.
    ///
    /// For answers that tell of a lost session otherwise than by a fault.
    pub(crate) async fn renew(&self, generation: u64) -> Result<(), Error> {
        self.inner.session.renew(generation).await
    }

    /// As [`renew`](Client::renew), for a call that was refused for want of a session.
    async fn renew_for<M: Method>(&self, generation: u64) -> Result<(), Error> {
        let renewed = self.renew(generation).await;
        renewed.map_err(|error| error.without_session(M::NAME))
    }

    /// Whether a lost session can be replaced at all.
    pub(crate) fn can_log_in(&self) -> bool {
        self.inner.session.can_log_in()
    }

    async fn answer<M: Method>(
        &self,
        method: &M,
        ticket: &Ticket,
        timeout: Option<Duration>,
    ) -> Result<Answer<M::Output>, Error> {
        Ok(self
            .inner
            .wire
            .exchange(method, ticket.cookie.as_ref(), timeout)
            .await?
            .answer)
    }
}
