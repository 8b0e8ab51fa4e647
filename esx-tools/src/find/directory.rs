//! Names and paths of VMs: of all, or of those below one folder.

use std::collections::BTreeMap;

use vsphere_client::{
    Client,
    method::FindByInventoryPath,
    vim::{ManagedObjectReference, ObjectSpec},
};

use super::resolve::search_index;
use crate::{
    error::OpError,
    folders::{with_ancestors, with_vms_below},
    group::VmPattern,
    names,
    selector::VmSelector,
    site::{Site, parts::FOLDERS, read, read_all},
    vm::parts::{NAME, PARENT},
};

/// What is read of each VM.
const NAMED: u32 = NAME | PARENT;

const READ_NAMES: &str = "read the names of the VMs";

/// VMs by reference, with name and inventory path.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    vms: BTreeMap<ManagedObjectReference, (String, Option<String>)>,
    /// Whether every VM that the account can see is here.
    complete: bool,
}

impl Directory {
    /// Reads all VMs: one call, and one more for each further page.
    pub(crate) async fn read(client: &Client) -> Result<Self, OpError> {
        let mut directory = Self {
            complete: true,
            ..Self::default()
        };
        let root = client.content().root_folder.clone();
        directory.add_below(client, root).await?;
        Ok(directory)
    }

    /// As [`read`](Self::read), through a view: it has the VMs of folders that the account cannot walk through.
    pub(crate) async fn listed(client: &Client) -> Result<Self, OpError> {
        let found = read_all::<NAMED, FOLDERS>(client).await;
        let mut directory = Self {
            complete: true,
            ..Self::default()
        };
        directory.take(&found.map_err(OpError::client(READ_NAMES))?);
        Ok(directory)
    }

    /// Adds the VMs below the folder with this inventory path; a folder that is not there adds none.
    pub(crate) async fn add_folder(&mut self, client: &Client, path: &str) -> Result<(), OpError> {
        let call = FindByInventoryPath {
            this: search_index(client)?,
            inventory_path: path.trim_matches('/').to_owned(),
        };
        let found = client
            .call(&call)
            .await
            .map_err(OpError::client(format!("look up the folder {path}")))?;
        match found {
            Some(folder) if folder.is("Folder") || folder.is("Datacenter") => {
                self.add_below(client, folder).await
            }
            _ => Ok(()),
        }
    }

    async fn add_below(
        &mut self,
        client: &Client,
        top: ManagedObjectReference,
    ) -> Result<(), OpError> {
        let spec = with_ancestors(with_vms_below(ObjectSpec::object(top)));
        let found = read::<NAMED, FOLDERS>(client, [spec])
            .await
            .map_err(OpError::client(READ_NAMES))?;
        self.take(&found);
        Ok(())
    }

    /// Adds VMs, with paths through the folders that were read with them. One without a readable name goes by none.
    fn take(&mut self, found: &Site<NAMED>) {
        let named = found.all_vms().zip(found.vms.values());
        for (vm, _) in named.filter(|(_, object)| object.properties.name.is_some()) {
            self.vms.insert(vm.moref, (vm.name, vm.inventory_path));
        }
    }

    /// The VMs that fit a pattern.
    pub(crate) fn matching(&self, pattern: &VmPattern) -> Vec<ManagedObjectReference> {
        self.by(|name, path| pattern.matches(name, path))
    }

    /// The one VM that a selector names; `None` when that has to be asked of the server.
    pub(crate) fn one(&self, selector: &VmSelector) -> Option<ManagedObjectReference> {
        if !self.complete {
            return None;
        }
        // Two of a name are told with all that tells them apart, which is not here.
        match self.exactly(selector)?.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// The VMs that a selector names, as [`resolve`](super::resolve) would find them: a name of which there is none
    /// is taken in any case. `None` for a UUID, which is not here.
    pub(crate) fn named(&self, selector: &VmSelector) -> Option<Vec<ManagedObjectReference>> {
        let exact = self.exactly(selector)?;
        Some(match selector {
            VmSelector::Name(name) | VmSelector::NameOrMoRef(name) if exact.is_empty() => {
                let lower = name.to_lowercase();
                self.by(|name, _| name.to_lowercase() == lower)
            }
            _ => exact,
        })
    }

    fn exactly(&self, selector: &VmSelector) -> Option<Vec<ManagedObjectReference>> {
        let known = |moref: &ManagedObjectReference| self.vms.contains_key(moref);
        let by_name = |wanted: &str| self.by(|name, _| name == wanted);
        Some(match selector {
            VmSelector::Uuid(_) => return None,
            VmSelector::ManagedObjectReference(moref) if known(moref) => vec![moref.clone()],
            VmSelector::ManagedObjectReference(_) => Vec::new(),
            VmSelector::Path(path) => {
                self.by(|_, own| own.is_some_and(|own| own.trim_matches('/') == path))
            }
            VmSelector::NameOrMoRef(text) => {
                let moref = ManagedObjectReference::new("VirtualMachine", text);
                if known(&moref) {
                    vec![moref]
                } else {
                    by_name(text)
                }
            }
            VmSelector::Name(name) => by_name(name),
        })
    }

    fn by(&self, fits: impl Fn(&str, Option<&str>) -> bool) -> Vec<ManagedObjectReference> {
        let fitting = self
            .vms
            .iter()
            .filter(|(_, (name, path))| fits(name, path.as_deref()));
        fitting.map(|(moref, _)| moref.clone()).collect()
    }

    /// Names that are near to what was not found.
    pub(crate) fn near(&self, selector: &VmSelector) -> Vec<String> {
        let text = selector.to_string();
        let wanted = text.rsplit('/').next().unwrap_or(&text);
        names::near(wanted, self.vms.values().map(|(name, _)| name.as_str()))
    }

    /// What a VM is called: its path, else its name, else its reference.
    pub(crate) fn label(&self, moref: &ManagedObjectReference) -> String {
        match self.vms.get(moref) {
            Some((_, Some(path))) => path.clone(),
            Some((name, None)) => name.clone(),
            None => moref.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let entry = |value: &str, name: &str, path: Option<&str>| {
            (
                ManagedObjectReference::new("VirtualMachine", value),
                (name.to_owned(), path.map(ToOwned::to_owned)),
            )
        };
        Directory {
            vms: BTreeMap::from([
                entry("vm-1", "web", Some("/DC/vm/a/web")),
                entry("vm-2", "web", Some("/DC/vm/b/web")),
                entry("vm-3", "app", None),
            ]),
            complete: true,
        }
    }

    #[test]
    fn one_vm_is_found_and_two_are_left_to_the_server() {
        let one = |text: &str| directory().one(&text.into()).map(|moref| moref.value);
        assert_eq!(one("app").as_deref(), Some("vm-3"));
        assert_eq!(one("/DC/vm/b/web").as_deref(), Some("vm-2"));
        assert_eq!(one("vm-1").as_deref(), Some("vm-1"));
        assert_eq!(one("web"), None);
        assert_eq!(one("APP"), None);
        let mut partial = directory();
        partial.complete = false;
        assert_eq!(partial.one(&"app".into()), None);
    }

    #[test]
    fn all_of_a_name_are_found_and_case_counts_only_when_it_tells() {
        let named = |text: &str| {
            let found = directory().named(&text.into()).unwrap();
            found
                .into_iter()
                .map(|moref| moref.value)
                .collect::<Vec<_>>()
        };
        assert_eq!(named("web"), ["vm-1", "vm-2"]);
        assert_eq!(named("APP"), ["vm-3"]);
        assert_eq!(named("vm-2"), ["vm-2"]);
        assert_eq!(named("vm-9"), Vec::<String>::new());
        assert_eq!(directory().near(&"wep".into())[0], "web");
    }

    #[test]
    fn patterns_fit_paths_and_names() {
        let fits = |text: &str| {
            let pattern = VmPattern::parse(text).unwrap();
            directory().matching(&pattern).len()
        };
        assert_eq!(fits("/DC/vm/*/web"), 2);
        assert_eq!(fits("[aw]*"), 3);
        assert_eq!(fits("/**"), 2);
    }
}
