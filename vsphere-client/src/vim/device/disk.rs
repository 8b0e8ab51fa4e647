//! What a disk adds to a device.

use crate::soap::{RawElement, wire_part};
use crate::wire_struct;

wire_part! {
    /// The properties of `VirtualDisk`; its files stand in the device's backing.
    pub struct VirtualDiskProps {
        /// Size in KiB.
        capacity_in_kb: i64 = "capacityInKB",
        /// Size in bytes.
        capacity_in_bytes: Option<i64> = "capacityInBytes",
        /// Share of disk bandwidth.
        shares: Option<SharesInfo> = "shares",
        /// Bounds on disk bandwidth.
        storage_io_allocation: Option<StorageIOAllocationInfo> = "storageIOAllocation",
        /// The server's id of the disk, `1-2000`.
        disk_object_id: Option<String> = "diskObjectId",
        /// Flash cache, as it came.
        v_flash_cache_config_info: Option<Box<RawElement>> = "vFlashCacheConfigInfo",
        /// Names of I/O filters.
        iofilter: Vec<String> = "iofilter",
        /// Id as a first-class disk, as it came.
        v_disk_id: Option<Box<RawElement>> = "vDiskId",
        /// Version of the disk's format, since 8.0.1.
        v_disk_version: Option<i32> = "vDiskVersion",
        /// The disk's format, since 9.0.
        virtual_disk_format: Option<String> = "virtualDiskFormat",
        /// Whether it is a linked clone that the storage made.
        native_unmanaged_linked_clone: Option<bool> = "nativeUnmanagedLinkedClone",
        /// Independent filters, as they came, since 7.0.2.1.
        independent_filters: Vec<RawElement> = "independentFilters",
        /// Whether the guest may only read, since 8.0.2.
        guest_read_only: Option<bool> = "guestReadOnly",
        /// Why the chain of deltas is broken, since 9.1.
        disk_chain_broken_issue: Option<String> = "diskChainBrokenIssue",
    }
}

impl VirtualDiskProps {
    /// Size in bytes, exact where the server gave it, else from the KiB.
    #[must_use]
    pub fn capacity(&self) -> i64 {
        self.capacity_in_bytes
            .filter(|bytes| *bytes > 0)
            .unwrap_or_else(|| self.capacity_in_kb.saturating_mul(1024))
    }
}

wire_struct! {
    /// A share of a resource.
    #[derive(Default, Eq)]
    pub struct SharesInfo = "SharesInfo" {
        /// The number of shares.
        shares: i32 = "shares",
        /// `low`, `normal`, `high` or `custom`.
        level: String = "level",
    }
}

wire_struct! {
    /// Bounds on disk bandwidth.
    #[derive(Default, Eq)]
    pub struct StorageIOAllocationInfo = "StorageIOAllocationInfo" {
        /// Operations per second at most; -1 is no limit.
        limit: Option<i64> = "limit",
        /// The share.
        shares: Option<SharesInfo> = "shares",
        /// Operations per second at least.
        reservation: Option<i32> = "reservation",
    }
}
