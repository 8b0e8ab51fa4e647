//! The commands that the matrix is about.

use integration_tests::Lab;
use mocks::World;
use serde_json::Value;

/// What a run says of one of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClaimedOutcome {
    Done,
    NotDone,
    /// That it does not know, or that it is in between.
    Open,
}

/// A command, where it starts from, and what its document tells.
#[derive(Clone, Copy, Debug)]
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
    /// The parts that its document tells of, by name.
    pub(crate) parts: fn(&Value) -> Vec<(String, ClaimedOutcome)>,
    /// Whether a part, by its name, makes this fact so.
    pub(crate) concerns: fn(part: &str, fact: &str) -> bool,
}

pub(crate) const PREPARE: Subject = Subject {
    name: "prepare-master-target",
    scenario: "failback-lab",
    arguments: &["prepare-master-target", "mt-linux-01", "--yes"],
    // What needs a power cycle has tests of its own.
    setting: |lab| lab.disk_uuids_in_effect("mt-linux-01"),
    master_target: "mt-linux-01",
    somebody: |world| edit_notes(world, "mt-linux-01"),
    parts: |document| {
        each(document, "steps", |step| {
            (
                text(&step["id"]),
                match text(&step["status"]).as_str() {
                    "done" | "already" => ClaimedOutcome::Done,
                    "unknown" => ClaimedOutcome::Open,
                    _ => ClaimedOutcome::NotDone,
                },
            )
        })
    },
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
        (PREPARE.setting)(lab);
        let prepare = lab.esxtool(PREPARE.arguments.iter().copied());
        let _ = prepare.run().expect(0);
    },
    ..PREPARE
};

pub(crate) const ATTACH: Subject = Subject {
    name: "disks attach",
    scenario: "disks",
    arguments: &[
        "disks",
        "attach",
        "mt-linux-01",
        "--vm",
        "app-01",
        "--vm",
        "app-02",
        "--yes",
    ],
    setting: |_| {},
    parts: |document| {
        each(document, "disks", |disk| {
            (
                plain(&disk["disk"]["uuid"]),
                match text(&disk["status"]).as_str() {
                    "attached" | "detached" | "entered" | "forgotten" => ClaimedOutcome::Done,
                    "refused" | "not-done" => ClaimedOutcome::NotDone,
                    _ => ClaimedOutcome::Open,
                },
            )
        })
    },
    concerns: |uuid, fact| {
        fact == format!("vm/mt-linux-01/has/{uuid}")
            || fact == format!("vm/mt-linux-01/option/esxtool.disk.{uuid}")
    },
    ..PREPARE
};

pub(crate) const DETACH: Subject = Subject {
    name: "disks detach",
    arguments: &["disks", "detach", "mt-linux-01", "--all", "--yes"],
    setting: |lab| {
        let attach = lab.esxtool(ATTACH.arguments.iter().copied());
        let _ = attach.run().expect(0);
    },
    ..ATTACH
};

pub(crate) const RESTORE: Subject = Subject {
    name: "disks restore",
    arguments: &["disks", "restore", "mt-linux-01", "--yes"],
    setting: |lab| {
        (DETACH.setting)(lab);
        crate::disks_moved::relocate(lab, "mt-linux-01", "silver-01");
    },
    parts: |document| {
        let said = (PREPARE.parts)(document);
        let named = said
            .into_iter()
            .map(|(id, said)| (of_restore(document, &id), said));
        named.collect()
    },
    concerns: |part, fact| part.split(' ').any(|begin| fact.starts_with(begin)),
    ..ATTACH
};

pub(crate) const MOUNT: Subject = Subject {
    name: "datastores mount",
    scenario: "datastores",
    arguments: &[
        "datastores",
        "mount",
        "unmounted-01",
        "--host",
        "esx-01.example.com",
        "--yes",
    ],
    concerns: |_, fact| fact.starts_with("mount/unmounted-01/"),
    ..PREPARE
};

pub(crate) const ROLE: Subject = Subject {
    name: "credentials role --create",
    scenario: "failback-lab",
    arguments: &[
        "credentials",
        "role",
        "--create",
        "--name",
        "Failback",
        "--assign",
        "readonly@vsphere.local",
        "--datacenter",
        "London",
        "--yes",
    ],
    concerns: |step, fact| match step.split(':').next().unwrap_or_default() {
        "create-role" | "complete-role" => fact.starts_with("role/"),
        "assign-role" => fact.starts_with("permission/"),
        _ => false,
    },
    ..PREPARE
};

/// The facts that a step of a restore makes so, by how they begin.
fn of_restore(document: &Value, id: &str) -> String {
    let planned = document["plan"]["steps"].as_array();
    let mut planned = planned.into_iter().flatten();
    let Some(step) = planned.find(|step| step["id"] == id) else {
        return format!("{id} is not in the plan");
    };
    match step["change"]["extra_config"].as_array() {
        None => format!("vm/{}/has/", text(&step["object"])),
        Some(settings) => {
            let keys = settings.iter().map(|setting| text(&setting["key"]));
            let facts = keys.map(|key| format!("vm/mt-linux-01/option/{key}"));
            facts.collect::<Vec<_>>().join(" ")
        }
    }
}

/// The parts in an array of the document.
fn each(
    document: &Value,
    array: &str,
    part: fn(&Value) -> (String, ClaimedOutcome),
) -> Vec<(String, ClaimedOutcome)> {
    let parts = document[array].as_array();
    parts.into_iter().flatten().map(part).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn plain(uuid: &Value) -> String {
    text(uuid).to_lowercase().replace('-', "")
}

/// Somebody writes into the notes of a VM, which makes every plan for it one of yesterday.
fn edit_notes(world: &mut World, name: &str) {
    let mut vms = world.store.exactly("VirtualMachine");
    let named = vms.find(|vm| vm.properties.str("name") == Some(name));
    let named = named.map(|vm| vm.reference.clone());
    drop(vms);
    let Some(vm) = named else { return };
    world.store.update(&vm, |vm| {
        let version = vm
            .get_path("config.changeVersion")
            .and_then(mocks::Value::as_str);
        let version = format!("{}+", version.unwrap_or_default());
        vm.set_path("config.changeVersion", version.as_str());
        vm.set_path("config.annotation", "Back up before touching. Joe");
    });
}
