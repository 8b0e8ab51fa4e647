//! The service instance and what it points to, for vCenter and for a standalone host.

use crate::ids;
use crate::model::Builder;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The licence of a server or host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Licence {
    /// Everything allowed.
    Full,
    /// The free Hypervisor edition: the API only reads.
    Free,
}

/// What kind of server this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Personality {
    /// A vCenter Server of a version, such as `8.0.3`.
    VCenter {
        /// The product's version.
        version: String,
    },
    /// A host of its own.
    Esxi {
        /// The product's version.
        version: String,
        /// Its licence.
        licence: Licence,
    },
}

impl Personality {
    /// A vCenter Server.
    pub fn vcenter(version: &str) -> Self {
        Self::VCenter {
            version: version.to_owned(),
        }
    }

    /// A standalone host.
    pub fn esxi(version: &str, licence: Licence) -> Self {
        Self::Esxi {
            version: version.to_owned(),
            licence,
        }
    }

    /// The product's version.
    pub fn version(&self) -> &str {
        match self {
            Self::VCenter { version } | Self::Esxi { version, .. } => version,
        }
    }

    /// Whether this is a vCenter.
    pub fn is_vcenter(&self) -> bool {
        matches!(self, Self::VCenter { .. })
    }

    /// The `apiVersion` that servers of this version announce, with four numbers.
    pub fn api_version(&self) -> String {
        let mut parts: Vec<&str> = self.version().split('.').take(4).collect();
        // 6.7 announced plain "6.7" and "6.7.3"; four numbers came with 7.0.
        if parts.first() == Some(&"6") {
            return parts.join(".");
        }
        parts.resize(4, "0");
        parts.join(".")
    }
}

/// A service object: its property of the service content, its type, its names on both kinds of server.
const SERVICES: &[(&str, &str, Option<&str>, Option<&str>)] = &[
    (
        "rootFolder",
        "Folder",
        Some("group-d1"),
        Some("ha-folder-root"),
    ),
    (
        "propertyCollector",
        "PropertyCollector",
        Some("propertyCollector"),
        Some("ha-property-collector"),
    ),
    (
        "viewManager",
        "ViewManager",
        Some("ViewManager"),
        Some("ViewManager"),
    ),
    (
        "setting",
        "OptionManager",
        Some("VpxSettings"),
        Some("HostAgentSettings"),
    ),
    (
        "sessionManager",
        "SessionManager",
        Some("SessionManager"),
        Some("ha-sessionmgr"),
    ),
    (
        "authorizationManager",
        "AuthorizationManager",
        Some("AuthorizationManager"),
        Some("ha-authmgr"),
    ),
    (
        "eventManager",
        "EventManager",
        Some("EventManager"),
        Some("ha-eventmgr"),
    ),
    (
        "taskManager",
        "TaskManager",
        Some("TaskManager"),
        Some("ha-taskmgr"),
    ),
    (
        "extensionManager",
        "ExtensionManager",
        Some("ExtensionManager"),
        None,
    ),
    (
        "licenseManager",
        "LicenseManager",
        Some("LicenseManager"),
        Some("ha-license-manager"),
    ),
    (
        "searchIndex",
        "SearchIndex",
        Some("SearchIndex"),
        Some("ha-searchindex"),
    ),
    (
        "fileManager",
        "FileManager",
        Some("FileManager"),
        Some("ha-nfc-file-manager"),
    ),
    (
        "virtualDiskManager",
        "VirtualDiskManager",
        Some("virtualDiskManager"),
        Some("ha-vdiskmanager"),
    ),
    (
        "storageResourceManager",
        "StorageResourceManager",
        Some("StorageResourceManager"),
        None,
    ),
];

impl Builder<'_> {
    /// Makes the service instance and everything that its content names.
    pub(super) fn service(&mut self) {
        let vcenter = self.personality.is_vcenter();
        let mut content = Data::new("ServiceContent").with("about", self.about());
        for (property, kind, on_vcenter, on_host) in SERVICES {
            let name = if vcenter { on_vcenter } else { on_host };
            let Some(name) = name else { continue };
            let reference = MoRef::new(*kind, *name);
            content.set(property, &reference);
            let properties = self.manager_properties(kind);
            self.world.store.insert(reference, properties);
        }
        if vcenter {
            self.licence_assignments();
        }
        let capability = Data::new("Capability")
            .with("provisioningSupported", true)
            .with("multiHostSupported", vcenter)
            .with("userShellAccessSupported", !vcenter);
        let service = Data::new("ServiceInstance")
            .with("serverClock", self.world.clock.now())
            .with("capability", capability)
            .with("content", content);
        self.world.store.insert(World::service_instance(), service);
        self.install_accounts();
    }

    fn about(&self) -> Data {
        let vcenter = self.personality.is_vcenter();
        let version = self.personality.version();
        let name = if vcenter {
            "VMware vCenter Server"
        } else {
            "VMware ESXi"
        };
        let build = if vcenter { "24322831" } else { "24280767" };
        let instance = ids::plain_uuid("about instance");
        let about = Data::new("AboutInfo")
            .with("name", name)
            .with("fullName", format!("{name} {version} build-{build}"))
            .with("vendor", "VMware, Inc.")
            .with("version", version)
            .with("build", build)
            .with("localeVersion", "INTL")
            .with("localeBuild", "000")
            .with("osType", if vcenter { "linux-x64" } else { "vmnix-x86" })
            .with("productLineId", if vcenter { "vpx" } else { "embeddedEsx" })
            .with(
                "apiType",
                if vcenter {
                    "VirtualCenter"
                } else {
                    "HostAgent"
                },
            )
            .with("apiVersion", self.personality.api_version())
            .with("licenseProductName", "VMware VirtualCenter Server")
            .with(
                "licenseProductVersion",
                version.split('.').next().unwrap_or("8").to_owned() + ".0",
            );
        if vcenter {
            about.with("instanceUuid", instance)
        } else {
            about
        }
    }
}

/// Whether a world is a vCenter's, by what its service content says.
pub(crate) fn is_vcenter(world: &World) -> bool {
    let kind = world
        .store
        .value(&World::service_instance(), "content.about.apiType");
    kind.and_then(Value::as_str) == Some("VirtualCenter")
}

/// Whether the API may write: not so on a host with the free licence.
pub(crate) fn may_write(world: &World) -> bool {
    is_vcenter(world)
        || !world.store.exactly("LicenseManager").any(|manager| {
            crate::shape::parts(&manager.properties, "licenses")
                .any(|licence| licence.str("editionKey") == Some("esxBasic"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_announced_as_the_servers_do() {
        assert_eq!(Personality::vcenter("6.7.3").api_version(), "6.7.3");
        assert_eq!(Personality::vcenter("8.0.3").api_version(), "8.0.3.0");
        assert_eq!(Personality::vcenter("7.0").api_version(), "7.0.0.0");
    }
}
