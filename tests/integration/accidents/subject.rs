//! The commands that the matrix is about.

use integration_tests::Lab;
use mocks::{Value, World};

/// A command, where it starts from, and what its steps are about.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Its name in the summary.
    pub(crate) name: &'static str,
    pub(crate) scenario: &'static str,
    pub(crate) arguments: &'static [&'static str],
    /// Brings the server to where the command starts.
    pub(crate) setting: fn(&Lab),
    pub(crate) master_target: &'static str,
    /// What somebody else does in the middle of it. Nothing that [`State`](super::state::State) holds.
    pub(crate) somebody: fn(&mut World),
    /// Whether a step, by its id, makes this fact so.
    pub(crate) concerns: fn(step: &str, fact: &str) -> bool,
}

pub(crate) const PREPARE: Subject = Subject {
    name: "prepare-master-target",
    scenario: "failback-lab",
    arguments: &["prepare-master-target", "mt-linux-01", "--yes"],
    setting: |_| {},
    master_target: "mt-linux-01",
    somebody: |world| edit_notes(world, "mt-linux-01"),
    concerns: |step, fact| {
        let of_vm = |part: &str| fact.starts_with(&format!("vm/mt-linux-01/{part}"));
        match step.split(':').next().unwrap_or_default() {
            "remove-all-snapshots" => of_vm("snapshots"),
            "consolidate-disks" => of_vm("consolidation-needed"),
            "reconfigure" => of_vm("option/") || of_vm("controller/"),
            "storage-drs-override" => fact.starts_with("pod/"),
            "drs-override" => fact.starts_with("cluster/"),
            "disable-methods" | "enable-methods" => of_vm("disabled-methods"),
            _ => false,
        }
    },
};

pub(crate) const INCLUDE: Subject = Subject {
    name: "storage-vmotion include",
    arguments: &["storage-vmotion", "include", "mt-linux-01", "--yes"],
    setting: |lab| {
        let prepare = lab.esxtool(PREPARE.arguments.iter().copied());
        let _ = prepare.run().expect(0);
    },
    ..PREPARE
};

/// Somebody writes into the notes of a machine, which makes every plan for it one of yesterday.
fn edit_notes(world: &mut World, name: &str) {
    let mut machines = world.store.exactly("VirtualMachine");
    let named = machines.find(|vm| vm.properties.str("name") == Some(name));
    let named = named.map(|vm| vm.reference.clone());
    drop(machines);
    let Some(vm) = named else { return };
    world.store.update(&vm, |vm| {
        let version = vm.get_path("config.changeVersion").and_then(Value::as_str);
        let version = format!("{}+", version.unwrap_or_default());
        vm.set_path("config.changeVersion", version.as_str());
        vm.set_path("config.annotation", "Back up before touching. Joe");
    });
}
