//! What each service object holds from the start.

use crate::model::{Builder, HostSpec, Licence, Personality, privileges};
use crate::value::{Data, MoRef, Value};

impl Builder<'_> {
    /// The properties of a service object.
    pub(super) fn manager_properties(&self, kind: &str) -> Data {
        let base = Data::new(kind);
        match kind {
            "Folder" => root_folder(self.personality.is_vcenter()),
            "SessionManager" => base
                .with("defaultLocale", "en")
                .with("message", "")
                .with("messageLocaleList", Value::list("string", ["en"]))
                .with(
                    "supportedLocaleList",
                    Value::list("string", ["en", "en_US"]),
                ),
            "AuthorizationManager" => base
                .with(
                    "privilegeList",
                    privileges::list(self.personality.is_vcenter()),
                )
                .with(
                    "description",
                    privileges::description(self.personality.is_vcenter()),
                ),
            "TaskManager" => base
                .with("description", task_description())
                .with("maxCollector", 32)
                .with("recentTask", Value::refs([])),
            "EventManager" => base
                .with("description", event_description())
                .with("maxCollector", 1000),
            "LicenseManager" => self.licences(base),
            "OptionManager" => base.with("setting", Value::list("OptionValue", settings())),
            _ => base,
        }
    }

    /// The manager that knows which licence each host has; a vCenter's only.
    pub(super) fn licence_assignments(&mut self) {
        let manager = MoRef::new("LicenseAssignmentManager", "LicenseAssignmentManager");
        self.world
            .store
            .insert(manager.clone(), Data::new("LicenseAssignmentManager"));
        let licences = MoRef::new("LicenseManager", "LicenseManager");
        self.world.store.update(&licences, |data| {
            data.set("licenseAssignmentManager", manager);
        });
    }

    /// Sets an enumeration of an object, for a state that no method leads to.
    pub fn set_enum(&mut self, object: &MoRef, path: &str, kind: &str, value: &str) {
        let value = Value::Enum {
            kind: kind.to_owned(),
            value: value.to_owned(),
        };
        self.world.store.update(object, |data| {
            data.set_path(path, value);
        });
    }

    /// Sets a value of an object, for a state that no method leads to.
    pub fn set(&mut self, object: &MoRef, path: &str, value: impl Into<Value>) {
        let value = value.into();
        self.world.store.update(object, |data| {
            data.set_path(path, value);
        });
    }

    /// Makes a host one of another version of ESXi.
    pub fn of_version(&mut self, host: &HostSpec, version: &str) {
        let name = format!("VMware ESXi {version} build-5050593");
        for (path, value) in [
            ("version", version),
            ("build", "5050593"),
            ("fullName", &name),
        ] {
            let path = format!("summary.config.product.{path}");
            self.set(&host.reference, &path, value);
        }
    }

    /// Gives a host a licence of its own: an evaluation that ended yesterday.
    pub fn expired_evaluation(&mut self, host: &HostSpec) {
        let mut licence = licence("eval", "Evaluation Mode", "cpuPackage", "8");
        if let Some(properties) = licence.get_mut("properties").and_then(Value::as_list_mut) {
            properties.push(property("expirationHours", 0_i64).into());
            properties.push(property("expirationMinutes", 0_i64).into());
        }
        self.world
            .lab
            .licences
            .insert(host.reference.clone(), licence);
    }

    fn licences(&self, base: Data) -> Data {
        let major = self
            .personality
            .version()
            .split('.')
            .next()
            .unwrap_or("8")
            .to_owned();
        let free = matches!(
            self.personality,
            Personality::Esxi {
                licence: Licence::Free,
                ..
            }
        );
        let features: &[(&str, &str)] = if free {
            &[("vsmp:8", "Up to 8-way virtual SMP")]
        } else {
            &[
                ("vimapi", "vStorage APIs"),
                ("storagevmotion", "vSphere Storage vMotion"),
                ("drs", "vSphere DRS"),
                ("vsmp:0", "Unlimited virtual SMP"),
            ]
        };
        let mut licences = Vec::new();
        if self.personality.is_vcenter() {
            licences.push(licence(
                "vc.standard.instance",
                &format!("VMware vCenter Server {major} Standard"),
                "server",
                &major,
            ));
            licences.push(licence(
                "esx.enterprisePlus.cpuPackageCoreLimited",
                &format!("VMware vSphere {major} Enterprise Plus"),
                "cpuPackage",
                &major,
            ));
        } else if free {
            licences.push(licence(
                "esxBasic",
                &format!("VMware vSphere {major} Hypervisor"),
                "cpuPackage",
                &major,
            ));
        } else {
            licences.push(licence(
                "esx.standard.cpuPackage",
                &format!("VMware vSphere {major} Standard"),
                "cpuPackage",
                &major,
            ));
        }
        if let Some(last) = licences.last_mut()
            && let Some(properties) = last.get_mut("properties").and_then(Value::as_list_mut)
        {
            for (key, name) in features {
                let feature = Data::new("KeyValue").with("key", *key).with("value", *name);
                properties.push(property("feature", feature).into());
            }
        }
        let edition = licences
            .last()
            .and_then(|l| l.str("editionKey"))
            .unwrap_or("none")
            .to_owned();
        base.with(
            "licenses",
            Value::list("LicenseManagerLicenseInfo", licences),
        )
        .with("licensedEdition", edition)
        .with("sourceAvailable", true)
        .with("source", Data::new("EvaluationLicenseSource"))
        .with("evaluation", evaluation())
    }
}

fn licence(edition: &str, name: &str, unit: &str, major: &str) -> Data {
    let properties = [
        property("ProductName", "VMware ESX Server"),
        property("ProductVersion", format!("{major}.0")),
    ];
    Data::new("LicenseManagerLicenseInfo")
        .with("licenseKey", "00000-00000-00000-00000-00000")
        .with("editionKey", edition)
        .with("name", name)
        .with("total", 16)
        .with("used", 2)
        .with("costUnit", unit)
        .with("properties", Value::list("KeyAnyValue", properties))
}

fn property(key: &str, value: impl Into<Value>) -> Data {
    Data::new("KeyAnyValue")
        .with("key", key)
        .with("value", value)
}

fn root_folder(vcenter: bool) -> Data {
    let children: &[&str] = if vcenter {
        &["Folder", "Datacenter"]
    } else {
        &["Datacenter"]
    };
    entity(
        "Folder",
        if vcenter {
            "Datacenters"
        } else {
            "ha-folder-root"
        },
    )
    .with("childType", Value::list("string", children.iter().copied()))
    .with("childEntity", Value::refs([]))
}

/// The properties that every managed entity has.
pub(crate) fn entity(kind: &str, name: &str) -> Data {
    Data::new(kind)
        .with("name", name)
        .with_enum("overallStatus", "ManagedEntityStatus", "green")
        .with_enum("configStatus", "ManagedEntityStatus", "green")
        .with("alarmActionsEnabled", true)
        .with(
            "disabledMethod",
            Value::list("string", Vec::<String>::new()),
        )
        .with("recentTask", Value::refs([]))
        .with("effectiveRole", Value::list("int", [-1]))
}

/// A description with its key: `ElementDescription` and `TypeDescription`.
fn described(kind: &str, key: &str, label: &str) -> Data {
    Data::new(kind)
        .with("label", label)
        .with("summary", label)
        .with("key", key)
}

fn element(key: &str, label: &str) -> Data {
    described("ElementDescription", key, label)
}

fn task_description() -> Data {
    let methods = [
        element("VirtualMachine.reconfigure", "Reconfigure virtual machine"),
        element("VirtualMachine.powerOn", "Power On virtual machine"),
        element("VirtualMachine.powerOff", "Power Off virtual machine"),
        element(
            "VirtualMachine.createSnapshot",
            "Create virtual machine snapshot",
        ),
        element("VirtualMachine.removeAllSnapshots", "Remove all snapshots"),
        element(
            "VirtualMachine.consolidateDisks",
            "Consolidate virtual machine disk files",
        ),
        element("VirtualMachine.relocate", "Relocate virtual machine"),
    ];
    let states = [
        element("queued", "Queued"),
        element("running", "Running"),
        element("success", "Success"),
        element("error", "Error"),
    ];
    let reasons = [
        ("TaskReasonSystem", "Started by the server"),
        ("TaskReasonUser", "Started by a user"),
        ("TaskReasonAlarm", "Started by an alarm"),
        ("TaskReasonSchedule", "Started by a scheduled task"),
    ];
    let reasons = reasons.map(|(key, label)| described("TypeDescription", key, label));
    Data::new("TaskDescription")
        .with("methodInfo", Value::list("ElementDescription", methods))
        .with("state", Value::list("ElementDescription", states))
        .with("reason", Value::list("TypeDescription", reasons))
}

fn evaluation() -> Data {
    let properties = [property("expirationHours", 1440_i64)];
    Data::new("LicenseManagerEvaluationInfo")
        .with("properties", Value::list("KeyAnyValue", properties))
}

fn event_description() -> Data {
    let categories = [
        element("info", "Information"),
        element("warning", "Warning"),
        element("error", "Error"),
        element("user", "User"),
    ];
    let event = |key: &str, text: &str| {
        let mut detail = Data::new("EventDescriptionEventDetail")
            .with("key", key)
            .with("description", text)
            .with("category", "info");
        for format in ["Datacenter", "ComputeResource", "Host", "Vm"] {
            detail.set(&format!("formatOn{format}"), text);
        }
        detail.with("fullFormat", text)
    };
    let events = [
        event("VmPoweredOnEvent", "VM powered on"),
        event("VmPoweredOffEvent", "VM powered off"),
        event("VmReconfiguredEvent", "VM reconfigured"),
        event("VmRelocatedEvent", "VM relocated"),
    ];
    Data::new("EventDescription")
        .with("category", Value::list("ElementDescription", categories))
        .with(
            "eventInfo",
            Value::list("EventDescriptionEventDetail", events),
        )
}

fn settings() -> Vec<Data> {
    let option = |key: &str, value: Value| {
        Data::new("OptionValue")
            .with("key", key)
            .with("value", value)
    };
    vec![
        option("config.vpxd.maxTasksPerHost", 8.into()),
        option("VirtualCenter.InstanceName", "vcenter.example.com".into()),
        option("vpxd.httpClientIdleTimeout", 900.into()),
        option("config.vmacore.soap.sessionTimeout", "30".into()),
    ]
}
