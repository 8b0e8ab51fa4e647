//! The families of disk files.

use super::disk_backing_types::{
    VirtualDiskFlatVer1BackingInfo, VirtualDiskFlatVer2BackingInfo,
    VirtualDiskLocalPMemBackingInfo, VirtualDiskRawDiskMappingVer1BackingInfo,
    VirtualDiskRawDiskVer2BackingInfo, VirtualDiskSeSparseBackingInfo,
    VirtualDiskSparseVer1BackingInfo, VirtualDiskSparseVer2BackingInfo,
};
use crate::soap::{Decode, DecodeError, Encode, RawElement, Reader, Start, Typed, Writer};
use crate::vim::ManagedObjectReference;

/// The files of a disk, by family. Deltas point to their parent, which is of the same family.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiskBacking {
    /// `VirtualDiskFlatVer1BackingInfo`.
    FlatVer1(VirtualDiskFlatVer1BackingInfo),
    /// `VirtualDiskFlatVer2BackingInfo`, the usual one.
    FlatVer2(VirtualDiskFlatVer2BackingInfo),
    /// `VirtualDiskSparseVer1BackingInfo`.
    SparseVer1(VirtualDiskSparseVer1BackingInfo),
    /// `VirtualDiskSparseVer2BackingInfo`.
    SparseVer2(VirtualDiskSparseVer2BackingInfo),
    /// `VirtualDiskSeSparseBackingInfo`.
    SeSparse(VirtualDiskSeSparseBackingInfo),
    /// `VirtualDiskRawDiskMappingVer1BackingInfo`.
    RawDiskMapping(VirtualDiskRawDiskMappingVer1BackingInfo),
    /// `VirtualDiskRawDiskVer2BackingInfo`.
    RawDisk(VirtualDiskRawDiskVer2BackingInfo),
    /// `VirtualDiskLocalPMemBackingInfo`.
    LocalPMem(VirtualDiskLocalPMemBackingInfo),
    /// A family that nobody here knows, as it came.
    Other(RawElement),
}

/// Asks the same of each family that has deltas.
macro_rules! delta_families {
    ($backing:expr, $known:ident => $answer:expr, else $other:expr) => {
        match $backing {
            DiskBacking::FlatVer1($known) => $answer,
            DiskBacking::FlatVer2($known) => $answer,
            DiskBacking::SparseVer1($known) => $answer,
            DiskBacking::SparseVer2($known) => $answer,
            DiskBacking::SeSparse($known) => $answer,
            DiskBacking::RawDiskMapping($known) => $answer,
            _ => $other,
        }
    };
}

impl DiskBacking {
    /// The wire type.
    #[must_use]
    pub fn type_name(&self) -> &str {
        match self {
            Self::RawDisk(known) => known.type_name(),
            Self::LocalPMem(known) => known.type_name(),
            Self::Other(raw) => raw.type_name.as_deref().unwrap_or_default(),
            family => delta_families!(family, known => known.type_name(), else ""),
        }
    }

    /// `[datastore1] vm/vm.vmdk`; the descriptor file of a raw disk.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        match self {
            Self::RawDisk(known) => Some(&known.descriptor_file_name),
            Self::LocalPMem(known) => Some(&known.file_name),
            Self::Other(raw) => raw.child_text("fileName"),
            family => delta_families!(family, known => Some(&known.file_name), else None),
        }
    }

    /// The datastore that holds the topmost file.
    #[must_use]
    pub fn datastore(&self) -> Option<&ManagedObjectReference> {
        match self {
            Self::LocalPMem(known) => known.datastore.as_ref(),
            family => delta_families!(family, known => known.datastore.as_ref(), else None),
        }
    }

    /// The disk's UUID as the server spells it.
    #[must_use]
    pub fn uuid(&self) -> Option<&str> {
        match self {
            Self::FlatVer2(known) => known.uuid.as_deref(),
            Self::SparseVer2(known) => known.uuid.as_deref(),
            Self::SeSparse(known) => known.uuid.as_deref(),
            Self::RawDiskMapping(known) => known.uuid.as_deref(),
            Self::RawDisk(known) => known.uuid.as_deref(),
            Self::LocalPMem(known) => known.uuid.as_deref(),
            Self::Other(raw) => raw.child_text("uuid"),
            Self::FlatVer1(_) | Self::SparseVer1(_) => None,
        }
    }

    /// The mode, such as `persistent`.
    #[must_use]
    pub fn disk_mode(&self) -> Option<&str> {
        match self {
            Self::FlatVer1(known) => Some(&known.disk_mode),
            Self::FlatVer2(known) => Some(&known.disk_mode),
            Self::SparseVer1(known) => Some(&known.disk_mode),
            Self::SparseVer2(known) => Some(&known.disk_mode),
            Self::SeSparse(known) => Some(&known.disk_mode),
            Self::RawDiskMapping(known) => known.disk_mode.as_deref(),
            Self::LocalPMem(known) => Some(&known.disk_mode),
            Self::Other(raw) => raw.child_text("diskMode"),
            Self::RawDisk(_) => None,
        }
    }

    /// Whether several VMs may write to it at once.
    #[must_use]
    pub fn is_multi_writer(&self) -> bool {
        let sharing = match self {
            Self::FlatVer2(known) => known.sharing.as_deref(),
            Self::RawDiskMapping(known) => known.sharing.as_deref(),
            Self::RawDisk(known) => known.sharing.as_deref(),
            Self::Other(raw) => raw.child_text("sharing"),
            _ => None,
        };
        sharing == Some("sharingMultiWriter")
    }

    /// Whether the disk is encrypted (`keyId`).
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        match self {
            Self::FlatVer2(known) => known.key_id.is_some(),
            Self::SparseVer2(known) => known.key_id.is_some(),
            Self::SeSparse(known) => known.key_id.is_some(),
            Self::Other(raw) => raw.child("keyId").is_some(),
            _ => false,
        }
    }

    /// Whether the disk is a delta upon another one.
    #[must_use]
    pub fn has_parent(&self) -> bool {
        match self {
            Self::Other(raw) => raw.child("parent").is_some(),
            family => delta_families!(family, known => known.parent.is_some(), else false),
        }
    }

    /// The file names from the topmost delta down to the base disk.
    #[must_use]
    pub fn chain(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.file_name().into_iter().collect();
        if let Self::Other(raw) = self {
            let mut at = raw;
            while let Some(parent) = at.child("parent") {
                files.extend(parent.child_text("fileName"));
                at = parent;
            }
            return files;
        }
        delta_families!(self, known => {
            let mut at = known;
            while let Some(parent) = &at.parent {
                files.push(&parent.file_name);
                at = parent;
            }
        }, else ());
        files
    }
}

impl Decode for DiskBacking {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        Ok(match start.xsi_type().unwrap_or_default() {
            "VirtualDiskFlatVer1BackingInfo" => Self::FlatVer1(Decode::decode(reader, start)?),
            "VirtualDiskFlatVer2BackingInfo" => Self::FlatVer2(Decode::decode(reader, start)?),
            "VirtualDiskSparseVer1BackingInfo" => Self::SparseVer1(Decode::decode(reader, start)?),
            "VirtualDiskSparseVer2BackingInfo" => Self::SparseVer2(Decode::decode(reader, start)?),
            "VirtualDiskSeSparseBackingInfo" => Self::SeSparse(Decode::decode(reader, start)?),
            "VirtualDiskRawDiskMappingVer1BackingInfo" => {
                Self::RawDiskMapping(Decode::decode(reader, start)?)
            }
            "VirtualDiskRawDiskVer2BackingInfo" => Self::RawDisk(Decode::decode(reader, start)?),
            "VirtualDiskLocalPMemBackingInfo" => Self::LocalPMem(Decode::decode(reader, start)?),
            _ => Self::Other(reader.raw(start)?),
        })
    }
}

impl Encode for DiskBacking {
    fn encode(&self, writer: &mut Writer, name: &str) {
        match self {
            Self::RawDisk(known) => known.encode_typed(writer, name),
            Self::LocalPMem(known) => known.encode_typed(writer, name),
            Self::Other(raw) => raw.encode(writer, name),
            family => delta_families!(family, known => known.encode_typed(writer, name), else ()),
        }
    }
}
