//! The head of a report: which VM on which server.

use esx_tools::{
    fact::{Fact, PowerState},
    site::Facts,
    vm::Vm,
};

use super::{Look, pairs};
use crate::output::clean;

/// Names the VM, its host and its server.
pub(crate) fn subject(look: Look, facts: &Facts) -> String {
    let vm = &facts.master_target;
    let mut text = format!("{}\n", look.paint.heading(clean(&vm.name)));
    let path = match &vm.inventory_path {
        Some(path) => format!("{path} ({})", vm.moref.value),
        None => vm.moref.to_string(),
    };
    let rows = [
        ("server", facts.server.product.clone()),
        ("account", facts.server.user.clone().unwrap_or_default()),
        ("vm", path),
        ("target", facts.target.to_string()),
        ("state", state(facts)),
        ("host", host(facts)),
    ];
    text.push_str(&pairs(look, 2, &rows));
    text
}

fn state(facts: &Facts) -> String {
    let vm = &facts.master_target;
    let power = match &vm.power_state {
        Fact::Known(PowerState::PoweredOn) => "powered on".to_owned(),
        Fact::Known(PowerState::PoweredOff) => "powered off".to_owned(),
        Fact::Known(PowerState::Suspended) => "suspended".to_owned(),
        Fact::Unknown { reason } => format!("power state unknown ({reason})"),
    };
    match &vm.guest_id {
        Some(guest) => format!("{power}, {guest}"),
        None => power,
    }
}

fn host(facts: &Facts) -> String {
    let mut text = match &facts.host {
        Fact::Known(host) => match &host.product {
            Some(product) => format!("{} ({product})", host.name),
            None => host.name.clone(),
        },
        Fact::Unknown { reason } => format!("unknown ({reason})"),
    };
    if let Fact::Known(Some(cluster)) = &facts.cluster {
        text.push_str(&format!(", cluster {}", cluster.name));
    }
    text
}

/// Whether the disks need consolidation, as a line.
pub(crate) fn consolidation(vm: &Vm) -> &'static str {
    match vm.consolidation_needed.known() {
        Some(true) => "The disks need consolidation.\n",
        Some(false) => "The disks need no consolidation.\n",
        None => "Whether the disks need consolidation is not known.\n",
    }
}
