//! `esxtool disks list`

use esx_tools::disks;
use esx_tools::ops::VmSelector;
use serde_json::json;
use vsphere_client::Client;

use crate::args::VmArgs;
use crate::cmd::{Context, refused};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, disk_list, subject};

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &VmArgs,
) -> Result<Report, Failure> {
    let listed = disks::list(client, &VmSelector::parse(&args.vm))
        .await
        .map_err(refused)?;
    let (vm, list) = (&listed.facts.master_target, &listed.list);
    let look = Look::of(&context.ui);
    let text = subject(look, &listed.facts) + &disk_list(look, list);
    let result = json!({
        "vm": {"moref": vm.moref, "name": vm.name, "inventory_path": vm.inventory_path},
        "disks": list.disks,
        "without_disk": list.without_disk,
        "unreadable": list.unreadable,
        "free_slots": list.free_slots,
        "ledger": list.ledger.reason().map_or(json!("read"), |reason| json!({"unknown": reason})),
    });
    Report::new(Exit::Done, &result, text)
}
