//! `esxtool disks attach`

use esx_tools::disks::attach;
use esx_tools::ops::VmSelector;
use vsphere_client::Client;

use crate::args::AttachArgs;
use crate::cmd::{Context, change, refused};
use crate::failure::Failure;
use crate::report::Report;

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &AttachArgs,
) -> Result<Report, Failure> {
    let target = VmSelector::parse(&args.target);
    let prepared = attach::prepare(client, &target, &args.options())
        .await
        .map_err(refused)?;
    change::run(context, client, prepared, args.confirm).await
}
