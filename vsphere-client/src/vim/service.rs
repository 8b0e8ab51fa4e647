//! What a server is and which managers it has.

use jiff::Timestamp;

use super::ManagedObjectReference;
use crate::soap::{Decode, DecodeError, Reader, Start};
use crate::wire_struct;

wire_struct! {
    /// The server's managers (`ServiceInstance.RetrieveServiceContent`).
    ///
    /// An ESXi host lacks some that a vCenter has.
    pub struct ServiceContent = "ServiceContent" {
        /// The top of the inventory.
        root_folder: ManagedObjectReference = "rootFolder",
        /// The default property collector, for one waiter per session.
        property_collector: ManagedObjectReference = "propertyCollector",
        /// Makes container views.
        view_manager: Option<ManagedObjectReference> = "viewManager",
        /// What the server is.
        about: AboutInfo = "about",
        /// The `OptionManager`.
        setting: Option<ManagedObjectReference> = "setting",
        /// The `UserDirectory`.
        user_directory: Option<ManagedObjectReference> = "userDirectory",
        /// Logs in and out.
        session_manager: Option<ManagedObjectReference> = "sessionManager",
        /// Roles, privileges, disabled methods.
        authorization_manager: Option<ManagedObjectReference> = "authorizationManager",
        /// The `PerformanceManager`.
        perf_manager: Option<ManagedObjectReference> = "perfManager",
        /// The `ScheduledTaskManager`.
        scheduled_task_manager: Option<ManagedObjectReference> = "scheduledTaskManager",
        /// The `AlarmManager`.
        alarm_manager: Option<ManagedObjectReference> = "alarmManager",
        /// The `EventManager`.
        event_manager: Option<ManagedObjectReference> = "eventManager",
        /// Lists tasks.
        task_manager: Option<ManagedObjectReference> = "taskManager",
        /// Registered extensions.
        extension_manager: Option<ManagedObjectReference> = "extensionManager",
        /// The `CustomFieldsManager`.
        custom_fields_manager: Option<ManagedObjectReference> = "customFieldsManager",
        /// The `DiagnosticManager`.
        diagnostic_manager: Option<ManagedObjectReference> = "diagnosticManager",
        /// Licences.
        license_manager: Option<ManagedObjectReference> = "licenseManager",
        /// Finds by UUID or path.
        search_index: Option<ManagedObjectReference> = "searchIndex",
        /// Works on datastore files.
        file_manager: Option<ManagedObjectReference> = "fileManager",
        /// The `DatastoreNamespaceManager`.
        datastore_namespace_manager: Option<ManagedObjectReference> = "datastoreNamespaceManager",
        /// Works on disk files.
        virtual_disk_manager: Option<ManagedObjectReference> = "virtualDiskManager",
        /// The `OvfManager`.
        ovf_manager: Option<ManagedObjectReference> = "ovfManager",
        /// Storage DRS; vCenter only.
        storage_resource_manager: Option<ManagedObjectReference> = "storageResourceManager",
        /// The `GuestOperationsManager`.
        guest_operations_manager: Option<ManagedObjectReference> = "guestOperationsManager",
        /// The `CertificateManager`.
        certificate_manager: Option<ManagedObjectReference> = "certificateManager",
        /// The `VStorageObjectManagerBase`.
        v_storage_object_manager: Option<ManagedObjectReference> = "vStorageObjectManager",
        /// The `CryptoManager`.
        crypto_manager: Option<ManagedObjectReference> = "cryptoManager",
    }
}

impl ServiceContent {
    /// The well-known object that every conversation begins with.
    #[must_use]
    pub fn service_instance() -> ManagedObjectReference {
        ManagedObjectReference::new("ServiceInstance", "ServiceInstance")
    }
}

wire_struct! {
    /// Product and version of a server (`ServiceContent.about`).
    #[derive(Eq)]
    pub struct AboutInfo = "AboutInfo" {
        /// Short name, `VMware vCenter Server`.
        name: String = "name",
        /// Name with version and build, for people.
        full_name: String = "fullName",
        /// The maker.
        vendor: String = "vendor",
        /// Product version, `8.0.3`.
        version: String = "version",
        /// Patch level, since 7.0.2.
        patch_level: Option<String> = "patchLevel",
        /// Build number.
        build: String = "build",
        /// Version of the language pack.
        locale_version: Option<String> = "localeVersion",
        /// Build of the language pack.
        locale_build: Option<String> = "localeBuild",
        /// `linux-x64` for vCenter, `vmnix-x86` for ESXi.
        os_type: String = "osType",
        /// `vpx` for vCenter, `embeddedEsx` for ESXi.
        product_line_id: String = "productLineId",
        /// `VirtualCenter` or `HostAgent`.
        api_type: String = "apiType",
        /// Version of the API, `8.0.3.0`.
        api_version: String = "apiVersion",
        /// The vCenter's own UUID.
        instance_uuid: Option<String> = "instanceUuid",
        /// Product the licence is for.
        license_product_name: Option<String> = "licenseProductName",
        /// Version the licence is for.
        license_product_version: Option<String> = "licenseProductVersion",
    }
}

impl AboutInfo {
    /// Whether this is a vCenter, as opposed to a standalone ESXi host.
    #[must_use]
    pub fn is_vcenter(&self) -> bool {
        self.api_type == "VirtualCenter"
    }
}

/// A session (`UserSession`), as far as it matters here.
///
/// `key` is a secret in some versions, so `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct UserSession {
    /// The session's key.
    pub key: String,
    /// The account, as the server spells it.
    pub user_name: String,
    /// The account's full name.
    pub full_name: String,
    /// When it logged in.
    pub login_time: Option<Timestamp>,
    /// Language of the server's messages.
    pub locale: Option<String>,
}

impl std::fmt::Debug for UserSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserSession")
            .field("user_name", &self.user_name)
            .field("login_time", &self.login_time)
            .finish_non_exhaustive()
    }
}

impl Decode for UserSession {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut session = Self {
            key: String::new(),
            user_name: String::new(),
            full_name: String::new(),
            login_time: None,
            locale: None,
        };
        while let Some(child) = reader.next_child(start)? {
            match child.name() {
                "key" => session.key = Decode::decode(reader, &child)?,
                "userName" => session.user_name = Decode::decode(reader, &child)?,
                "fullName" => session.full_name = Decode::decode(reader, &child)?,
                "loginTime" => session.login_time = Decode::decode(reader, &child)?,
                "locale" => session.locale = Decode::decode(reader, &child)?,
                _ => {}
            }
        }
        Ok(session)
    }
}
