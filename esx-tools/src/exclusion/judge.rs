//! Which layers hold, by what was seen; pure.

use super::{
    Layer, LayerReport, LayerState, Protection, RELOCATE_METHOD, SOURCE_ID,
    layer::ExclusionReport,
    record::{EXCLUSION_RECORD_KEY, ExclusionRecord},
};
use crate::{
    fact::Fact,
    site::{Facts, OverrideFacts},
    vm::Vm,
};

/// Judges the layers from facts; pure.
pub fn exclusion(facts: &Facts) -> ExclusionReport {
    let mut layers = vec![method_layer(facts)];
    layers.extend(pod_layers(facts));
    layers.push(cluster_layer(facts));
    let protection = sum(&layers);
    ExclusionReport { layers, protection }
}

fn report(layer: Layer, name: &str, state: LayerState, detail: impl Into<String>) -> LayerReport {
    LayerReport {
        layer,
        object: None,
        object_name: name.to_owned(),
        state,
        detail: detail.into(),
        automation_on: None,
    }
}

fn method_layer(facts: &Facts) -> LayerReport {
    let vm = &facts.master_target;
    let layer = Layer::MethodDisabled;
    let mut report = if facts.server.is_vcenter {
        match vm.disabled_methods.get() {
            Ok(methods) if methods.iter().any(|method| method == RELOCATE_METHOD) => {
                let (state, detail) = who_disabled(vm);
                report(layer, &vm.name, state, detail)
            }
            Ok(_) => report(
                layer,
                &vm.name,
                LayerState::Absent,
                format!("{RELOCATE_METHOD} is enabled"),
            ),
            Err(reason) => report(layer, &vm.name, LayerState::Unknown, reason),
        }
    } else {
        match facts.host.get() {
            Ok(host) => match &host.managed_by {
                Some(address) => report(
                    layer,
                    &vm.name,
                    LayerState::Unknown,
                    format!(
                        "the host is managed by the vCenter at {address}, which can move the disks: ask that one"
                    ),
                ),
                None => report(
                    layer,
                    &vm.name,
                    LayerState::NotApplicable,
                    "a host without vCenter has no Storage vMotion",
                ),
            },
            Err(reason) => report(layer, &vm.name, LayerState::Unknown, reason),
        }
    };
    report.object = Some(vm.moref.clone());
    report
}

/// The server tells which methods are disabled, and neither by whom nor why: only the record of esxtool tells that it
/// was esxtool.
fn who_disabled(vm: &Vm) -> (LayerState, String) {
    if ExclusionRecord::of(vm).has_method(&vm.moref) {
        return (
            LayerState::Holds,
            format!("{RELOCATE_METHOD} is disabled by {SOURCE_ID}"),
        );
    }
    let who = match (&vm.extra_config, vm.connection_state.as_deref()) {
        (_, Some(state)) if state != "connected" => {
            format!("the server disables methods of a VM that is {state}")
        }
        _ if vm.template == Some(true) => "the server disables it on a template".to_owned(),
        (Fact::Unknown { reason }, _) => format!("by whom cannot be read: {reason}"),
        _ if vm.filled_setting(EXCLUSION_RECORD_KEY).is_some() => {
            format!("the record of {SOURCE_ID} on the VM does not say that {SOURCE_ID} did it")
        }
        _ => "by another product, or by the server for the state of the VM".to_owned(),
    };
    let detail = format!("{RELOCATE_METHOD} is disabled, which can end at any time: {who}");
    (LayerState::ForNow, detail)
}

fn pod_layers(facts: &Facts) -> Vec<LayerReport> {
    let layer = Layer::StorageDrsOverride;
    let pods = match facts.pods.get() {
        Ok(pods) => pods,
        Err(reason) => return vec![report(layer, "storage pods", LayerState::Unknown, reason)],
    };
    if pods.is_empty() {
        return vec![report(
            layer,
            "no storage pod",
            LayerState::NotApplicable,
            "no disk is in a storage pod",
        )];
    }
    pods.iter()
        .map(|pod| LayerReport {
            object: Some(pod.moref.clone()),
            automation_on: pod.storage_drs_enabled.known().copied(),
            ..override_layer(
                layer,
                "Storage DRS",
                &pod.name,
                &pod.storage_drs_override,
                pod.storage_drs_enabled.known().copied(),
            )
        })
        .collect()
}

fn cluster_layer(facts: &Facts) -> LayerReport {
    let layer = Layer::DrsOverride;
    match facts.cluster.get() {
        Ok(None) => report(
            layer,
            "no cluster",
            LayerState::NotApplicable,
            "the host is in no cluster",
        ),
        Ok(Some(cluster)) => LayerReport {
            object: Some(cluster.moref.clone()),
            automation_on: cluster.drs_enabled,
            ..override_layer(
                layer,
                "DRS",
                &cluster.name,
                &cluster.drs_override,
                cluster.drs_enabled,
            )
        },
        Err(reason) => report(layer, "cluster", LayerState::Unknown, reason),
    }
}

fn override_layer(
    layer: Layer,
    what: &str,
    name: &str,
    entry: &Fact<Option<OverrideFacts>>,
    automation_on: Option<bool>,
) -> LayerReport {
    match entry.get() {
        Ok(Some(entry)) if entry.excludes() => report(
            layer,
            name,
            LayerState::Holds,
            format!("{what} is disabled for this VM"),
        ),
        Ok(_) if automation_on == Some(false) => report(
            layer,
            name,
            LayerState::Absent,
            format!("{what} is off for all, but nothing keeps this VM out once it is switched on"),
        ),
        Ok(Some(_)) => report(
            layer,
            name,
            LayerState::Absent,
            format!("{what} has an entry for it that does not disable it"),
        ),
        Ok(None) => report(
            layer,
            name,
            LayerState::Absent,
            format!("{what} has no entry for it"),
        ),
        Err(reason) => report(layer, name, LayerState::Unknown, reason),
    }
}

fn sum(layers: &[LayerReport]) -> Protection {
    let of = |state: LayerState| layers.iter().filter(move |layer| layer.state == state);
    let method = layers
        .iter()
        .find(|layer| layer.layer == Layer::MethodDisabled)
        .map(|layer| &layer.state);
    match method {
        Some(LayerState::NotApplicable) => return Protection::NotApplicable,
        Some(LayerState::Unknown) | None => return Protection::Unknown,
        Some(LayerState::ForNow) => return Protection::ForNow,
        Some(LayerState::Holds)
            if of(LayerState::Absent).count() + of(LayerState::Unknown).count() == 0 =>
        {
            return Protection::Full;
        }
        Some(LayerState::Holds) => return Protection::Enforced,
        Some(LayerState::Absent) => {}
    }
    // Storage DRS that is on and has no entry for the VM moves it without asking anyone,
    // so the entry of another pod or of the cluster does not help.
    let moves_by_itself = of(LayerState::Absent).any(|layer| {
        layer.layer == Layer::StorageDrsOverride && layer.automation_on != Some(false)
    });
    if moves_by_itself {
        Protection::None
    } else if of(LayerState::Holds).next().is_some() {
        Protection::Advisory
    } else if of(LayerState::Unknown).next().is_some() {
        Protection::Unknown
    } else {
        Protection::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sample;

    fn states(facts: &Facts) -> Vec<(Layer, LayerState)> {
        exclusion(facts)
            .layers
            .into_iter()
            .map(|layer| (layer.layer, layer.state))
            .collect()
    }

    #[test]
    fn a_ready_vm_is_held_by_all_three() {
        let report = exclusion(&sample::ready());
        assert!(
            report
                .layers
                .iter()
                .all(|layer| layer.state == LayerState::Holds),
            "{report:?}"
        );
        assert_eq!(report.layers.len(), 3);
        assert_eq!(report.protection, Protection::Full);
    }

    #[test]
    fn each_pod_is_judged_alone() {
        let mut facts = sample::ready();
        facts.master_target.disabled_methods = Fact::Known(vec![]);
        if let Fact::Known(pods) = &mut facts.pods {
            let mut second = pods[0].clone();
            second.storage_drs_override = Fact::Known(None);
            pods.push(second);
        }
        assert_eq!(
            states(&facts),
            [
                (Layer::MethodDisabled, LayerState::Absent),
                (Layer::StorageDrsOverride, LayerState::Holds),
                (Layer::StorageDrsOverride, LayerState::Absent),
                (Layer::DrsOverride, LayerState::Holds),
            ]
        );
        assert_eq!(exclusion(&facts).protection, Protection::None);
    }

    #[test]
    fn a_method_that_others_disabled_holds_for_now_only() {
        let without_record = |state: &str, template: bool| {
            let mut facts = sample::ready();
            let vm = &mut facts.master_target;
            vm.extra_config = Fact::Known(vec![]);
            vm.connection_state = Some(state.into());
            vm.template = Some(template);
            exclusion(&facts)
        };
        for (state, template, said) in [
            ("connected", false, "by another product"),
            ("disconnected", false, "a VM that is disconnected"),
            ("connected", true, "on a template"),
        ] {
            let report = without_record(state, template);
            assert_eq!(report.layers[0].state, LayerState::ForNow);
            assert_eq!(report.protection, Protection::ForNow);
            let detail = &report.layers[0].detail;
            assert!(detail.contains(said), "{detail}");
        }
    }

    #[test]
    fn a_record_without_the_method_or_of_another_vm_proves_nothing() {
        for record in [
            "1;ClusterComputeResource:domain-c8=none",
            "1;VirtualMachine:vm-other=none",
        ] {
            let mut facts = sample::ready();
            facts.master_target.extra_config = Fact::Known(vec![crate::vm::Setting {
                key: EXCLUSION_RECORD_KEY.into(),
                value: record.into(),
            }]);
            let report = exclusion(&facts);
            assert_eq!(report.protection, Protection::ForNow, "{record}");
            assert!(report.layers[0].detail.contains("does not say"));
        }
        let mut facts = sample::ready();
        facts.master_target.extra_config = Fact::unknown("no privilege");
        assert_eq!(exclusion(&facts).protection, Protection::ForNow);
    }

    #[test]
    fn overrides_alone_are_advisory() {
        let mut facts = sample::ready();
        facts.master_target.disabled_methods = Fact::Known(vec!["PowerOnVM_Task".into()]);
        assert_eq!(exclusion(&facts).protection, Protection::Advisory);
    }

    #[test]
    fn an_entry_that_enables_does_not_hold() {
        let mut facts = sample::ready();
        if let Fact::Known(pods) = &mut facts.pods {
            pods[0].storage_drs_override = Fact::Known(Some(OverrideFacts {
                enabled: None,
                behavior: Some("manual".into()),
            }));
        }
        assert_eq!(states(&facts)[1].1, LayerState::Absent);
        assert_eq!(exclusion(&facts).protection, Protection::Enforced);
    }

    #[test]
    fn a_host_alone_has_nothing_to_exclude_but_a_managed_one_has() {
        let mut facts = sample::standalone();
        assert_eq!(exclusion(&facts).protection, Protection::NotApplicable);
        if let Fact::Known(host) = &mut facts.host {
            host.managed_by = Some("192.0.2.10".into());
        }
        assert_eq!(exclusion(&facts).protection, Protection::Unknown);
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        let mut facts = sample::ready();
        facts.master_target.disabled_methods = Fact::unknown("no privilege");
        facts.pods = Fact::unknown("no privilege");
        facts.cluster = Fact::unknown("no privilege");
        let report = exclusion(&facts);
        assert!(
            report
                .layers
                .iter()
                .all(|layer| layer.state == LayerState::Unknown),
            "{report:?}"
        );
        assert_eq!(report.protection, Protection::Unknown);
    }
}
