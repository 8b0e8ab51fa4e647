//! The tables of the kinds.

use esx_tools::ops::inventory::{
    ControllerRow, DatastoreRow, DiskRow, HostRow, MountRow, VmRow, VmSnapshotRow,
};

use super::listed::{Listed, or_dash, size, truth};
use crate::output::{Column, age, count};
use crate::view::moment;

/// So many hosts are named; of more only the number is told, but in the wide table.
const NAMED: usize = 3;

impl Listed for HostRow {
    const NOUN: &'static str = "host";
    const COLUMNS: &'static [Column] = &[
        Column::text("HOST"),
        Column::text("CLUSTER"),
        Column::whole("STATE"),
        Column::number("VMS"),
        Column::number("DATASTORES"),
        Column::text("PRODUCT"),
    ];
    const WIDE: &'static [Column] = &[
        Column::whole("POWER"),
        Column::number("MEMORY"),
        Column::text("MODEL"),
        Column::whole("REFERENCE"),
        Column::text("PATH"),
    ];

    fn cells(&self, wide: bool) -> Vec<String> {
        let state = match self.in_maintenance_mode {
            Some(true) => "maintenance".to_owned(),
            _ => or_dash(self.connection_state.as_deref()),
        };
        let mut cells = vec![
            self.name.clone(),
            or_dash(self.cluster.as_deref()),
            state,
            self.vms.to_string(),
            self.datastores.to_string(),
            or_dash(self.product.as_deref()),
        ];
        if wide {
            cells.extend([
                or_dash(self.power_state.as_deref()),
                size(self.memory_bytes),
                or_dash(self.model.as_deref()),
                self.moref.value.clone(),
                or_dash(self.path.as_deref()),
            ]);
        }
        cells
    }
}

impl Listed for DatastoreRow {
    const NOUN: &'static str = "datastore";
    const COLUMNS: &'static [Column] = &[
        Column::text("DATASTORE"),
        Column::whole("TYPE"),
        Column::number("CAPACITY"),
        Column::number("FREE"),
        Column::text("MOUNTED BY"),
        Column::extra("POD"),
    ];
    const WIDE: &'static [Column] = &[
        Column::whole("REACHED"),
        Column::number("HOSTS"),
        Column::number("WRITABLE"),
        Column::whole("REFERENCE"),
        Column::text("PATH"),
    ];

    fn cells(&self, wide: bool) -> Vec<String> {
        let mut cells = vec![
            self.name.clone(),
            or_dash(self.kind.as_deref()),
            size(self.capacity_bytes),
            size(self.free_bytes),
            mounted_by(&self.mounts, if wide { usize::MAX } else { NAMED }),
            or_dash(self.pod.as_deref()),
        ];
        if wide {
            cells.extend([
                truth(self.accessible),
                self.hosts.to_string(),
                self.writable_hosts.to_string(),
                self.moref.value.clone(),
                or_dash(self.path.as_deref()),
            ]);
        }
        cells
    }
}

/// `esx-01, esx-02 read-write; esx-03 read-only`: hosts that mount it in the same way stand together.
fn mounted_by(mounts: &[MountRow], named: usize) -> String {
    let mut ways: Vec<(String, Vec<&str>)> = Vec::new();
    for mount in mounts {
        let how = mount.how();
        match ways.iter_mut().find(|(way, _)| *way == how) {
            Some((_, hosts)) => hosts.push(&mount.host),
            None => ways.push((how, vec![&mount.host])),
        }
    }
    if ways.is_empty() {
        return "no host".to_owned();
    }
    let ways: Vec<String> = ways
        .into_iter()
        .map(|(how, hosts)| {
            if hosts.len() > named {
                format!("{} {how}", count(hosts.len(), "host"))
            } else {
                format!("{} {how}", hosts.join(", "))
            }
        })
        .collect();
    ways.join("; ")
}

impl Listed for VmRow {
    const NOUN: &'static str = "VM";
    const COLUMNS: &'static [Column] = &[
        Column::text("VM"),
        Column::whole("REFERENCE"),
        Column::whole("STATE"),
        Column::number("CPUS"),
        Column::number("MEMORY"),
        Column::number("DISKS"),
        Column::text("HOST"),
        Column::extra("GUEST"),
    ];
    const WIDE: &'static [Column] = &[
        Column::whole("TOOLS"),
        Column::whole("INSTANCE UUID"),
        Column::text("PATH"),
    ];

    fn cells(&self, wide: bool) -> Vec<String> {
        let state = match (self.template, self.power_state.as_deref()) {
            (Some(true), _) => "template".to_owned(),
            (_, Some("poweredOn")) => "on".to_owned(),
            (_, Some("poweredOff")) => "off".to_owned(),
            (_, other) => or_dash(other),
        };
        let mut cells = vec![
            self.name.clone(),
            self.moref.value.clone(),
            state,
            or_dash(self.cpus),
            size(self.memory_mb.map(|mb| mb.saturating_mul(1024 * 1024))),
            or_dash(self.disks),
            or_dash(self.host.as_deref()),
            or_dash(self.guest_id.as_deref()),
        ];
        if wide {
            let tools = self.tools.as_deref();
            cells.extend([
                or_dash(tools.map(|word| word.strip_prefix("guestTools").unwrap_or(word))),
                or_dash(self.instance_uuid.as_deref()),
                or_dash(self.path.as_deref()),
            ]);
        }
        cells
    }
}

impl Listed for ControllerRow {
    const NOUN: &'static str = "controller";
    const COLUMNS: &'static [Column] = &[
        Column::text("VM"),
        Column::text("CONTROLLER"),
        Column::text("KIND"),
        Column::number("BUS"),
        Column::number("USED"),
        Column::number("FREE"),
    ];
    const WIDE: &'static [Column] = &[
        Column::text("UNITS USED"),
        Column::number("DEVICES"),
        Column::number("KEY"),
        Column::whole("REFERENCE"),
        Column::text("PATH"),
    ];

    fn cells(&self, wide: bool) -> Vec<String> {
        let mut cells = vec![
            self.vm_name.clone(),
            or_dash(self.label.as_deref()),
            or_dash(self.kind.as_ref().map(|kind| kind.label())),
            or_dash(self.bus),
            or_dash(self.used_slots),
            or_dash(self.free_slots),
        ];
        if wide {
            let units: Vec<String> = self.units.iter().map(ToString::to_string).collect();
            cells.extend([
                or_dash(Some(units.join(",")).filter(|units| !units.is_empty())),
                or_dash(self.devices),
                or_dash(self.key),
                self.vm.value.clone(),
                or_dash(self.path.as_deref()),
            ]);
        }
        cells
    }
}

impl Listed for DiskRow {
    const NOUN: &'static str = "disk";
    const COLUMNS: &'static [Column] = &[
        Column::text("VM"),
        Column::whole("DISK"),
        Column::number("SIZE"),
        Column::whole("SLOT"),
        Column::number("DELTAS"),
        Column::text("FILE"),
    ];
    const WIDE: &'static [Column] = &[
        Column::whole("PROVISIONING"),
        Column::whole("MODE"),
        Column::whole("UUID"),
        Column::text("CONTROLLER"),
        Column::number("KEY"),
        Column::whole("REFERENCE"),
        Column::text("PATH"),
    ];

    fn cells(&self, wide: bool) -> Vec<String> {
        let slot = self.bus.zip(self.unit);
        let mut cells = vec![
            self.vm_name.clone(),
            or_dash(self.label.as_deref()),
            size(self.capacity_bytes),
            or_dash(slot.map(|(bus, unit)| format!("{bus}:{unit}"))),
            or_dash(self.deltas),
            or_dash(self.file.as_deref()),
        ];
        if wide {
            cells.extend([
                or_dash(self.provisioning.as_deref()),
                or_dash(self.mode.as_deref()),
                or_dash(self.uuid.as_deref()),
                or_dash(self.controller.as_ref().map(|kind| kind.label())),
                or_dash(self.key),
                self.vm.value.clone(),
                or_dash(self.path.as_deref()),
            ]);
        }
        cells
    }
}

impl Listed for VmSnapshotRow {
    const NOUN: &'static str = "snapshot";
    const COLUMNS: &'static [Column] = &[
        Column::text("VM"),
        Column::text("SNAPSHOT"),
        Column::whole("TAKEN"),
        Column::number("AGE"),
        Column::number("SIZE"),
    ];
    const WIDE: &'static [Column] = &[
        Column::whole("REFERENCE"),
        Column::whole("CONSOLIDATION NEEDED"),
        Column::text("DESCRIPTION"),
        Column::text("PATH"),
    ];

    fn cells(&self, wide: bool) -> Vec<String> {
        // The tree shows by indent, with what no cell trims away.
        let branch = "- ".repeat(self.depth.map_or(0, |depth| depth.saturating_sub(1)));
        let here = if self.is_current == Some(true) {
            " (current)"
        } else {
            ""
        };
        let seconds = self.age_seconds.and_then(|age| u64::try_from(age).ok());
        let mut cells = vec![
            self.vm_name.clone(),
            format!("{branch}{}{here}", or_dash(self.name.as_deref())),
            or_dash(self.created.map(moment)),
            or_dash(seconds.map(age)),
            size(self.size_bytes),
        ];
        if wide {
            cells.extend([
                or_dash(self.moref.as_ref().map(|moref| moref.value.as_str())),
                truth(self.consolidation_needed),
                or_dash(self.description.as_deref().filter(|text| !text.is_empty())),
                or_dash(self.path.as_deref()),
            ]);
        }
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(host: &str, access: &str, accessible: bool) -> MountRow {
        MountRow {
            host: host.to_owned(),
            access: access.to_owned(),
            mounted: true,
            accessible,
            reason: (!accessible).then(|| "AllPathsDown_Start".to_owned()),
        }
    }

    #[test]
    fn hosts_that_mount_it_in_the_same_way_stand_together() {
        let mut mounts = vec![
            mount("esx-01", "read-write", true),
            mount("esx-02", "read-only", true),
            mount("esx-03", "read-write", true),
            mount("esx-04", "read-write", false),
        ];
        assert_eq!(
            mounted_by(&mounts, NAMED),
            "esx-01, esx-03 read-write; esx-02 read-only; esx-04 inaccessible (AllPathsDown_Start)"
        );
        mounts.extend(["esx-05", "esx-06"].map(|host| mount(host, "read-write", true)));
        assert!(mounted_by(&mounts, NAMED).starts_with("4 hosts read-write; "));
        assert!(
            mounted_by(&mounts, usize::MAX)
                .starts_with("esx-01, esx-03, esx-05, esx-06 read-write; ")
        );
        assert_eq!(mounted_by(&[], NAMED), "no host");
    }
}
