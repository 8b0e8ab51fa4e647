//! `esxtool disks restore`

use esx_tools::disks::restore;
use esx_tools::ops::VmSelector;
use vsphere_client::Client;

use crate::args::RestoreArgs;
use crate::cmd::{Context, change, refused};
use crate::failure::Failure;
use crate::report::Report;

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &RestoreArgs,
) -> Result<Report, Failure> {
    let target = VmSelector::parse(&args.target);
    let prepared = restore::prepare(client, &target, &args.vms())
        .await
        .map_err(refused)?;
    change::run(context, client, prepared, args.confirm).await
}
