//! `esxtool disks detach`

use esx_tools::ops::VmSelector;
use esx_tools::ops::disks::{apply_detach, plan_detach};
use vsphere_client::Client;

use super::work::{Shown, agreed, finished, left_alone};
use crate::args::DetachArgs;
use crate::cmd::{Context, attended, refused};
use crate::failure::Failure;
use crate::report::Report;

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &DetachArgs,
) -> Result<Report, Failure> {
    let prepared = plan_detach(client, &VmSelector::parse(&args.target), &args.options())
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
        apply_detach(client, prepared, progress, interrupt).await
    })
    .await
    .map_err(refused)?;
    finished(context, &report)
}
