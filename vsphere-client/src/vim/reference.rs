//! References to managed objects.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::soap::{Decode, DecodeError, Encode, Reader, Start, Typed, Writer};

/// Names an object on the server: `VirtualMachine:vm-42`.
///
/// It is valid for one server only; `value` is opaque.
///
/// ```
/// use vsphere_client::vim::ManagedObjectReference;
///
/// let vm = ManagedObjectReference::new("VirtualMachine", "vm-42");
/// assert_eq!(vm.to_string(), "VirtualMachine:vm-42");
/// assert_eq!("VirtualMachine:vm-42".parse(), Ok(vm));
/// ```
///
/// In JSON and the like it is this very text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ManagedObjectReference {
    /// The managed type, such as `VirtualMachine`. Common names cost no allocation.
    pub kind: Cow<'static, str>,
    /// The server's own id, such as `vm-42`, or on ESXi `1`.
    pub value: String,
}

impl ManagedObjectReference {
    /// A reference from its two parts.
    #[must_use]
    pub fn new(kind: &str, value: impl Into<String>) -> Self {
        Self {
            kind: intern(kind),
            value: value.into(),
        }
    }

    /// Whether it names an object of exactly this managed type.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

/// Known names are static, so that 10,000 references do not hold 10,000 copies.
fn intern(kind: &str) -> Cow<'static, str> {
    const KNOWN: [&str; 26] = [
        "VirtualMachine",
        "Datastore",
        "HostSystem",
        "ResourcePool",
        "Network",
        "Folder",
        "Task",
        "ClusterComputeResource",
        "ComputeResource",
        "Datacenter",
        "StoragePod",
        "VirtualMachineSnapshot",
        "DistributedVirtualPortgroup",
        "OpaqueNetwork",
        "VirtualApp",
        "ContainerView",
        "PropertyCollector",
        "PropertyFilter",
        "ServiceInstance",
        "SessionManager",
        "AuthorizationManager",
        "LicenseManager",
        "SearchIndex",
        "ViewManager",
        "HostDatastoreSystem",
        "EnvironmentBrowser",
    ];
    match KNOWN.iter().find(|known| **known == kind) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(kind.to_owned()),
    }
}

impl From<ManagedObjectReference> for String {
    fn from(reference: ManagedObjectReference) -> Self {
        reference.to_string()
    }
}

impl TryFrom<String> for ManagedObjectReference {
    type Error = ParseReferenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for ManagedObjectReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

/// The text is not of the form `Kind:value`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a reference looks like VirtualMachine:vm-42")]
pub struct ParseReferenceError;

impl std::str::FromStr for ManagedObjectReference {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((kind, value))
                if !value.is_empty()
                    && kind.starts_with(|c: char| c.is_ascii_uppercase())
                    && kind.chars().all(|c| c.is_ascii_alphanumeric()) =>
            {
                Ok(Self::new(kind, value))
            }
            _ => Err(ParseReferenceError),
        }
    }
}

impl Decode for ManagedObjectReference {
    #[inline]
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let kind = start.ref_type().ok_or(DecodeError::MissingField {
            owner: "ManagedObjectReference",
            field: "type",
        })?;
        Ok(Self {
            kind: intern(kind),
            value: reader.text(start)?.into_owned(),
        })
    }
}

impl Encode for ManagedObjectReference {
    fn encode(&self, writer: &mut Writer, name: &str) {
        writer.open(name);
        writer.attribute("type", &self.kind);
        writer.text(&self.value);
        writer.close();
    }
}

impl Typed for ManagedObjectReference {
    fn type_name(&self) -> &str {
        "ManagedObjectReference"
    }
}
