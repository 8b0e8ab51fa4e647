//! `esxtool snapshots`: list those of a VM, or consolidate its disks.

use esx_tools::fact::Fact;
use esx_tools::ops::VmSelector;
use esx_tools::ops::snapshots::{self, SnapshotList};
use esx_tools::plan::Scope;
use esx_tools::vm::{ChainUnit, DiskFacts, Vm};
use serde_json::{Value, json};
use vsphere_client::Client;

use super::{Context, prepare, work::refused};
use crate::args::{SnapshotsVerb, VmArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Table, count};
use crate::report::Report;
use crate::view::{Look, consolidation, hang, heading, moment, subject};

/// Lists, or consolidates.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    verb: &SnapshotsVerb,
) -> Result<Report, Failure> {
    match verb {
        SnapshotsVerb::List(args) => list(context, client, args).await,
        SnapshotsVerb::Consolidate(args) => {
            prepare::run(context, client, &args.vm, Scope::Consolidate, args.confirm).await
        }
    }
}

async fn list(context: &Context, client: &Client, args: &VmArgs) -> Result<Report, Failure> {
    let listed = snapshots::list(client, &VmSelector::parse(&args.vm))
        .await
        .map_err(refused)?;
    let vm = &listed.report.facts.master_target;
    if let Fact::Unknown { reason } = &vm.snapshots {
        return Err(Failure::new(
            Exit::Privilege,
            format!("the snapshots of {} cannot be read: {reason}", vm.name),
        )
        .hint("give the account a role that may read the VM, at least Read-only"));
    }
    let result = json!({
        "vm": {"moref": vm.moref, "name": vm.name, "inventory_path": vm.inventory_path},
        "snapshots": listed.rows,
        "consolidation_needed": vm.consolidation_needed.known(),
        "linked_clones": linked(vm),
    });
    Report::new(Exit::Done, &result, text(Look::of(&context.ui), &listed))
}

/// The disks that stand on a file of another VM; `null` when the disks are not known.
fn linked(vm: &Vm) -> Option<Vec<Value>> {
    vm.disks.known()?;
    let one = |(disk, base): (&DiskFacts, &ChainUnit)| json!({"key": disk.key, "label": disk.label, "path": disk.path, "stands_on": base.path});
    Some(vm.linked_disks().map(one).collect())
}

fn text(look: Look, listed: &SnapshotList) -> String {
    let vm = &listed.report.facts.master_target;
    let mut text = subject(look, &listed.report.facts);
    text.push_str(&heading(look, &format!("Snapshots: {}", listed.rows.len())));
    if !listed.rows.is_empty() {
        let columns = [
            Column::text("SNAPSHOT"),
            Column::whole("TAKEN"),
            Column::whole("REFERENCE"),
            Column::extra("DESCRIPTION"),
        ];
        let mut table = Table::new(&columns, look.width, look.colour);
        for row in &listed.rows {
            // The tree shows by indent, with what no cell trims away.
            let branch = "- ".repeat(row.depth.saturating_sub(1));
            let here = if row.is_current { " (current)" } else { "" };
            let taken = row.created.map(moment).unwrap_or_default();
            let name = format!("{branch}{}{here}", row.name);
            let reference = row.moref.rsplit(':').next().unwrap_or(&row.moref);
            table.row([name.as_str(), &taken, reference, &row.description]);
        }
        text.push_str(&table.render());
    }
    let deltas = match vm.disks.known() {
        Some(disks) => (disks.iter())
            .filter(|disk| vm.own_chain(disk).len() > 1)
            .count(),
        None => 0,
    };
    text.push('\n');
    text.push_str(consolidation(vm));
    if deltas > 0 {
        text.push_str(&format!(
            "{} written to delta files.\n",
            if deltas == 1 {
                "1 disk is".to_owned()
            } else {
                format!("{} are", count(deltas, "disk"))
            }
        ));
    }
    for (disk, base) in vm.linked_disks() {
        let line = format!(
            "{} is {}. Consolidation leaves it so.",
            disk.label,
            base.under_a_linked_clone()
        );
        text.push_str(&hang(look, "", 0, &line));
    }
    text
}
