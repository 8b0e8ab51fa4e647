//! `esxtool disks`: the disks of protected VMs on a master target.

mod attach;
mod detach;
mod list;
mod locate;
mod restore;
mod shown;

use vsphere_client::Client;

use super::Context;
use crate::args::DisksVerb;
use crate::failure::Failure;
use crate::report::Report;

/// Does what the verb says.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    verb: &DisksVerb,
) -> Result<Report, Failure> {
    match verb {
        DisksVerb::List(args) => list::run(context, client, args).await,
        DisksVerb::Locate(args) => locate::run(context, client, args).await,
        DisksVerb::Attach(args) => attach::run(context, client, args).await,
        DisksVerb::Detach(args) => detach::run(context, client, args).await,
        DisksVerb::Restore(args) => restore::run(context, client, args).await,
    }
}
