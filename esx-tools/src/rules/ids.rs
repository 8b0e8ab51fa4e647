//! The ids of the rules that plans and assignments name. The registry holds each of them, which a test sees to.

pub(crate) const DISK_ENABLE_UUID: &str = "disk-enable-uuid";
pub(crate) const NO_SNAPSHOTS: &str = "no-snapshots";
pub(crate) const STORAGE_VMOTION_EXCLUDED: &str = "storage-vmotion-excluded";
pub(crate) const DISK_SLOTS: &str = "disk-slots";
pub(crate) const DATASTORES_MOUNTED: &str = "protected-datastores-mounted";
pub(crate) const DATASTORES_NOT_NFS: &str = "protected-datastores-not-nfs";
pub(crate) const UNIQUE_UUIDS: &str = "unique-uuids";
pub(crate) const OS_FAMILY: &str = "same-os-family";
pub(crate) const GROUP_WHOLE: &str = "replication-group-whole";
pub(crate) const RETENTION_VOLUME: &str = "retention-volume";
pub(crate) const DISKS_AS_RECORDED: &str = "attached-disks-as-recorded";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::find;

    #[test]
    fn each_id_is_that_of_a_rule() {
        for id in [
            DISK_ENABLE_UUID,
            NO_SNAPSHOTS,
            STORAGE_VMOTION_EXCLUDED,
            DISK_SLOTS,
            DATASTORES_MOUNTED,
            DATASTORES_NOT_NFS,
            UNIQUE_UUIDS,
            OS_FAMILY,
            GROUP_WHOLE,
            RETENTION_VOLUME,
            DISKS_AS_RECORDED,
        ] {
            assert_eq!(find(id).map(|rule| rule.id()), Some(id));
        }
    }
}
