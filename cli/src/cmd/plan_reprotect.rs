//! `esxtool plan-reprotect`: which replication group goes to which master target.

use esx_tools::group::GroupFile;
use esx_tools::ops::{self, CheckOptions};
use vsphere_client::Client;

use super::{Context, work::refused};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, assignment};

/// Assigns the groups.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    file: &GroupFile,
    options: &CheckOptions,
) -> Result<Report, Failure> {
    let planned = ops::plan_reprotect_as(client, file, options)
        .await
        .map_err(refused)?;
    let exit = if planned.is_certain() {
        Exit::Done
    } else {
        Exit::Blockers
    };
    let text = assignment(Look::of(&context.ui), &planned);
    Report::new(exit, &planned, text)
}
