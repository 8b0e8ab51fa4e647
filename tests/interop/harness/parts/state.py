"""The state of a VM and its surroundings as govc sees it: what must not change is compared by this."""

from ..programs import govc, govc_properties

VM_PATHS = ("name", "runtime.powerState", "runtime.consolidationNeeded", "config.extraConfig", "config.hardware.device",
            "snapshot", "disabledMethod", "config.annotation")
CONTROLLERS = ("ParaVirtualSCSIController", "VirtualLsiLogicController", "VirtualLsiLogicSASController",
               "VirtualBusLogicController")


class Vm:
    """One VM."""

    def __init__(self, server, path):
        self.server = server
        self.path = path
        self.properties = govc_properties(server, path, *VM_PATHS)
        self.devices = govc(server, "device.info", "-vm", path)["devices"]

    @property
    def name(self):
        return self.properties["name"]

    def setting(self, key):
        """An advanced setting, its key without regard to case."""
        found = [o["value"] for o in self.properties["config.extraConfig"] if o["key"].lower() == key.lower()]
        return found[0] if len(found) == 1 else (found or None)

    def of_type(self, *kinds):
        return [device for device in self.devices if device["type"] in kinds]

    def controllers(self):
        """SCSI controllers as (bus, wire type)."""
        return sorted((device["busNumber"], device["type"]) for device in self.of_type(*CONTROLLERS))

    def disks(self):
        """Disks as (file, capacity in bytes)."""
        return sorted((d["backing"]["fileName"], d["capacityInBytes"]) for d in self.of_type("VirtualDisk"))

    def snapshots(self):
        """Names of the snapshots, parents first."""
        names, pending = [], list((self.properties["snapshot"] or {}).get("rootSnapshotList") or [])
        while pending:
            node = pending.pop(0)
            names.append(node["name"])
            pending += node.get("childSnapshotList") or []
        return names

    def comparable(self):
        """Everything about the VM that a change would show in."""
        return {"properties": self.properties, "devices": self.devices}


def drs_override(server, cluster, vm):
    """The DRS entry of a VM: {"enabled": ..., ...}, or None."""
    config = govc_properties(server, cluster, "configurationEx")["configurationEx"]
    reference = govc_properties(server, vm, "summary.vm")["summary.vm"]
    entries = [entry for entry in config.get("drsVmConfig") or [] if entry["key"]["value"] == reference["value"]]
    return entries[0] if entries else None


def storage_drs_entries(server, pod):
    """The per-VM entries of a storage pod."""
    entry = govc_properties(server, pod, "podStorageDrsEntry")["podStorageDrsEntry"]
    return entry["storageDrsConfig"].get("vmConfig") or []


def surroundings(server, cluster=None, pod=None):
    """What esxtool may change beside the VM."""
    found = {}
    if cluster:
        found["cluster"] = govc_properties(server, cluster, "configurationEx")
    if pod:
        found["pod"] = govc_properties(server, pod, "podStorageDrsEntry")
    return found
