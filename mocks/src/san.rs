//! What lies behind the hosts: devices that are presented to them, copies of volumes, file servers.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Data, MoRef};

/// Storage as the arrays and file servers have it, which hosts learn only by looking.
#[derive(Clone, Debug, Default)]
pub struct San {
    /// Host and datastore: the device is presented, and no scan has found it yet.
    presented: BTreeSet<(MoRef, MoRef)>,
    /// Host and datastore: the adapters have found the device, and its volume was not looked for yet.
    found: BTreeSet<(MoRef, MoRef)>,
    /// By host: volumes that it takes for copies, and does not mount.
    copies: BTreeMap<MoRef, Vec<Data>>,
    /// Datastores whose devices the array lets nobody write to.
    write_protected: BTreeSet<MoRef>,
    /// File servers that do not answer.
    silent: BTreeSet<String>,
}

impl San {
    /// Presents the device of a datastore to a host. The host sees it after a scan of its adapters.
    pub fn present(&mut self, datastore: &MoRef, host: &MoRef) {
        self.presented.insert((host.clone(), datastore.clone()));
    }

    /// A scan of the adapters of a host: what is presented is found.
    pub(crate) fn scan_adapters(&mut self, host: &MoRef) {
        let (mine, others) = std::mem::take(&mut self.presented)
            .into_iter()
            .partition::<BTreeSet<_>, _>(|(of, _)| of == host);
        self.presented = others;
        self.found.extend(mine);
    }

    /// A scan for volumes: gives the datastores that the host can mount from now on.
    pub(crate) fn scan_volumes(&mut self, host: &MoRef) -> Vec<MoRef> {
        let (mine, others) = std::mem::take(&mut self.found)
            .into_iter()
            .partition::<BTreeSet<_>, _>(|(of, _)| of == host);
        self.found = others;
        mine.into_iter().map(|(_, datastore)| datastore).collect()
    }

    /// Shows a copy of a volume to a host (`HostUnresolvedVmfsVolume`).
    pub(crate) fn show_copy(&mut self, host: &MoRef, copy: Data) {
        self.copies.entry(host.clone()).or_default().push(copy);
    }

    /// The volumes that a host takes for copies.
    pub(crate) fn copies(&self, host: &MoRef) -> &[Data] {
        self.copies.get(host).map(Vec::as_slice).unwrap_or_default()
    }

    /// Has the array refuse writes to the devices of a datastore, or allow them again. Hosts learn it at the next mount.
    pub fn write_protect(&mut self, datastore: &MoRef, protected: bool) {
        if protected {
            self.write_protected.insert(datastore.clone());
        } else {
            self.write_protected.remove(datastore);
        }
    }

    /// How a host mounts a VMFS volume: as its devices allow.
    pub(crate) fn vmfs_access(&self, datastore: &MoRef) -> &'static str {
        if self.write_protected.contains(datastore) {
            "readOnly"
        } else {
            "readWrite"
        }
    }

    /// Lets a file server answer no more.
    pub fn silence(&mut self, server: &str) {
        self.silent.insert(server.to_owned());
    }

    /// Whether a file server answers.
    pub(crate) fn answers(&self, server: &str) -> bool {
        !self.silent.contains(server)
    }
}
