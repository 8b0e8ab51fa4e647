//! `esxtool disks locate`

use esx_tools::disks;
use esx_tools::ops::VmSelector;
use serde_json::json;
use vsphere_client::Client;

use crate::args::VmArgs;
use crate::cmd::{Context, refused};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, disk_files, subject};

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &VmArgs,
) -> Result<Report, Failure> {
    let found = disks::locate(client, &VmSelector::parse(&args.vm))
        .await
        .map_err(refused)?;
    let vm = &found.facts.master_target;
    let look = Look::of(&context.ui);
    let text = subject(look, &found.facts) + &disk_files(look, &found);
    let result = json!({
        "vm": {"moref": vm.moref, "name": vm.name, "inventory_path": vm.inventory_path},
        "disks": found.disks,
        "unreadable": found.unreadable,
        "searched": found.searched,
        "unsearched": found.unsearched,
        "all_as_recorded": found.all_as_recorded(),
    });
    let exit = if found.all_as_recorded() {
        Exit::Done
    } else {
        Exit::Blockers
    };
    Report::new(exit, &result, text)
}
