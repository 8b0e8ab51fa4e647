//! Linked clones: disks that stand on a file of another VM.
//!
//! A delta that a removed snapshot left behind stands on a base in the VM's own folder, and consolidation merges it. The
//! delta of a linked clone stands on a base in another VM's folder, which is not this VM's to write: consolidation
//! leaves it as it is. What tells them apart are the folders of the files, the attachment records and the server's own
//! flag; the names of the files say nothing.

use vsphere_client::vim::DatastorePath;

use super::{ChainUnit, DiskFacts, Vm};

impl Vm {
    /// The file of another VM that the disk stands on, the nearest one; `None` when all its files are the VM's own.
    pub fn linked_base<'d>(&self, disk: &'d DiskFacts) -> Option<&'d ChainUnit> {
        disk.chain[..self.first_own(disk)].last()
    }

    /// The files of the disk that are the VM's own, the lowest one first: only these are merged.
    pub fn own_chain<'d>(&self, disk: &'d DiskFacts) -> &'d [ChainUnit] {
        &disk.chain[self.first_own(disk)..]
    }

    /// Its disks that are linked clones, each with the file of the other VM that it stands on.
    pub fn linked_disks(&self) -> impl Iterator<Item = (&DiskFacts, &ChainUnit)> {
        let disks = self.disks.known().into_iter().flatten();
        disks.filter_map(|disk| Some((disk, self.linked_base(disk)?)))
    }

    /// Where in the chain the VM's own files begin.
    fn first_own(&self, disk: &DiskFacts) -> usize {
        let Some((top, below)) = disk.chain.split_last() else {
            return 0;
        };
        // An attached disk lies in the folder of its owner, and deltas of the VM that it is attached to may lie in its
        // own: that is no clone.
        let is_attached = |unit: &ChainUnit| {
            let ledger = self.ledger();
            let mut entries = ledger.known().into_iter().flat_map(|known| &known.entries);
            entries.any(|entry| entry.path == unit.path)
        };
        let home = self.home_folder.as_deref().and_then(DatastorePath::parse);
        let own = [folder(&top.path), home];
        let foreign = |unit: &ChainUnit| {
            let Some(theirs) = folder(&unit.path) else {
                return false;
            };
            !own.iter()
                .flatten()
                .any(|own| self.is_same_folder(own, &theirs))
                && !is_attached(unit)
        };
        below.iter().rposition(foreign).map_or(0, |last| last + 1)
    }

    /// A VM whose disks are on several datastores has a folder of one name on each. A clone may have the name of its
    /// source as well: then the server's flag says that there is something to merge, or that there is not.
    fn is_same_folder(&self, own: &DatastorePath, theirs: &DatastorePath) -> bool {
        let to_merge = self.consolidation_needed.known() == Some(&true);
        own.path == theirs.path && (own.datastore == theirs.datastore || to_merge)
    }
}

impl ChainUnit {
    /// What the disk is that stands on this file, as a fragment.
    pub fn under_a_linked_clone(&self) -> String {
        format!(
            "a linked clone: it stands on {}, a file in the folder of another VM",
            self.path
        )
    }
}

/// The folder of a file; `None` for a path without a datastore.
pub(super) fn folder(path: &str) -> Option<DatastorePath> {
    let mut path = DatastorePath::parse(path)?;
    let end = path.path.rfind('/').map_or(0, |slash| slash + 1);
    path.path.truncate(end);
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, ledger::Entry, site::sample, vm::Setting};

    /// The VM whose files are in `[ds1] vm/`, with one disk of these files, the base first.
    fn vm(chain: &[&str]) -> Vm {
        let mut vm = sample::protected("vm", 1);
        vm.home_folder = Some("[ds1] vm/".into());
        vm.consolidation_needed = Fact::Known(false);
        let mut disk = sample::disk();
        disk.path = chain.last().map(|path| (*path).to_owned());
        disk.chain = chain
            .iter()
            .map(|path| ChainUnit {
                path: (*path).to_owned(),
                datastore: DatastorePath::parse(path).map(|path| path.datastore),
                bytes: None,
            })
            .collect();
        vm.disks = Fact::Known(vec![disk]);
        vm
    }

    fn base(vm: &Vm) -> Option<&str> {
        vm.linked_disks().next().map(|(_, base)| base.path.as_str())
    }

    #[test]
    fn a_base_in_another_folder_makes_a_linked_clone() {
        let one = vm(&["[ds1] golden/golden.vmdk", "[ds1] vm/vm.vmdk"]);
        assert_eq!(base(&one), Some("[ds1] golden/golden.vmdk"));
        let disk = &one.disks.known().unwrap()[0];
        assert_eq!(one.own_chain(disk).len(), 1);
        // The nearest file is named, and what stands on it is the VM's own.
        let deep = vm(&[
            "[ds1] golden/golden.vmdk",
            "[ds1] golden/golden-000001.vmdk",
            "[ds1] vm/vm.vmdk",
            "[ds1] vm/vm-000001.vmdk",
        ]);
        assert_eq!(base(&deep), Some("[ds1] golden/golden-000001.vmdk"));
        let disk = &deep.disks.known().unwrap()[0];
        assert_eq!(deep.own_chain(disk).len(), 2);
    }

    #[test]
    fn a_leftover_delta_is_no_linked_clone() {
        for chain in [
            &["[ds1] vm/vm.vmdk"][..],
            &["[ds1] vm/vm.vmdk", "[ds1] vm/vm-000001.vmdk"],
            // Beside its base, wherever that is.
            &["[ds2] data/d.vmdk", "[ds2] data/d-000001.vmdk"],
            // The working directory of snapshots is another folder.
            &["[ds1] vm/vm.vmdk", "[ds2] work/vm-000001.vmdk"],
            &[],
        ] {
            assert_eq!(base(&vm(chain)), None, "{chain:?}");
        }
    }

    #[test]
    fn folders_of_one_name_on_two_datastores_are_told_apart_by_the_servers_flag() {
        let mut two = vm(&["[ds2] vm/vm.vmdk", "[ds1] vm/vm-000001.vmdk"]);
        assert_eq!(base(&two), Some("[ds2] vm/vm.vmdk"));
        two.consolidation_needed = Fact::Known(true);
        assert_eq!(base(&two), None);
    }

    #[test]
    fn a_delta_on_an_attached_disk_is_no_linked_clone() {
        let mut target = vm(&["[ds1] app/app.vmdk", "[ds1] vm/app-000001.vmdk"]);
        assert!(base(&target).is_some());
        let entry = Entry {
            uuid: "6000c290-1111-2222-3333-444455556666".parse().unwrap(),
            vm_instance_uuid: "5000".into(),
            vm_name: "app".into(),
            device_key: 2000,
            slot: None,
            path: "[ds1] app/app.vmdk".into(),
        };
        let (key, value) = entry.encode();
        target.extra_config = Fact::Known(vec![Setting { key, value }]);
        assert_eq!(base(&target), None);
    }
}
