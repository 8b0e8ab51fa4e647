//! Storage vMotion exclusion by itself: what holds, setting it, taking it back.

use vsphere_client::Client;

use super::{CheckReport, OpError, Prepare, PrepareOptions, VmSelector, check, prepare};
use crate::{engine::Prepared, plan::Scope};

/// Which layers hold: see [`CheckReport::exclusion`]. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn status(client: &Client, selector: &VmSelector) -> Result<CheckReport, OpError> {
    check(client, selector).await
}

/// Plans to set every layer that does not hold. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn prepare_exclude(
    client: &Client,
    selector: &VmSelector,
) -> Result<Prepared<Prepare>, OpError> {
    prepare(client, selector, &PrepareOptions::only(Scope::Exclude)).await
}

/// Plans to take back the layers that esxtool set, and no others. Changes nothing.
///
/// What esxtool set is known by the source of the disabled method and by the note on the VM.
///
/// # Errors
///
/// See [`OpError`].
pub async fn prepare_include(
    client: &Client,
    selector: &VmSelector,
) -> Result<Prepared<Prepare>, OpError> {
    prepare(client, selector, &PrepareOptions::only(Scope::Include)).await
}
