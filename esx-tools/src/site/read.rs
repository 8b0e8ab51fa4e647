//! The one reading of VMs together with what they stand in and on.

use std::collections::BTreeMap;

use vsphere_client::{
    Client, Error as ClientError,
    property::{Object, ObjectSet, PropertySet, is_kind_of, spec_of},
    soap::{DecodeError, Reader, Start},
    vim::{ManagedObjectReference, ObjectSpec, PropertySpec, UserSession},
};

use super::parts::{
    ClusterProperties, ComputeProperties, DatacenterProperties, DatastoreProperties,
    FolderProperties, HostProperties, LicenceProperties, PodProperties, SessionProperties,
};
use crate::{
    folders::Folders,
    names::decode,
    parted::Select,
    vm::{self, Vm, VmParts},
};

/// Declares [`SiteObject`] as `object_set!` would, except that types of which nothing is selected are not asked for.
macro_rules! found {
    ($( $variant:ident($set:ty) ),* $(,)?) => {
        /// An object of a retrieval, with the selected parts of VMs and of what they stand in and on.
        enum SiteObject<const VM: u32, const SITE: u32> {
            $( $variant($set), )*
        }

        impl<const VM: u32, const SITE: u32> ObjectSet for SiteObject<VM, SITE> {
            fn specs() -> Vec<PropertySpec> {
                let all = [$( spec_of::<$set>() ),*].into_iter();
                all.filter(|spec| !spec.path_set.is_empty()).collect()
            }

            fn empty(kind: &str) -> Option<Self> {
                // The very type first: a cluster is also a compute resource.
                $( if kind == <$set>::TYPE && !<$set>::PATHS.is_empty() {
                    return Some(Self::$variant(Default::default()));
                } )*
                $( if is_kind_of(kind, <$set>::TYPE) && !<$set>::PATHS.is_empty() {
                    return Some(Self::$variant(Default::default()));
                } )*
                None
            }

            fn read<'x>(
                &mut self,
                path: &str,
                reader: &mut Reader<'x>,
                val: &Start<'x>,
            ) -> Result<(), DecodeError> {
                match self {
                    $( Self::$variant(set) => PropertySet::read(set, path, reader, val), )*
                }
            }

            fn adopt(&mut self, path: &str, newer: &mut Self) {
                match (self, newer) {
                    $( (Self::$variant(set), Self::$variant(newer)) => {
                        PropertySet::adopt(set, path, newer);
                    } )*
                    // An object does not change its type.
                    _ => {}
                }
            }
        }
    };
}

found! {
    // The pod stands before the folder: it is one, and servers take the first set that fits.
    Vm(VmParts<VM>),
    Host(Select<HostProperties, SITE>),
    Cluster(Select<ClusterProperties, SITE>),
    Compute(Select<ComputeProperties, SITE>),
    Datastore(Select<DatastoreProperties, SITE>),
    Pod(Select<PodProperties, SITE>),
    Folder(Select<FolderProperties, SITE>),
    Datacenter(Select<DatacenterProperties, SITE>),
    Session(Select<SessionProperties, SITE>),
    Licence(Select<LicenceProperties, SITE>),
}

/// What one retrieval brought, by type. The same object may have come by several ways, and is here once.
#[derive(Debug, Default)]
pub(crate) struct Site<const VM: u32> {
    pub(crate) vms: BTreeMap<ManagedObjectReference, Object<vm::Properties>>,
    pub(crate) hosts: BTreeMap<ManagedObjectReference, Object<HostProperties>>,
    pub(crate) clusters: BTreeMap<ManagedObjectReference, Object<ClusterProperties>>,
    pub(crate) datastores: BTreeMap<ManagedObjectReference, Object<DatastoreProperties>>,
    pub(crate) pods: BTreeMap<ManagedObjectReference, Object<PodProperties>>,
    /// Folders, datacenters, compute resources and pods.
    pub(crate) folders: Folders,
    pub(crate) session: Option<UserSession>,
    /// Where vCenter tells the licence of a host.
    pub(crate) assignments: Option<ManagedObjectReference>,
}

/// Reads the selected parts of what `specs` lead to: one call, and one more for each further page.
///
/// # Errors
///
/// The client's.
pub(crate) async fn read<const VM: u32, const SITE: u32>(
    client: &Client,
    specs: impl IntoIterator<Item = ObjectSpec>,
) -> Result<Site<VM>, ClientError> {
    let found = client.retrieve::<SiteObject<VM, SITE>>(specs).await?;
    Ok(Site::sort(found))
}

/// Reads the selected parts of everything in the inventory, through a view: three calls, and one more for each
/// further page. A view has what stands in folders that the account cannot walk through.
///
/// # Errors
///
/// The client's.
pub(crate) async fn read_all<const VM: u32, const SITE: u32>(
    client: &Client,
) -> Result<Site<VM>, ClientError> {
    let root = &client.content().root_folder;
    let found = client.list::<SiteObject<VM, SITE>>(root).await?;
    let mut site = Site::sort(found);
    // A view leaves out the container itself.
    site.folders.add(root.clone(), Some(String::new()), None);
    Ok(site)
}

impl<const VM: u32> Site<VM> {
    fn sort<const SITE: u32>(found: Vec<Object<SiteObject<VM, SITE>>>) -> Self {
        let mut site = Self::default();
        for (properties, object) in found.into_iter().map(Object::split) {
            let key = object.reference.clone();
            match properties {
                SiteObject::Vm(set) => {
                    site.vms.insert(key, object.map(|()| set.0));
                }
                SiteObject::Host(set) => {
                    site.hosts.insert(key, object.map(|()| set.0));
                }
                SiteObject::Cluster(set) => {
                    site.clusters.insert(key, object.map(|()| set.0));
                }
                SiteObject::Datastore(set) => {
                    site.datastores.insert(key, object.map(|()| set.0));
                }
                SiteObject::Pod(set) => {
                    let (name, parent) = (set.0.name.clone(), set.0.parent.clone());
                    site.folders.add(key.clone(), name, parent);
                    site.pods.insert(key, object.map(|()| set.0));
                }
                SiteObject::Compute(Select(set)) => site.folders.add(key, set.name, set.parent),
                SiteObject::Folder(Select(set)) => site.folders.add(key, set.name, set.parent),
                SiteObject::Datacenter(Select(set)) => site.folders.add(key, set.name, set.parent),
                SiteObject::Session(set) => site.session = set.0.current,
                SiteObject::Licence(set) => site.assignments = set.0.assignments,
            }
        }
        site
    }

    /// The VMs, in the order of their references.
    pub(crate) fn all_vms(&self) -> impl Iterator<Item = Vm> {
        let objects = self.vms.values();
        objects.map(|object| vm::read(object, VM, &self.folders))
    }

    /// A host's name, or its reference where the name cannot be read.
    pub(crate) fn host_name(&self, reference: &ManagedObjectReference) -> String {
        let host = self.hosts.get(reference);
        let name = host.and_then(|host| host.properties.name.as_deref());
        name.map_or_else(|| reference.value.clone(), decode)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts;
    use super::*;

    #[test]
    fn only_types_of_which_something_is_selected_are_asked_for() {
        type Wanted = SiteObject<{ vm::parts::NAME }, { parts::FOLDERS | parts::HOST_NAME }>;
        let kinds: Vec<String> = Wanted::specs().into_iter().map(|spec| spec.kind).collect();
        assert_eq!(
            kinds,
            ["VirtualMachine", "HostSystem", "Folder", "Datacenter"]
        );
        assert!(Wanted::empty("Datastore").is_none());
    }

    #[test]
    fn a_pod_is_a_folder_unless_it_is_asked_for_itself() {
        type Folders = SiteObject<0, { parts::FOLDERS }>;
        type Pods = SiteObject<0, { parts::FOLDERS | parts::POD }>;
        assert!(matches!(
            Folders::empty("StoragePod"),
            Some(SiteObject::Folder(_))
        ));
        assert!(matches!(
            Pods::empty("StoragePod"),
            Some(SiteObject::Pod(_))
        ));
        assert!(Folders::empty("VirtualMachine").is_none());
        let kinds: Vec<String> = Pods::specs().into_iter().map(|spec| spec.kind).collect();
        assert_eq!(kinds, ["StoragePod", "Folder", "Datacenter"]);
    }
}
