//! What lists say of each object.

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::vim::ManagedObjectReference;

/// An enumeration of the REST API, which keeps values that this crate does not know.
macro_rules! rest_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $wire:literal),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that this crate does not know.
            Other(String),
        }

        impl $name {
            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($wire => Self::$variant,)*
                    _ => Self::Other(text),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(from).map(Self::from)
            }
        }
    };
}
pub(super) use rest_enum;

rest_enum! {
    /// Whether a VM runs.
    pub enum PowerState {
        /// It runs.
        PoweredOn = "POWERED_ON",
        /// It does not.
        PoweredOff = "POWERED_OFF",
        /// It is suspended.
        Suspended = "SUSPENDED",
    }
}

rest_enum! {
    /// Whether vCenter reaches a host.
    pub enum HostConnectionState {
        /// It does.
        Connected = "CONNECTED",
        /// Somebody disconnected it.
        Disconnected = "DISCONNECTED",
        /// The host does not answer.
        NotResponding = "NOT_RESPONDING",
    }
}

rest_enum! {
    /// What a datastore lies on.
    pub enum DatastoreKind {
        /// VMFS.
        Vmfs = "VMFS",
        /// NFS version 3.
        Nfs = "NFS",
        /// NFS version 4.1.
        Nfs41 = "NFS41",
        /// CIFS.
        Cifs = "CIFS",
        /// vSAN.
        Vsan = "VSAN",
        /// Flash read cache.
        Vffs = "VFFS",
        /// Virtual volumes.
        Vvol = "VVOL",
    }
}

rest_enum! {
    /// What a folder holds.
    pub enum FolderKind {
        /// Datacenters.
        Datacenter = "DATACENTER",
        /// Datastores.
        Datastore = "DATASTORE",
        /// Hosts and clusters.
        Host = "HOST",
        /// Networks.
        Network = "NETWORK",
        /// VMs.
        VirtualMachine = "VIRTUAL_MACHINE",
    }
}

/// A VM in a list. Templates are not listed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct VmSummary {
    /// The VM, as SOAP calls take it.
    #[serde(rename = "vm", deserialize_with = "vm")]
    pub reference: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Whether it runs.
    pub power_state: PowerState,
    /// Its processors, where the server tells.
    pub cpu_count: Option<u32>,
    /// Its memory in MiB, where the server tells.
    #[serde(rename = "memory_size_MiB")]
    pub memory_mib: Option<u64>,
}

/// A host in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HostSummary {
    /// The host, as SOAP calls take it.
    #[serde(rename = "host", deserialize_with = "host")]
    pub reference: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Whether vCenter reaches it.
    pub connection_state: HostConnectionState,
    /// Whether it runs; vCenter knows only while it reaches it.
    pub power_state: Option<PowerState>,
}

/// A datastore in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DatastoreSummary {
    /// The datastore, as SOAP calls take it.
    #[serde(rename = "datastore", deserialize_with = "datastore")]
    pub reference: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// What it lies on.
    #[serde(rename = "type")]
    pub kind: DatastoreKind,
    /// Its size in bytes, where the server tells.
    pub capacity: Option<u64>,
    /// What is free of it in bytes, where the server tells.
    pub free_space: Option<u64>,
}

/// A datacenter in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DatacenterSummary {
    /// The datacenter, as SOAP calls take it.
    #[serde(rename = "datacenter", deserialize_with = "datacenter")]
    pub reference: ManagedObjectReference,
    /// Its name.
    pub name: String,
}

/// A folder in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FolderSummary {
    /// The folder, as SOAP calls take it.
    #[serde(rename = "folder", deserialize_with = "folder")]
    pub reference: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FolderKind,
}

/// The REST API names an object by its identifier alone; SOAP wants the type with it.
macro_rules! references {
    ($($function:ident => $kind:literal),* $(,)?) => {
        $(fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<ManagedObjectReference, D::Error> {
            Ok(ManagedObjectReference::new($kind, String::deserialize(from)?))
        })*
    };
}

references! {
    vm => "VirtualMachine",
    host => "HostSystem",
    datastore => "Datastore",
    datacenter => "Datacenter",
    folder => "Folder",
}
