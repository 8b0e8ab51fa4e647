//! The ledger: which disks were attached to a master target, and where they came from.
//!
//! It lives on the master target itself, one entry of `extraConfig` for each disk, written by the very
//! `ReconfigVM_Task` that attaches the disk. So act and record are one, no local file can be lost, and
//! a second operator sees it.
//!
//! ```
//! use esx_tools::ledger::Entry;
//!
//! let entry = Entry {
//!     uuid: "6000C293-5a1e-4c07-8d52-0f7b3c9e6a41".parse()?,
//!     vm_instance_uuid: "5012c7b2-1d2b-8a4f-3d2e-000000000001".into(),
//!     vm_name: "app 01".into(),
//!     device_key: 2001,
//!     slot: "0:1".parse().ok(),
//!     path: "[gold-01] app-01/app-01_1.vmdk".into(),
//! };
//! let (key, value) = entry.encode();
//! assert_eq!(key, "esxtool.disk.6000c2935a1e4c078d520f7b3c9e6a41");
//! assert_eq!(Entry::decode(&key, &value)?, entry);
//! # Ok::<(), esx_tools::ledger::LedgerError>(())
//! ```

mod codec;
mod uuid;

pub use codec::{Entry, KEY_PREFIX, Ledger, LedgerError, Unreadable};
pub use uuid::{DiskUuid, NotADiskUuid};
