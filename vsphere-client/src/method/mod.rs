//! One typed call per vSphere method.
//!
//! A call is a value: it names the object, holds the parameters, and knows what repeating it would do.
//! Building its request is pure ([`envelope::request`](crate::soap::envelope::request));
//! sending it is the client's business.

mod authorization_manager;
mod compute_resource;
mod datastore_browser;
mod host_storage;
mod license_assignment_manager;
mod macros;
mod option_manager;
mod property_collector;
mod search_index;
mod service_instance;
mod session_manager;
mod task;
#[cfg(test)]
mod tests;
mod view_manager;
mod virtual_disk_manager;
mod virtual_machine;

pub use authorization_manager::{
    AddAuthorizationRole, DisableMethods, DisabledMethodRequest, EnableMethods,
    FetchUserPrivilegeOnEntities, HasPrivilegeOnEntities, RetrieveEntityPermissions,
    SetEntityPermissions, UpdateAuthorizationRole,
};
pub use compute_resource::{ConfigureStorageDrsForPodTask, ReconfigureComputeResourceTask};
pub use datastore_browser::{SearchDatastoreSubFoldersTask, SearchDatastoreTask};
pub use host_storage::{
    CreateNasDatastore, MountVmfsVolume, QueryUnresolvedVmfsVolumes, RemoveDatastore, RescanAllHba,
    RescanVmfs, UnmountVmfsVolume,
};
pub use license_assignment_manager::QueryAssignedLicenses;
pub use option_manager::QueryOptions;
pub use property_collector::{
    CancelRetrievePropertiesEx, ContinueRetrievePropertiesEx, CreateFilter,
    CreatePropertyCollector, DestroyPropertyCollector, DestroyPropertyFilter, RetrievePropertiesEx,
    WaitForUpdatesEx,
};
pub use search_index::{FindAllByUuid, FindByInventoryPath, FindByUuid};
pub use service_instance::{CurrentTime, RetrieveServiceContent};
pub use session_manager::{Login, Logout, SessionIsActive};
pub use task::CancelTask;
pub use view_manager::{CreateContainerView, DestroyView};
pub use virtual_disk_manager::QueryVirtualDiskUuid;
pub use virtual_machine::{
    ConsolidateVmDisksTask, CreateSnapshotTask, PowerOffVmTask, PowerOnVmTask, ReconfigVmTask,
    RelocateVmTask, RemoveAllSnapshotsTask, RemoveSnapshotTask, RevertToSnapshotTask,
    ShutdownGuest, VirtualMachineMovePriority,
};

use crate::soap::{Decode, Writer};
use crate::vim::ManagedObjectReference;

/// The namespace of the public API.
pub const VIM25: &str = "urn:vim25";

/// The namespace of the calls that vCenter keeps for its own components.
pub const INTERNAL_VIM25: &str = "urn:internalvim25";

/// What a call does, and with it whether repeating it is harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It only reads. Harmless to repeat.
    Read,
    /// It changes nothing but this session: logs in, makes a view. Repeating it at worst leaves
    /// a second view behind, which ends with the session.
    Session,
    /// It changes the inventory. Never repeated, unless it surely was not sent.
    Change,
}

/// A call that can be sent to a server.
///
/// Implement it for calls that this crate lacks; [`wire_method!`](crate::wire_method) does so.
pub trait Method {
    /// The method's name on the wire, such as `ReconfigVM_Task`.
    const NAME: &'static str;
    /// The namespace of the request's body.
    const NAMESPACE: &'static str = VIM25;
    /// What it does.
    const EFFECT: Effect;
    /// Whether request or answer hold a secret, so that neither may be logged.
    const SENSITIVE: bool = false;
    /// The result; [`Decode`] says how it stands on the wire.
    type Output: Decode;

    /// The object that is called.
    fn this(&self) -> &ManagedObjectReference;

    /// Writes the parameters in the order of the schema.
    fn params(&self, writer: &mut Writer);

    /// Whether the call names something that dies with the session: a view, a filter, a page token.
    ///
    /// Such a call must not be replayed in a new session; its owner builds the thing again.
    fn session_bound(&self) -> bool {
        is_session_object(self.this())
    }
}

/// Whether the object lives only as long as the session that made it.
///
/// Collectors made by `CreatePropertyCollector` have the session's id in their value;
/// the default collector is named `propertyCollector`, on ESXi `ha-property-collector`.
pub(crate) fn is_session_object(object: &ManagedObjectReference) -> bool {
    match &*object.kind {
        "ContainerView" | "ListView" | "InventoryView" | "PropertyFilter" => true,
        "PropertyCollector" => !matches!(
            object.value.as_str(),
            "propertyCollector" | "ha-property-collector"
        ),
        _ => false,
    }
}
