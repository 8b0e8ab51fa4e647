//! What the simulated site knows beyond its managed objects.

mod guest;
pub(crate) mod rest;

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Data, MoRef};

pub use guest::{GuestOs, GuestProfile, GuestVolume};

/// Who disabled which methods, and what each guest would say.
#[derive(Clone, Debug, Default)]
pub struct Lab {
    /// By entity, then method, then source: why the method is disabled.
    disabled: BTreeMap<MoRef, BTreeMap<String, BTreeMap<String, String>>>,
    /// Licences of hosts that have another than the rest.
    pub(crate) licences: BTreeMap<MoRef, Data>,
    /// The guest inside each VM.
    pub(crate) guests: BTreeMap<MoRef, GuestProfile>,
    /// VMs whose guest does not shut down when asked.
    stuck: BTreeSet<MoRef>,
}

impl Lab {
    /// Disables a method on an entity in the name of a source.
    pub fn disable(&mut self, entity: &MoRef, method: &str, source: &str, reason: &str) {
        self.disabled
            .entry(entity.clone())
            .or_default()
            .entry(method.to_owned())
            .or_default()
            .insert(source.to_owned(), reason.to_owned());
    }

    /// Enables what `source` had disabled; other sources' wishes stay.
    pub fn enable(&mut self, entity: &MoRef, method: &str, source: &str) {
        let Some(methods) = self.disabled.get_mut(entity) else {
            return;
        };
        if let Some(sources) = methods.get_mut(method) {
            sources.remove(source);
            if sources.is_empty() {
                methods.remove(method);
            }
        }
        if methods.is_empty() {
            self.disabled.remove(entity);
        }
    }

    /// The methods disabled on an entity.
    pub fn disabled_on(&self, entity: &MoRef) -> Vec<String> {
        self.disabled
            .get(entity)
            .map(|m| m.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// A source that disabled a method on an entity, if one did.
    pub fn disabler(&self, entity: &MoRef, method: &str) -> Option<&str> {
        self.disabled
            .get(entity)?
            .get(method)?
            .keys()
            .next()
            .map(String::as_str)
    }

    /// Lets the guest of a VM ignore from now on that it is asked to shut down.
    pub fn ignore_shutdown(&mut self, vm: &MoRef) {
        self.stuck.insert(vm.clone());
    }

    /// Whether the guest of a VM shuts down when it is asked.
    pub(crate) fn obeys_shutdown(&self, vm: &MoRef) -> bool {
        !self.stuck.contains(vm)
    }

    /// Forgets an entity that is gone.
    pub(crate) fn forget(&mut self, entity: &MoRef) {
        self.disabled.remove(entity);
        self.guests.remove(entity);
        self.stuck.remove(entity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_stays_disabled_until_every_source_has_let_go() {
        let mut lab = Lab::default();
        let vm = MoRef::new("VirtualMachine", "vm-1");
        lab.disable(&vm, "RelocateVM_Task", "backup", "job");
        lab.disable(&vm, "RelocateVM_Task", "esxtool", "failback");
        lab.enable(&vm, "RelocateVM_Task", "esxtool");
        assert_eq!(lab.disabler(&vm, "RelocateVM_Task"), Some("backup"));
        lab.enable(&vm, "RelocateVM_Task", "stranger");
        lab.enable(&vm, "RelocateVM_Task", "backup");
        assert!(lab.disabled_on(&vm).is_empty());
    }
}
