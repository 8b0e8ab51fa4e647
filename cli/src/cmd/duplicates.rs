//! `esxtool duplicates`: UUIDs that several VMs have.

use esx_tools::ops;
use serde::Serialize;
use vsphere_client::Client;

use super::{Context, work::refused};
use crate::args::DuplicatesArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, duplicates};

#[derive(Serialize)]
struct DuplicatesDocument<'a> {
    scope: Option<&'a str>,
    #[serde(flatten)]
    found: &'a esx_tools::duplicates::Duplicates,
}

/// Finds them.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    args: &DuplicatesArgs,
) -> Result<Report, Failure> {
    let scope = args.scope.as_deref();
    let found = ops::duplicates(client, scope).await.map_err(refused)?;
    let text = duplicates(Look::of(&context.ui), &found);
    let result = DuplicatesDocument {
        scope,
        found: &found,
    };
    Report::new(Exit::Done, &result, text)
}
