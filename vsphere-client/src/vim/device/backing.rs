//! What stands behind a device.

use super::DiskBacking;
use crate::soap::{Decode, DecodeError, Encode, RawElement, Reader, Start, Writer};

/// The backing of a device (`VirtualDeviceBackingInfo`).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DeviceBacking {
    /// A disk's files.
    Disk(Box<DiskBacking>),
    /// Anything else, as it came: a network, an ISO image.
    Other(Box<RawElement>),
}

impl DeviceBacking {
    /// The wire type.
    #[must_use]
    pub fn type_name(&self) -> &str {
        match self {
            Self::Disk(backing) => backing.type_name(),
            Self::Other(raw) => raw.type_name.as_deref().unwrap_or_default(),
        }
    }
}

impl From<DiskBacking> for DeviceBacking {
    fn from(backing: DiskBacking) -> Self {
        Self::Disk(Box::new(backing))
    }
}

impl Decode for DeviceBacking {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        match start.xsi_type() {
            Some(name) if name.starts_with("VirtualDisk") => {
                Decode::decode(reader, start).map(Self::Disk)
            }
            _ => Decode::decode(reader, start).map(Self::Other),
        }
    }
}

impl Encode for DeviceBacking {
    fn encode(&self, writer: &mut Writer, name: &str) {
        match self {
            Self::Disk(backing) => backing.encode(writer, name),
            Self::Other(raw) => raw.encode(writer, name),
        }
    }
}
