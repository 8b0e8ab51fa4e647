//! `esxtool disks attach`

use esx_tools::ops::VmSelector;
use esx_tools::ops::disks::{apply_attach, plan_attach};
use vsphere_client::Client;

use super::work::{Shown, agreed, finished, left_alone};
use crate::args::AttachArgs;
use crate::cmd::{Context, attended, refused};
use crate::failure::Failure;
use crate::report::Report;

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &AttachArgs,
) -> Result<Report, Failure> {
    let prepared = plan_attach(client, &VmSelector::parse(&args.target), &args.options())
        .await
        .map_err(refused)?;
    let shown = Shown {
        facts: &prepared.facts,
        plan: &prepared.plan,
    };
    if args.confirm.dry_run || prepared.plan.is_empty() {
        return left_alone(context, shown, prepared.outcome(), args.confirm.dry_run);
    }
    agreed(context, shown, args.confirm).await?;
    let steps = prepared.plan.steps.clone();
    let report = attended(context, &steps, async |progress, interrupt| {
        apply_attach(client, prepared, progress, interrupt).await
    })
    .await
    .map_err(refused)?;
    finished(context, &report)
}
