//! Files keep together what belongs together.

use super::*;

fn facts(parent: Option<&str>) -> DiskFacts {
    DiskFacts {
        uuid: "6000C29a-1111-2222-3333-444455556666".into(),
        content_id: "fffffffe".into(),
        capacity_kb: 1024,
        format: if parent.is_some() {
            DiskFormat::SeSparse
        } else {
            DiskFormat::Flat { thin: false }
        },
        parent: parent.map(str::to_owned),
        key_id: None,
    }
}

#[test]
fn a_disk_comes_and_goes_with_its_extent() {
    let mut files = FileTable::default();
    files.put_disk(
        "[ds1] vm/vm.vmdk",
        facts(None),
        1_048_576,
        Timestamp::UNIX_EPOCH,
    );
    assert_eq!(files.used_on("ds1"), 1_048_576 + 512);
    assert!(files.contains("[ds1] vm/vm-flat.vmdk"));
    files.remove("[ds1] vm/vm.vmdk");
    assert_eq!(files.used_on("ds1"), 0);
}

#[test]
fn renaming_a_parent_keeps_the_chain() {
    let mut files = FileTable::default();
    files.put_disk("[ds1] vm/vm.vmdk", facts(None), 100, Timestamp::UNIX_EPOCH);
    files.put_disk(
        "[ds1] vm/vm-000001.vmdk",
        facts(Some("[ds1] vm/vm.vmdk")),
        10,
        Timestamp::UNIX_EPOCH,
    );
    files.rename("[ds1] vm/vm.vmdk", "[ds2] vm/vm.vmdk");
    assert_eq!(
        files.chain("[ds1] vm/vm-000001.vmdk").last().unwrap(),
        "[ds2] vm/vm.vmdk"
    );
    assert_eq!(
        files.children("[ds2] vm/vm.vmdk"),
        ["[ds1] vm/vm-000001.vmdk"]
    );
    assert!(files.contains("[ds2] vm/vm-flat.vmdk"));
}

#[test]
fn paths_are_taken_apart() {
    assert_eq!(split_path("[ds 1] a/b.vmdk"), Some(("ds 1", "a/b.vmdk")));
    assert_eq!(folder_of("[ds 1] a/b.vmdk"), "[ds 1] a/");
    assert_eq!(folder_of("[ds 1] b.vmdk"), "[ds 1] ");
    assert_eq!(file_name("[ds 1] a/b.vmdk"), "b.vmdk");
    assert_eq!(split_path("no bracket"), None);
}

#[test]
fn datastores_with_a_common_prefix_are_told_apart() {
    let mut files = FileTable::default();
    files.put("[ds1] a", FileKind::Log, 5, Timestamp::UNIX_EPOCH);
    files.put("[ds10] a", FileKind::Log, 7, Timestamp::UNIX_EPOCH);
    assert_eq!(files.used_on("ds1"), 5);
}

#[test]
fn a_descriptor_without_its_bytes_is_not_whole() {
    let mut files = FileTable::default();
    let path = "[ds1] vm/vm.vmdk";
    files.put_disk(path, facts(None), 100, Timestamp::UNIX_EPOCH);
    assert_eq!(files.missing_part(path), None);
    files.lose_extent(path);
    assert!(files.contains(path));
    assert_eq!(
        files.missing_part(path).as_deref(),
        Some("[ds1] vm/vm-flat.vmdk")
    );
    assert_eq!(
        files.missing_part("[ds1] x.vmdk").as_deref(),
        Some("[ds1] x.vmdk")
    );
}

#[test]
fn a_datastore_may_have_brackets_in_its_name() {
    assert_eq!(
        split_path("[a b] d ] x/e.vmdk"),
        Some(("a b", "d ] x/e.vmdk"))
    );
    assert_eq!(
        split_path("[a[b]] d [x]/e.vmdk"),
        Some(("a[b]", "d [x]/e.vmdk"))
    );
    assert_eq!(split_path("[a[b]]"), Some(("a[b]", "")));
    assert_eq!(
        split_path("[a [b] 1] d [x] y/e.vmdk"),
        Some(("a [b] 1", "d [x] y/e.vmdk"))
    );
}
