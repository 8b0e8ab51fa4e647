//! A report for tests, built by hand.

use esx_tools::exclusion::{ExclusionReport, Layer, LayerReport, LayerState, Protection};
use esx_tools::report::{
    Column, Made, Matrix, MountRow, MountState, Row, Sheet, Tally, TargetSheet, tasks,
};
use esx_tools::rules::{About, Finding, FixKind, Judgement, Severity, Verdict};
use esx_tools::site::TargetFacts;
use esx_tools::slots::SlotMap;
use esx_tools::{
    fact::Evidence,
    vm::{ControllerFacts, ControllerKind, DiskFacts},
};
use vsphere_client::vim::ManagedObjectReference;

pub(crate) fn finding(severity: Severity, object: &str, summary: &str) -> Finding {
    Finding {
        rule: "no-snapshots".to_owned(),
        severity,
        object: object.to_owned(),
        vm: None,
        summary: summary.to_owned(),
        portal_codes: Vec::new(),
        evidence: vec![Evidence::new("snapshots", "before-patches & more")],
        remedy: "Remove all snapshots.".to_owned(),
        fix: Some(FixKind::RemoveAllSnapshots),
    }
}

pub(crate) fn judgement(number: u8, verdict: Verdict, findings: Vec<Finding>) -> Judgement {
    let reason = matches!(verdict, Verdict::Unknown | Verdict::NotApplicable)
        .then(|| "no privilege <System.Read>".to_owned());
    Judgement {
        rule: format!("rule-{number}"),
        number,
        about: About::Target,
        severity: Severity::Blocker,
        title: "the master target has no snapshots".to_owned(),
        verdict,
        reason,
        gaps: Vec::new(),
        findings,
    }
}

/// One rule of every verdict, on a master target of this name and as many protected VMs.
pub(crate) fn sheet(name: &str, protected: usize) -> Sheet {
    let judgements = vec![
        judgement(
            1,
            Verdict::Broken,
            vec![finding(Severity::Blocker, name, "2 snapshots, 2 deep")],
        ),
        judgement(2, Verdict::Holds, Vec::new()),
        judgement(3, Verdict::Unknown, Vec::new()),
        judgement(4, Verdict::NotApplicable, Vec::new()),
        judgement(
            5,
            Verdict::Broken,
            vec![
                finding(Severity::Warning, "other", "anyone may move it"),
                finding(Severity::Info, name, "good to know"),
            ],
        ),
        judgement(
            6,
            Verdict::Broken,
            vec![finding(Severity::Info, name, "only good to know")],
        ),
    ];
    Sheet {
        ready: false,
        pairings: Vec::new(),
        targets: vec![target(name, protected, &judgements)],
        made: Made {
            server: "VMware vCenter Server 8.0.3".to_owned(),
            instance_uuid: None,
            account: Some("VSPHERE.LOCAL\\<b>admin</b>".to_owned()),
            gathered_at: jiff::Timestamp::UNIX_EPOCH,
        },
    }
}

fn target(name: &str, protected: usize, judgements: &[Judgement]) -> TargetSheet {
    let disks = vec![disk(0), disk(1)];
    let controllers = [ControllerFacts {
        disputed: Vec::new(),
        key: 1000,
        label: "SCSI controller 0".to_owned(),
        kind: ControllerKind::LsiLogic,
        bus: 0,
        devices: vec![2000, 2001],
        units: vec![0, 1],
    }];
    TargetSheet {
        target: TargetFacts::default(),
        name: name.to_owned(),
        about: vec![("Inventory path", format!("/DC/vm/{name}"))],
        ready: !judgements.iter().any(Judgement::blocks),
        tally: Tally::of(judgements),
        tasks: tasks(judgements),
        matrix: matrix(name, protected, judgements),
        slots: Ok(SlotMap::of(&controllers, &disks)),
        disks: Ok(disks),
        hosts: vec!["esx-01".to_owned()],
        datastores: Ok(vec![MountRow {
            name: "gold-01".to_owned(),
            kind: Some("VMFS".to_owned()),
            capacity_bytes: Some(100),
            free_bytes: Some(25),
            used_by: vec![name.to_owned()],
            hosts: vec![MountState::Unreachable(Some("AllPathsDown".to_owned()))],
        }]),
        exclusion: ExclusionReport {
            layers: vec![LayerReport {
                layer: Layer::MethodDisabled,
                object: None,
                object_name: name.to_owned(),
                state: LayerState::Absent,
                detail: "RelocateVM_Task is enabled".to_owned(),
                automation_on: None,
            }],
            protection: Protection::None,
        },
        work: None,
    }
}

fn matrix(name: &str, protected: usize, judgements: &[Judgement]) -> Matrix {
    use esx_tools::report::Cell;
    let column = |number: usize| Column {
        moref: ManagedObjectReference::new("VirtualMachine", format!("vm-{number}")),
        name: if number == 0 {
            name.to_owned()
        } else {
            format!("vm{number}")
        },
        is_master_target: number == 0,
    };
    Matrix {
        columns: (0..=protected).map(column).collect(),
        rows: judgements
            .iter()
            .map(|judgement| Row {
                rule: judgement.rule.clone(),
                number: judgement.number,
                title: judgement.title.clone(),
                cells: (0..=protected)
                    .map(|column| match column {
                        0 => Cell::of(judgement),
                        // One rule is about the protected VMs as well.
                        _ if judgement.number == 2 => Cell::Holds,
                        _ => Cell::Silent,
                    })
                    .collect(),
                reason: judgement.reason.clone(),
                findings: judgement
                    .findings
                    .iter()
                    .map(|one| (0, one.clone()))
                    .collect(),
            })
            .collect(),
    }
}

fn disk(unit: i32) -> DiskFacts {
    DiskFacts {
        key: 2000 + unit,
        label: format!("Hard disk {}", unit + 1),
        uuid: Some("6000c29".to_owned()),
        capacity_bytes: Some(40 << 30),
        controller_key: Some(1000),
        bus: Some(0),
        unit: Some(unit),
        backing: "VirtualDiskFlatVer2BackingInfo".to_owned(),
        path: Some(format!("[gold-01] mt/mt_{unit}.vmdk")),
        datastore: Some("gold-01".to_owned()),
        chain: Vec::new(),
        mode: Some("persistent".into()),
        on_scsi: true,
        multi_writer: false,
        encrypted: false,
    }
}
