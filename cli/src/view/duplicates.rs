//! UUIDs that several VMs have, for people.

use esx_tools::duplicates::{Duplicate, Duplicates, Standing};

use super::{Look, hang, heading};
use crate::output::{Column, Table, count};

/// VMs that a line names before it only counts the rest.
const NAMED: usize = 8;

/// Each UUID with its holders and what it rules out.
pub(crate) fn duplicates(look: Look, found: &Duplicates) -> String {
    let mut text = String::new();
    for duplicate in &found.duplicates {
        text.push_str(&one(look, duplicate));
    }
    if !found.duplicates.is_empty() {
        text.push('\n');
    }
    let seen = format!(
        "{} ({}, {}) looked at",
        count(found.vms, "VM"),
        count(found.templates, "template"),
        count(found.disks, "disk")
    );
    let verdict = match found.duplicates.len() {
        0 => look.paint.good("no UUID occurs more than once"),
        1 => look.paint.careful("1 UUID occurs more than once"),
        many => look
            .paint
            .careful(format!("{many} UUIDs occur more than once")),
    };
    text.push_str(&format!("{verdict}; {seen}\n"));
    for unread in &found.unread {
        let line = format!("{}: {}", unread.name, unread.reason);
        text.push_str(&hang(look, &look.paint.careful("unknown: "), 9, &line));
    }
    text
}

fn one(look: Look, duplicate: &Duplicate) -> String {
    let mut text = heading(
        look,
        &format!(
            "{} have {}",
            count(duplicate.holders.len(), "VM"),
            duplicate.identity
        ),
    );
    let of_disks = duplicate
        .holders
        .iter()
        .any(|holder| !holder.disks.is_empty());
    let mut columns = vec![Column::text("VM"), Column::whole("IS")];
    if of_disks {
        columns.extend([Column::extra("DISK"), Column::text("FILE")]);
    }
    let mut table = Table::new(&columns, look.width, look.colour);
    for holder in &duplicate.holders {
        let standing = match holder.standing {
            // Files say nothing about a UUID of the VM itself.
            Standing::SameFile | Standing::LinkedClone | Standing::Copy if !of_disks => "VM",
            standing => standing.label(),
        };
        if holder.disks.is_empty() {
            table.row([holder.name.as_str(), standing]);
        }
        for disk in &holder.disks {
            let file = match (&disk.file, &disk.base) {
                (Some(file), Some(base)) => format!("{file} on {base}"),
                (Some(file), None) => file.clone(),
                (None, _) => String::new(),
            };
            table.row([holder.name.as_str(), standing, &disk.label, &file]);
        }
    }
    text.push_str(&table.render());
    for entry in &duplicate.ruled_out {
        let line = if entry.master_targets == entry.vms {
            let all = names(&entry.vms, "and");
            format!("none of {all} can be the master target of another of them")
        } else {
            format!(
                "{} cannot be the master target of {}",
                names(&entry.master_targets, "or"),
                names(&entry.vms, "or")
            )
        };
        text.push_str(&hang(look, &look.paint.bad("ruled out: "), 11, &line));
    }
    if !duplicate.apart.is_empty() {
        let line = format!(
            "no two of {} can fail back to one master target",
            names(&duplicate.apart, "and")
        );
        text.push_str(&hang(look, &look.paint.careful("apart: "), 7, &line));
    }
    text
}

/// The last parts of inventory paths, at most so many of them.
fn names(paths: &[String], word: &str) -> String {
    let mut names: Vec<&str> = paths
        .iter()
        .take(NAMED)
        .map(|path| path.rsplit('/').next().unwrap_or(path))
        .collect();
    let rest = count(paths.len().saturating_sub(NAMED), "other");
    let last = if paths.len() > NAMED {
        rest.as_str()
    } else {
        names.pop().unwrap_or_default()
    };
    if names.is_empty() {
        return last.to_owned();
    }
    format!("{} {word} {last}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use esx_tools::duplicates::find;
    use esx_tools::fact::Fact;
    use esx_tools::vm::{ChainUnit, DiskFacts, Vm};

    use vsphere_client::vim::ManagedObjectReference;

    use super::*;
    use crate::view::lines::tests::plain;

    /// A VM whose one disk has these files, the one in use first.
    fn vm(name: &str, template: bool, files: &[&str]) -> Vm {
        let unit = |path: &&str| ChainUnit {
            path: (*path).to_owned(),
            datastore: None,
            bytes: None,
        };
        let disk = DiskFacts {
            key: 2000,
            label: "Hard disk 1".into(),
            uuid: Some("6000C293-5a1e-4c07-8d52-0f7b3c9e6a41".into()),
            capacity_bytes: None,
            controller_key: None,
            bus: None,
            on_scsi: false,
            unit: None,
            backing: String::new(),
            path: None,
            datastore: None,
            chain: files.iter().rev().map(unit).collect(),
            mode: None,
            multi_writer: false,
            encrypted: false,
        };
        Vm {
            inventory_path: Some(format!("/DC/vm/{name}")),
            template: Some(template),
            disk_uuid_flag: Some(name.starts_with("mt")),
            bios_uuid: Some(format!("4201{}", name.len())),
            disks: Fact::Known(vec![disk]),
            ..Vm::unread(ManagedObjectReference::new("VirtualMachine", name))
        }
    }

    #[test]
    fn clones_are_shown_with_what_they_rule_out() {
        let found = find(&[
            vm("template", true, &["[ds] t/t.vmdk"]),
            vm("linked", false, &["[ds] l/l.vmdk", "[ds] t/t.vmdk"]),
            vm("mt", false, &["[ds] mt/mt.vmdk"]),
        ]);
        let text = duplicates(plain(100), &found);
        assert_eq!(
            text,
            "
3 VMs have disk UUID 6000c293-5a1e-4c07-8d52-0f7b3c9e6a41
VM               IS            DISK         FILE
/DC/vm/linked    linked clone  Hard disk 1  [ds] l/l.vmdk on [ds] t/t.vmdk
/DC/vm/mt        copy          Hard disk 1  [ds] mt/mt.vmdk
/DC/vm/template  template      Hard disk 1  [ds] t/t.vmdk
ruled out: mt cannot be the master target of linked
apart: no two of linked and mt can fail back to one master target

1 UUID occurs more than once; 3 VMs (1 template, 3 disks) looked at
"
        );
    }

    #[test]
    fn many_names_are_counted() {
        let paths: Vec<String> = (1..=11).map(|n| format!("/DC/vm/a{n}")).collect();
        assert_eq!(
            names(&paths, "or"),
            "a1, a2, a3, a4, a5, a6, a7, a8 or 3 others"
        );
        assert_eq!(names(&paths[..1], "or"), "a1");
        assert_eq!(names(&paths[..2], "and"), "a1 and a2");
    }
}
