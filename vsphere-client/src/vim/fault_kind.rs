//! The faults that code decides on.

use super::ManagedObjectReference;
use crate::soap::{Decode, RawElement};

/// Which fault it is, with the properties that a decision needs.
///
/// A property that the server left out, or sent in an odd shape, is `None`: the fault stays what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// No session, or no longer. Extends `NoPermission` in the schema, so test for it first.
    NotAuthenticated,
    /// The account lacks a privilege on an object.
    NoPermission {
        /// The object in question.
        object: Option<ManagedObjectReference>,
        /// The privilege that is lacking, such as `VirtualMachine.Config.AddExistingDisk`.
        privilege_id: Option<String>,
    },
    /// User name or password refused.
    InvalidLogin,
    /// The account's password has run out. Extends `InvalidLogin`, so test for it first.
    PasswordExpired,
    /// No account or group of that name.
    UserNotFound {
        /// The name.
        principal: Option<String>,
    },
    /// The language asked for at login is unknown.
    InvalidLocale,
    /// The server or object cannot do this at all.
    NotSupported,
    /// The server knows the method and does not implement it.
    NotImplemented,
    /// The licence forbids it; a free ESXi answers every write so.
    RestrictedVersion,
    /// The licence lacks the feature.
    NotEnoughLicenses,
    /// Someone else changed the object since `changeVersion` was read.
    ConcurrentAccess,
    /// The VM is in the wrong power state.
    InvalidPowerState {
        /// The state that the call needs.
        requested: Option<String>,
        /// The state it is in.
        existing: Option<String>,
    },
    /// The object is in a state that forbids the call.
    InvalidState,
    /// Another task works on the object.
    TaskInProgress {
        /// That task.
        task: Option<ManagedObjectReference>,
    },
    /// A file is in use, as by a running VM.
    FileLocked {
        /// Its datastore path.
        file: Option<String>,
    },
    /// A file does not exist.
    FileNotFound {
        /// Its datastore path.
        file: Option<String>,
    },
    /// A file exists already.
    FileAlreadyExists {
        /// Its datastore path.
        file: Option<String>,
    },
    /// A file cannot be opened or written.
    CannotAccessFile {
        /// Its datastore path.
        file: Option<String>,
    },
    /// A datastore is full.
    NoDiskSpace {
        /// The datastore's name.
        datastore: Option<String>,
    },
    /// A datastore lacks the room.
    InsufficientStorageSpace,
    /// One device of a reconfigure is refused.
    InvalidDeviceSpec {
        /// The device's index in `deviceChange`.
        device_index: Option<i32>,
        /// The property at fault.
        property: Option<String>,
    },
    /// The configuration of a VM is refused.
    InvalidVmConfig {
        /// The property at fault.
        property: Option<String>,
    },
    /// An argument is refused.
    InvalidArgument {
        /// The property at fault.
        property: Option<String>,
    },
    /// A property path does not exist on that type.
    InvalidProperty {
        /// The path.
        name: Option<String>,
    },
    /// A type name does not exist on that server.
    InvalidType {
        /// The name.
        argument: Option<String>,
    },
    /// The object is gone.
    ManagedObjectNotFound {
        /// The object.
        object: Option<ManagedObjectReference>,
    },
    /// The `version` or token given to the property collector is unknown or too old.
    InvalidCollectorVersion,
    /// The call or task was cancelled.
    RequestCanceled,
    /// The method is disabled on the object.
    MethodDisabled {
        /// Who disabled it.
        source: Option<String>,
    },
    /// The name is taken.
    DuplicateName {
        /// The name.
        name: Option<String>,
        /// Who has it.
        object: Option<ManagedObjectReference>,
    },
    /// The thing exists already.
    AlreadyExists {
        /// Its name.
        name: Option<String>,
    },
    /// The thing named does not exist.
    NotFound,
    /// The request is no valid message in this version: an unknown method, a wrong order.
    InvalidRequest,
    /// It took too long on the server.
    Timedout,
    /// vCenter cannot reach the host.
    HostCommunication,
    /// The host is not connected.
    HostNotConnected,
    /// VMware Tools are needed and do not run.
    ToolsUnavailable,
    /// A snapshot cannot be made, removed or merged.
    SnapshotFault,
    /// The resource is in use.
    ResourceInUse,
    /// The fault is only a system error with a reason.
    SystemError {
        /// The server's reason.
        reason: Option<String>,
    },
    /// Any other fault; see its name.
    Other,
}

impl FaultKind {
    pub(super) fn from_raw(name: &str, raw: &RawElement) -> Self {
        let text = |field: &str| {
            raw.child_text(field)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
        };
        let reference = |field: &str| value::<ManagedObjectReference>(raw, field);
        match name {
            "NotAuthenticated" => Self::NotAuthenticated,
            "NoPermission" => Self::NoPermission {
                object: reference("object"),
                privilege_id: text("privilegeId").or_else(|| first_missing_privilege(raw)),
            },
            "InvalidLogin" => Self::InvalidLogin,
            "PasswordExpired" => Self::PasswordExpired,
            "UserNotFound" => Self::UserNotFound {
                principal: text("principal"),
            },
            "InvalidLocale" => Self::InvalidLocale,
            "NotSupported" | "DeviceNotSupported" | "HostAccessRestrictedToManagementServer" => {
                Self::NotSupported
            }
            "NotImplemented" => Self::NotImplemented,
            "RestrictedVersion" => Self::RestrictedVersion,
            "NotEnoughLicenses" => Self::NotEnoughLicenses,
            "ConcurrentAccess" => Self::ConcurrentAccess,
            "InvalidPowerState" => Self::InvalidPowerState {
                requested: text("requestedState"),
                existing: text("existingState"),
            },
            "InvalidState" | "InvalidHostState" | "InvalidDatastoreState" => Self::InvalidState,
            "TaskInProgress" | "VAppTaskInProgress" => Self::TaskInProgress {
                task: reference("task"),
            },
            "FileLocked" => Self::FileLocked { file: text("file") },
            "FileNotFound" => Self::FileNotFound { file: text("file") },
            "FileAlreadyExists" => Self::FileAlreadyExists { file: text("file") },
            "CannotAccessFile" | "CannotAccessVmDisk" | "FileNotWritable" | "CannotDeleteFile" => {
                Self::CannotAccessFile { file: text("file") }
            }
            "NoDiskSpace" => Self::NoDiskSpace {
                datastore: text("datastore"),
            },
            "InsufficientStorageSpace" | "InsufficientDisks" => Self::InsufficientStorageSpace,
            "InvalidDeviceSpec"
            | "InvalidDeviceBacking"
            | "InvalidDeviceOperation"
            | "InvalidController"
            | "MissingController"
            | "TooManyDevices" => Self::InvalidDeviceSpec {
                device_index: value(raw, "deviceIndex"),
                property: text("property"),
            },
            "InvalidVmConfig" => Self::InvalidVmConfig {
                property: text("property"),
            },
            "InvalidArgument" => Self::InvalidArgument {
                property: text("invalidProperty"),
            },
            "InvalidProperty" => Self::InvalidProperty { name: text("name") },
            "InvalidType" => Self::InvalidType {
                argument: text("argument"),
            },
            "ManagedObjectNotFound" => Self::ManagedObjectNotFound {
                object: reference("obj"),
            },
            "InvalidCollectorVersion" => Self::InvalidCollectorVersion,
            "RequestCanceled" => Self::RequestCanceled,
            "MethodDisabled" => Self::MethodDisabled {
                source: text("source"),
            },
            "DuplicateName" => Self::DuplicateName {
                name: text("name"),
                object: reference("object"),
            },
            "AlreadyExists" => Self::AlreadyExists { name: text("name") },
            "NotFound" => Self::NotFound,
            "InvalidRequest" | "MethodNotFound" => Self::InvalidRequest,
            "Timedout" => Self::Timedout,
            "HostCommunication" | "HostNotReachable" => Self::HostCommunication,
            "HostNotConnected" => Self::HostNotConnected,
            "ToolsUnavailable" => Self::ToolsUnavailable,
            "SnapshotFault"
            | "SnapshotDisabled"
            | "SnapshotLocked"
            | "SnapshotNoChange"
            | "SnapshotIncompatibleDeviceInVm"
            | "SnapshotCopyNotSupported"
            | "MultipleSnapshotsNotSupported" => Self::SnapshotFault,
            "ResourceInUse" => Self::ResourceInUse,
            "SystemError" => Self::SystemError {
                reason: text("reason"),
            },
            _ => Self::Other,
        }
    }
}

/// Since 7.0.3.2 servers list what is missing per entity, and may leave `privilegeId` out.
fn first_missing_privilege(raw: &RawElement) -> Option<String> {
    raw.child("missingPrivileges")?
        .child_text("privilegeIds")
        .map(str::to_owned)
}

fn value<T: Decode>(raw: &RawElement, field: &str) -> Option<T> {
    raw.child(field)?.decode_as().ok()
}
