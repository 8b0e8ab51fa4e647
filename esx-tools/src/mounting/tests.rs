use proptest::prelude::*;

use super::*;
use crate::{fact::Fact, site::sample};

const HOST: &str = "esx-01";

fn vmfs_with(mount: Option<MountFacts>) -> DatastoreFacts {
    let Fact::Known(datastores) = sample::ready().datastores else {
        panic!("the sample knows its datastores")
    };
    DatastoreFacts {
        mount: Fact::Known(mount),
        ..datastores[0].clone()
    }
}

fn share() -> NfsShare {
    NfsShare {
        server: "nas".into(),
        export: "/x".into(),
        servers: Vec::new(),
        version: Some("NFS".into()),
        security: None,
    }
}

fn nfs_with(mount: Option<MountFacts>) -> DatastoreFacts {
    DatastoreFacts {
        kind: Fact::Known(DatastoreKind::Nfs),
        volume: Some(VolumeFacts::Nfs(share())),
        ..vmfs_with(mount)
    }
}

fn mount(access: &str) -> MountFacts {
    MountFacts {
        access_mode: Some(access.into()),
        mounted: Some(true),
        accessible: Some(true),
        inaccessible_reason: None,
        network: None,
    }
}

fn user(powered_off: bool) -> DatastoreUser {
    DatastoreUser {
        name: "reader".into(),
        powered_off,
    }
}

fn refused(mounting: Mounting) -> Refusal {
    match mounting {
        Mounting::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn what_is_writable_is_left_alone() {
    for datastore in [
        vmfs_with(Some(mount("readWrite"))),
        nfs_with(Some(mount("readWrite"))),
    ] {
        for purpose in [Purpose::Failback, Purpose::Asked(&[user(false)])] {
            assert_eq!(mounting(&datastore, HOST, purpose), Mounting::Already);
        }
    }
}

#[test]
fn a_volume_is_looked_for_only_when_the_host_does_not_know_it() {
    let unmounted = MountFacts {
        mounted: Some(false),
        accessible: Some(false),
        ..mount("readWrite")
    };
    for (now, rescan) in [(None, true), (Some(unmounted), false)] {
        let by = MountAct::MountVmfs {
            uuid: "5f3b-01".into(),
            rescan,
        };
        let datastore = vmfs_with(now);
        assert_eq!(
            mounting(&datastore, HOST, Purpose::Failback),
            Mounting::By(by)
        );
    }
    let mut inside = vmfs_with(None);
    if let Some(VolumeFacts::Vmfs { local, .. }) = &mut inside.volume {
        *local = Some(true);
    }
    let refusal = refused(mounting(&inside, HOST, Purpose::Failback));
    assert!(
        refusal.reason.contains("inside another host"),
        "{refusal:?}"
    );
}

#[test]
fn read_only_is_fixed_only_when_asked_for_and_nothing_lies_on_it() {
    let (vmfs, nfs) = (
        vmfs_with(Some(mount("readOnly"))),
        nfs_with(Some(mount("readOnly"))),
    );
    for datastore in [&vmfs, &nfs] {
        refused(mounting(datastore, HOST, Purpose::Failback));
        for off in [true, false] {
            let refusal = refused(mounting(datastore, HOST, Purpose::Asked(&[user(off)])));
            assert_eq!(refusal.vms, ["reader"]);
        }
    }
    let by = |datastore| mounting(datastore, HOST, Purpose::Asked(&[]));
    assert!(matches!(
        by(&vmfs),
        Mounting::By(MountAct::RemountVmfs { .. })
    ));
    let Mounting::By(MountAct::RemountNfs { access, before, .. }) = by(&nfs) else {
        panic!("no remount")
    };
    assert_eq!(
        (access.as_str(), before.access_mode.as_deref()),
        ("readWrite", Some("readOnly"))
    );
}

#[test]
fn what_is_cut_off_or_unread_is_told() {
    let cut = MountFacts {
        accessible: Some(false),
        inaccessible_reason: Some("AllPathsDown_Timeout".into()),
        ..mount("readWrite")
    };
    for datastore in [vmfs_with(Some(cut.clone())), nfs_with(Some(cut))] {
        let refusal = refused(mounting(&datastore, HOST, Purpose::Asked(&[])));
        assert!(
            refusal.reason.contains("AllPathsDown_Timeout"),
            "{refusal:?}"
        );
    }
    let mut unread = vmfs_with(None);
    unread.mount = Fact::unknown("no privilege");
    assert!(refused(mounting(&unread, HOST, Purpose::Failback)).unread);
    let mut blank = vmfs_with(None);
    blank.volume = None;
    assert!(refused(mounting(&blank, HOST, Purpose::Failback)).unread);
}

fn any_mount() -> impl Strategy<Value = Option<MountFacts>> {
    let flag = || proptest::option::of(any::<bool>());
    let access = proptest::option::of(prop_oneof![Just("readWrite"), Just("readOnly")]);
    proptest::option::of(
        (access, flag(), flag()).prop_map(|(access, mounted, accessible)| MountFacts {
            access_mode: access.map(str::to_owned),
            mounted,
            accessible,
            ..mount("")
        }),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// `RemoveDatastore` deletes a VMFS volume: no state of a mount may lead there.
    #[test]
    fn no_vmfs_volume_is_ever_removed(now in any_mount(), used in any::<bool>(), asked in any::<bool>()) {
        let users: Vec<_> = used.then(|| user(true)).into_iter().collect();
        let purpose = if asked { Purpose::Asked(&users) } else { Purpose::Failback };
        let by = mounting(&vmfs_with(now), HOST, purpose);
        let kept = !matches!(by, Mounting::By(MountAct::UnmountNfs { .. } | MountAct::RemountNfs { .. }));
        prop_assert!(kept);
    }

    /// A mount that VMs lie on is never given up.
    #[test]
    fn nothing_is_taken_from_under_a_vm(now in any_mount(), share in any::<bool>(), off in any::<bool>()) {
        let datastore = if share { nfs_with(now) } else { vmfs_with(now) };
        let by = mounting(&datastore, HOST, Purpose::Asked(&[user(off)]));
        let kept = !matches!(by, Mounting::By(MountAct::RemountVmfs { .. } | MountAct::RemountNfs { .. }));
        prop_assert!(kept);
    }
}
