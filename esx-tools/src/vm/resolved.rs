//! A VM that was found by name, path or UUID.

use std::fmt;

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

/// A VM that was found, with what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedVm {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Its inventory path, when the way up could be read.
    pub inventory_path: Option<String>,
    /// Its instance UUID.
    pub instance_uuid: Option<String>,
    /// Its BIOS UUID.
    pub bios_uuid: Option<String>,
}

impl fmt::Display for ResolvedVm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.inventory_path.as_deref().unwrap_or(&self.name))?;
        write!(f, " ({}", self.moref)?;
        if let Some(uuid) = &self.instance_uuid {
            write!(f, ", instance UUID {uuid}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vm_is_shown_with_what_tells_it_apart() {
        let vm = ResolvedVm {
            moref: ManagedObjectReference::new("VirtualMachine", "vm-7"),
            name: "web".into(),
            inventory_path: Some("/DC/vm/a/web".into()),
            instance_uuid: Some("5001".into()),
            bios_uuid: None,
        };
        assert_eq!(
            vm.to_string(),
            "/DC/vm/a/web (VirtualMachine:vm-7, instance UUID 5001)"
        );
    }
}
