//! `esxtool storage-vmotion`: what keeps a VM where it is.

use esx_tools::ops::{self, PrepareOptions, VmSelector};
use esx_tools::plan::Scope;
use serde_json::json;
use vsphere_client::Client;

use super::{Context, prepare, work::refused};
use crate::args::{StorageVmotionVerb, VmArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, heading, layers, subject};

/// Shows, sets or lifts the layers.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    verb: &StorageVmotionVerb,
) -> Result<Report, Failure> {
    match verb {
        StorageVmotionVerb::Status(args) => status(context, client, args).await,
        StorageVmotionVerb::Exclude(args) => {
            let mut options = PrepareOptions::only(Scope::Exclude);
            options.fixes.tag.clone_from(&args.tag.tag);
            let change = &args.change;
            prepare::run_with(context, client, &change.vm, &options, change.confirm).await
        }
        StorageVmotionVerb::Include(args) => {
            prepare::run(context, client, &args.vm, Scope::Include, args.confirm).await
        }
    }
}

async fn status(context: &Context, client: &Client, args: &VmArgs) -> Result<Report, Failure> {
    let checked = ops::check(client, &VmSelector::parse(&args.vm))
        .await
        .map_err(refused)?;
    let look = Look::of(&context.ui);
    let mut text = subject(look, &checked.facts);
    text.push_str(&heading(look, "Kept from Storage vMotion"));
    text.push_str(&layers(look, &checked.exclusion));
    let vm = &checked.facts.master_target;
    let result = json!({"vm": {"moref": vm.moref, "name": vm.name, "inventory_path": vm.inventory_path}, "exclusion": checked.exclusion});
    Report::new(Exit::Done, &result, text)
}
