//! How each host mounts each datastore.

use crate::{
    fact::Fact,
    site::{DatastoreFacts, Facts, MountFacts},
    vm::Vm,
};

/// How one host mounts one datastore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountState {
    /// It can be read and written.
    Writable,
    /// It can only be read.
    ReadOnly,
    /// The volume is known to the host and not mounted.
    Unmounted,
    /// It is mounted and cannot be reached; with the server's reason.
    Unreachable(Option<String>),
    /// The host does not have it.
    Absent,
    /// The server did not tell; with the reason.
    Unknown(String),
}

impl MountState {
    /// What the facts of a mount come to.
    pub fn of(mount: &Fact<Option<MountFacts>>) -> Self {
        let mount = match mount {
            Fact::Unknown { reason } => return Self::Unknown(reason.clone()),
            Fact::Known(None) => return Self::Absent,
            Fact::Known(Some(mount)) => mount,
        };
        if mount.mounted == Some(false) {
            Self::Unmounted
        } else if mount.accessible == Some(false) {
            Self::Unreachable(mount.inaccessible_reason.clone())
        } else {
            match mount.access_mode.as_deref() {
                Some("readWrite") => Self::Writable,
                Some("readOnly") => Self::ReadOnly,
                Some(other) => Self::Unknown(format!("the server writes {other}")),
                None => Self::Unknown("the server does not tell the access mode".to_owned()),
            }
        }
    }
}

/// One datastore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountRow {
    /// Its name.
    pub name: String,
    /// What backs it, as people call it; unset when the server did not tell.
    pub kind: Option<String>,
    /// Capacity in bytes.
    pub capacity_bytes: Option<u64>,
    /// Free bytes.
    pub free_bytes: Option<u64>,
    /// Names of the VMs of this check that have files here.
    pub used_by: Vec<String>,
    /// How each host mounts it, in the order of the hosts.
    pub hosts: Vec<MountState>,
}

/// The hosts and the datastores that they see, by name; the reason when the server did not tell.
pub(super) fn mounts(facts: &Facts) -> (Vec<String>, Result<Vec<MountRow>, String>) {
    let host = match facts.host.get() {
        Ok(host) => host.name.clone(),
        Err(_) => "host of the master target".to_owned(),
    };
    let rows = match facts.datastores.get() {
        Ok(datastores) => {
            let more = facts.protected.datastores.iter();
            let more = more.filter(|one| datastores.iter().all(|known| known.moref != one.moref));
            let mut all: Vec<&DatastoreFacts> = datastores.iter().chain(more).collect();
            all.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(all.into_iter().map(|one| row(one, facts)).collect())
        }
        Err(reason) => Err(reason.to_owned()),
    };
    (vec![host], rows)
}

fn row(datastore: &DatastoreFacts, facts: &Facts) -> MountRow {
    let target = &facts.master_target;
    let on_it = |vm: &&Vm| {
        let known = vm.datastores.known().into_iter().flatten();
        known.into_iter().any(|moref| *moref == datastore.moref)
    };
    let protected = facts.protected.vms.iter().filter(on_it);
    let used_by = datastore.in_use.then(|| target.name.clone());
    let used_by = used_by.into_iter();
    let used_by = used_by.chain(protected.map(|vm| vm.name.clone())).collect();
    let size = |bytes: Option<i64>| bytes.and_then(|bytes| u64::try_from(bytes).ok());
    MountRow {
        name: datastore.name.clone(),
        kind: datastore.kind.known().map(|kind| kind.label().to_owned()),
        capacity_bytes: size(datastore.capacity_bytes),
        free_bytes: size(datastore.free_bytes),
        used_by,
        hosts: vec![MountState::of(&datastore.mount)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sample;

    fn mount(access: Option<&str>, mounted: bool, accessible: bool) -> Fact<Option<MountFacts>> {
        Fact::Known(Some(MountFacts {
            access_mode: access.map(str::to_owned),
            mounted: Some(mounted),
            accessible: Some(accessible),
            inaccessible_reason: Some("AllPathsDown_Start".to_owned()),
            network: None,
        }))
    }

    #[test]
    fn only_what_can_be_written_is_writable() {
        let write = Some("readWrite");
        assert_eq!(
            MountState::of(&mount(write, true, true)),
            MountState::Writable
        );
        assert_eq!(
            MountState::of(&mount(Some("readOnly"), true, true)),
            MountState::ReadOnly
        );
        assert_eq!(
            MountState::of(&mount(write, false, true)),
            MountState::Unmounted
        );
        assert_eq!(
            MountState::of(&mount(write, true, false)),
            MountState::Unreachable(Some("AllPathsDown_Start".to_owned()))
        );
        assert!(matches!(
            MountState::of(&mount(None, true, true)),
            MountState::Unknown(_)
        ));
        assert_eq!(MountState::of(&Fact::Known(None)), MountState::Absent);
    }

    #[test]
    fn datastores_that_nobody_could_read_give_the_reason() {
        let (hosts, rows) = mounts(&sample::unread());
        assert_eq!(hosts, ["host of the master target"]);
        assert_eq!(rows, Err("no privilege System.Read".to_owned()));
        let (hosts, rows) = mounts(&sample::ready());
        assert_eq!(hosts, ["esx-01"]);
        let rows = rows.unwrap();
        assert_eq!(rows[0].used_by, ["mt"]);
        assert_eq!(rows[0].hosts, [MountState::Writable]);
    }
}
