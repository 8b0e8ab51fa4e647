//! The steps of a restore: a reconfigure of each owner, and one of the master target for its ledger.

use crate::{
    fact::Evidence,
    ledger::Entry,
    plan::{Change, GivenBackDisk, Step, StepId, StepKind, Undo},
    rules::ids,
    site::{Facts, OwnerVm},
    vm::Setting,
};

/// What becomes of an entry: another path, or none because the disk is not attached any more.
pub(super) struct Note {
    pub(super) before: Entry,
    pub(super) after: Option<Entry>,
}

/// Gives disks back to a VM, in one reconfigure of it.
pub(super) fn give_back(owner: &OwnerVm, mut disks: Vec<GivenBackDisk>) -> Step {
    disks.sort_by_key(|disk| (disk.controller_key, disk.unit));
    let what = match disks.as_slice() {
        [one] => format!("the disk at {}", one.address),
        several => {
            let addresses: Vec<&str> = several.iter().map(|disk| disk.address.as_str()).collect();
            format!("{} disks at {}", several.len(), addresses.join(", "))
        }
    };
    let mut expects: Vec<Evidence> = disks
        .iter()
        .map(|disk| {
            let now = disk
                .stale
                .as_ref()
                .map_or("free", |stale| stale.path.as_str());
            Evidence::new(format!("file at {}", disk.address), now)
        })
        .collect();
    expects.extend(
        owner
            .change_version
            .iter()
            .map(|version| Evidence::new("config.changeVersion", version)),
    );
    let title = format!("Give {what} back to {}", owner.name);
    let id = StepId::on(StepKind::GiveBack, &owner.moref.value);
    let change = Change::GiveBackDisks {
        vm: owner.moref.clone(),
        disks,
    };
    let undo = Undo::None {
        why: "the file that the VM named before is not there".into(),
    };
    let mut step = Step::new(id, title, &owner.name, change, undo);
    step.expects = expects;
    step
}

/// Writes into the ledger of the master target what is so now.
pub(super) fn note(facts: &Facts, owner: &OwnerVm, notes: &[Note]) -> Step {
    let vm = &facts.master_target;
    let mut settings = Vec::new();
    let mut before = Vec::new();
    let mut expects = Vec::new();
    let (mut moved, mut gone) = (0_usize, 0_usize);
    for one in notes {
        let (written, value) = one.before.encode();
        // The key is written as it is spelled there: some servers would keep both spellings.
        let now = vm.setting(&written);
        let key = now.map_or(written, |setting| setting.key.clone());
        expects.push(Evidence::new(&key, &one.before.path));
        before.push(Setting {
            key: key.clone(),
            value: now.map_or(value, |setting| setting.value.clone()),
        });
        let value = match &one.after {
            Some(after) => {
                moved += 1;
                after.encode().1
            }
            None => {
                gone += 1;
                String::new()
            }
        };
        settings.push(Setting { key, value });
    }
    let change = |extra_config| Change::Reconfigure {
        vm: vm.moref.clone(),
        extra_config,
        remove_controllers: Vec::new(),
        add_controllers: Vec::new(),
    };
    let disks = |number: usize| match number {
        1 => format!("1 disk of {}", owner.name),
        n => format!("{n} disks of {}", owner.name),
    };
    let mut does = Vec::new();
    if moved > 0 {
        does.push(format!(
            "write the new path of {} into the ledger",
            disks(moved)
        ));
    }
    if gone > 0 {
        does.push(format!(
            "take {} off the ledger, no longer attached",
            disks(gone)
        ));
    }
    let title = does.join(", ");
    expects.extend(
        vm.change_version
            .iter()
            .map(|version| Evidence::new("config.changeVersion", version)),
    );
    let title = title[..1].to_uppercase() + &title[1..];
    let id = StepId::on(StepKind::NoteInLedger, &owner.moref.value);
    let undo = Undo::By(Box::new(change(before)));
    let mut step = Step::new(id, title, &vm.name, change(settings), undo);
    step.fixes = vec![ids::DISKS_AS_RECORDED.into()];
    step.expects = expects;
    step
}
