//! `esxtool disks detach`

use esx_tools::disks::detach;
use esx_tools::ops::VmSelector;
use vsphere_client::Client;

use crate::args::DetachArgs;
use crate::cmd::{Context, change, refused};
use crate::failure::Failure;
use crate::report::Report;

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &DetachArgs,
) -> Result<Report, Failure> {
    let target = VmSelector::parse(&args.target);
    let prepared = detach::prepare(client, &target, &args.options())
        .await
        .map_err(refused)?;
    change::run(context, client, prepared, args.confirm).await
}
