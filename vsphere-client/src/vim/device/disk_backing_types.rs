//! The properties of each family of disk files.

use crate::vim::ManagedObjectReference;
use crate::wire_struct;

wire_struct! {
    /// Names an encryption key.
    #[derive(Eq)]
    pub struct CryptoKeyId = "CryptoKeyId" {
        /// The key.
        key_id: String = "keyId",
        /// Who keeps it.
        provider_id: Option<KeyProviderId> = "providerId",
    }
}

wire_struct! {
    /// Names a key provider.
    #[derive(Eq)]
    pub struct KeyProviderId = "KeyProviderId" {
        /// The provider.
        id: String = "id",
    }
}

wire_struct! {
    /// A preallocated disk of an old product.
    #[derive(Eq)]
    pub struct VirtualDiskFlatVer1BackingInfo = "VirtualDiskFlatVer1BackingInfo" {
        /// `[datastore1] vm/vm.vmdk`; the mapping file for a raw device.
        file_name: String = "fileName",
        /// The datastore that holds the file.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The storage's own id of the file.
        backing_object_id: Option<String> = "backingObjectId",
        /// `persistent`, `independent_persistent` and others.
        disk_mode: String = "diskMode",
        /// Split into files of 2 GB.
        split: Option<bool> = "split",
        /// Writes pass the cache.
        write_through: Option<bool> = "writeThrough",
        /// Changes with every write session.
        content_id: Option<String> = "contentId",
        /// The disk that this one is a delta upon.
        parent: Option<Box<VirtualDiskFlatVer1BackingInfo>> = "parent",
    }
}

wire_struct! {
    /// A flat disk, thick or thin: the usual one.
    #[derive(Eq, Default)]
    pub struct VirtualDiskFlatVer2BackingInfo = "VirtualDiskFlatVer2BackingInfo" {
        /// `[datastore1] vm/vm.vmdk`; the mapping file for a raw device.
        file_name: String = "fileName",
        /// The datastore that holds the file.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The storage's own id of the file.
        backing_object_id: Option<String> = "backingObjectId",
        /// `persistent`, `independent_persistent` and others.
        disk_mode: String = "diskMode",
        /// Split into files of 2 GB.
        split: Option<bool> = "split",
        /// Writes pass the cache.
        write_through: Option<bool> = "writeThrough",
        /// Blocks are allocated when first written.
        thin_provisioned: Option<bool> = "thinProvisioned",
        /// All blocks were zeroed at creation.
        eagerly_scrub: Option<bool> = "eagerlyScrub",
        /// The disk's UUID.
        uuid: Option<String> = "uuid",
        /// Changes with every write session.
        content_id: Option<String> = "contentId",
        /// Id for changed block tracking.
        change_id: Option<String> = "changeId",
        /// The disk that this one is a delta upon.
        parent: Option<Box<VirtualDiskFlatVer2BackingInfo>> = "parent",
        /// Format of the delta.
        delta_disk_format: Option<String> = "deltaDiskFormat",
        /// Whether a digest is kept for caching.
        digest_enabled: Option<bool> = "digestEnabled",
        /// Grain of the delta in sectors.
        delta_grain_size: Option<i32> = "deltaGrainSize",
        /// Variant of the delta's format.
        delta_disk_format_variant: Option<String> = "deltaDiskFormatVariant",
        /// `sharingNone` or `sharingMultiWriter`.
        sharing: Option<String> = "sharing",
        /// The key that encrypts it.
        key_id: Option<Box<CryptoKeyId>> = "keyId",
    }
}

wire_struct! {
    /// A sparse disk of an old product.
    #[derive(Eq)]
    pub struct VirtualDiskSparseVer1BackingInfo = "VirtualDiskSparseVer1BackingInfo" {
        /// `[datastore1] vm/vm.vmdk`; the mapping file for a raw device.
        file_name: String = "fileName",
        /// The datastore that holds the file.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The storage's own id of the file.
        backing_object_id: Option<String> = "backingObjectId",
        /// `persistent`, `independent_persistent` and others.
        disk_mode: String = "diskMode",
        /// Split into files of 2 GB.
        split: Option<bool> = "split",
        /// Writes pass the cache.
        write_through: Option<bool> = "writeThrough",
        /// Space used in KiB.
        space_used_in_kb: Option<i64> = "spaceUsedInKB",
        /// Changes with every write session.
        content_id: Option<String> = "contentId",
        /// The disk that this one is a delta upon.
        parent: Option<Box<VirtualDiskSparseVer1BackingInfo>> = "parent",
    }
}

wire_struct! {
    /// A sparse disk of a hosted product, also reported for some deltas.
    #[derive(Eq)]
    pub struct VirtualDiskSparseVer2BackingInfo = "VirtualDiskSparseVer2BackingInfo" {
        /// `[datastore1] vm/vm.vmdk`; the mapping file for a raw device.
        file_name: String = "fileName",
        /// The datastore that holds the file.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The storage's own id of the file.
        backing_object_id: Option<String> = "backingObjectId",
        /// `persistent`, `independent_persistent` and others.
        disk_mode: String = "diskMode",
        /// Split into files of 2 GB.
        split: Option<bool> = "split",
        /// Writes pass the cache.
        write_through: Option<bool> = "writeThrough",
        /// Space used in KiB.
        space_used_in_kb: Option<i64> = "spaceUsedInKB",
        /// The disk's UUID.
        uuid: Option<String> = "uuid",
        /// Changes with every write session.
        content_id: Option<String> = "contentId",
        /// Id for changed block tracking.
        change_id: Option<String> = "changeId",
        /// The disk that this one is a delta upon.
        parent: Option<Box<VirtualDiskSparseVer2BackingInfo>> = "parent",
        /// The key that encrypts it.
        key_id: Option<Box<CryptoKeyId>> = "keyId",
    }
}

wire_struct! {
    /// A space-efficient sparse disk, the delta format of VMFS 6.
    #[derive(Eq)]
    pub struct VirtualDiskSeSparseBackingInfo = "VirtualDiskSeSparseBackingInfo" {
        /// `[datastore1] vm/vm.vmdk`; the mapping file for a raw device.
        file_name: String = "fileName",
        /// The datastore that holds the file.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The storage's own id of the file.
        backing_object_id: Option<String> = "backingObjectId",
        /// `persistent`, `independent_persistent` and others.
        disk_mode: String = "diskMode",
        /// Writes pass the cache.
        write_through: Option<bool> = "writeThrough",
        /// The disk's UUID.
        uuid: Option<String> = "uuid",
        /// Changes with every write session.
        content_id: Option<String> = "contentId",
        /// Id for changed block tracking.
        change_id: Option<String> = "changeId",
        /// The disk that this one is a delta upon.
        parent: Option<Box<VirtualDiskSeSparseBackingInfo>> = "parent",
        /// Format of the delta.
        delta_disk_format: Option<String> = "deltaDiskFormat",
        /// Whether a digest is kept for caching.
        digest_enabled: Option<bool> = "digestEnabled",
        /// Grain in sectors.
        grain_size: Option<i32> = "grainSize",
        /// The key that encrypts it.
        key_id: Option<Box<CryptoKeyId>> = "keyId",
    }
}

wire_struct! {
    /// A raw device mapping.
    #[derive(Eq)]
    pub struct VirtualDiskRawDiskMappingVer1BackingInfo = "VirtualDiskRawDiskMappingVer1BackingInfo" {
        /// `[datastore1] vm/vm.vmdk`; the mapping file for a raw device.
        file_name: String = "fileName",
        /// The datastore that holds the file.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The storage's own id of the file.
        backing_object_id: Option<String> = "backingObjectId",
        /// Id of the LUN.
        lun_uuid: Option<String> = "lunUuid",
        /// Name of the host's device.
        device_name: Option<String> = "deviceName",
        /// `virtualMode` or `physicalMode`.
        compatibility_mode: Option<String> = "compatibilityMode",
        /// `persistent`, `independent_persistent` and others.
        disk_mode: Option<String> = "diskMode",
        /// The disk's UUID.
        uuid: Option<String> = "uuid",
        /// Changes with every write session.
        content_id: Option<String> = "contentId",
        /// Id for changed block tracking.
        change_id: Option<String> = "changeId",
        /// The disk that this one is a delta upon.
        parent: Option<Box<VirtualDiskRawDiskMappingVer1BackingInfo>> = "parent",
        /// Format of the delta.
        delta_disk_format: Option<String> = "deltaDiskFormat",
        /// Grain of the delta in sectors.
        delta_grain_size: Option<i32> = "deltaGrainSize",
        /// `sharingNone` or `sharingMultiWriter`.
        sharing: Option<String> = "sharing",
    }
}

wire_struct! {
    /// A raw device of a hosted product.
    #[derive(Eq)]
    pub struct VirtualDiskRawDiskVer2BackingInfo = "VirtualDiskRawDiskVer2BackingInfo" {
        /// Name of the host's device.
        device_name: String = "deviceName",
        /// Whether the host picks the device.
        use_auto_detect: Option<bool> = "useAutoDetect",
        /// The descriptor file.
        descriptor_file_name: String = "descriptorFileName",
        /// The disk's UUID.
        uuid: Option<String> = "uuid",
        /// Id for changed block tracking.
        change_id: Option<String> = "changeId",
        /// `sharingNone` or `sharingMultiWriter`.
        sharing: Option<String> = "sharing",
    }
}

wire_struct! {
    /// A disk in the host's persistent memory.
    #[derive(Eq)]
    pub struct VirtualDiskLocalPMemBackingInfo = "VirtualDiskLocalPMemBackingInfo" {
        /// `[datastore1] vm/vm.vmdk`; the mapping file for a raw device.
        file_name: String = "fileName",
        /// The datastore that holds the file.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The storage's own id of the file.
        backing_object_id: Option<String> = "backingObjectId",
        /// `persistent`, `independent_persistent` and others.
        disk_mode: String = "diskMode",
        /// The disk's UUID.
        uuid: Option<String> = "uuid",
        /// UUID of the persistent memory volume.
        volume_uuid: Option<String> = "volumeUUID",
        /// Changes with every write session.
        content_id: Option<String> = "contentId",
    }
}
