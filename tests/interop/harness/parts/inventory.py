"""`esxtool inventory` lists what govc lists."""

import csv
import io
import json

from ..programs import esxtool, govc, govc_properties
from .state import Vm


def check_all(checks, server):
    """Every kind, as JSON and as tables."""
    paths = govc(server, "find", "/", "-type", "m")
    vms = [Vm(server, path) for path in paths]
    _vms(checks, server, vms)
    _hosts(checks, server)
    _datastores(checks, server)
    _controllers(checks, server, vms)
    _snapshots(checks, server, vms)
    _disks(checks, server, vms)
    _forms(checks, server)


def _rows(checks, server, kind, names):
    """The rows as JSON; the tables have to name the same things."""
    outcome = esxtool(server, "inventory", kind, "--output", "json")
    checks.need(f"inventory {kind} as JSON ends with 0", outcome.code == 0, outcome)
    document = outcome.json()
    checks.equal(f"inventory {kind} says which document it is", (document["version"], document["command"]), (1, f"inventory {kind}"))
    table = esxtool(server, "inventory", kind)
    missing = [name for name in names if name not in table.stdout]
    checks.that(f"inventory {kind} as a table names the same", table.code == 0 and not missing, f"missing {missing}\n{table}")
    return document[kind]


# What esxtool calls the wire types of SCSI controllers.
KINDS = {
    "ParaVirtualSCSIController": "para-virtual", "VirtualLsiLogicController": "lsi-logic",
    "VirtualLsiLogicSASController": "lsi-logic-sas", "VirtualBusLogicController": "bus-logic",
}


def _vms(checks, server, vms):
    rows = _rows(checks, server, "vms", [vm.name for vm in vms])
    checks.equal("names and power states of the VMs", sorted((row["name"], row["power_state"]) for row in rows),
                 sorted((vm.name, vm.properties["runtime.powerState"]) for vm in vms))
    by_name = {row["name"]: row for row in rows}
    checks.equal("numbers of disks", {name: by_name[name]["disks"] for name in by_name},
                 {vm.name: len(vm.disks()) for vm in vms})


def _hosts(checks, server):
    hosts = [govc_properties(server, path, "name", "runtime.connectionState", "config.product.fullName", "summary.hardware.memorySize", "datastore")
             for path in govc(server, "find", "/", "-type", "h")]
    rows = _rows(checks, server, "hosts", [host["name"] for host in hosts])
    checks.equal("names, states, products, memory and datastores of the hosts",
                 sorted((row["name"], row["connection_state"], row["product"], row["memory_bytes"], row["datastores"]) for row in rows),
                 sorted((h["name"], h["runtime.connectionState"], h["config.product.fullName"], h["summary.hardware.memorySize"],
                         len(h["datastore"])) for h in hosts))


def _datastores(checks, server):
    summaries = [govc_properties(server, path, "summary")["summary"] for path in govc(server, "find", "/", "-type", "s")]
    rows = _rows(checks, server, "datastores", [summary["name"] for summary in summaries])
    checks.equal("names, types, capacities and free space of the datastores",
                 sorted((row["name"], row["kind"], row["capacity_bytes"], row["free_bytes"]) for row in rows),
                 sorted((s["name"], s["type"], s["capacity"], s["freeSpace"]) for s in summaries))


def _controllers(checks, server, vms):
    rows = _rows(checks, server, "controllers", [vm.name for vm in vms])
    scsi = sorted((row["vm_name"], row["bus"], row["kind"]) for row in rows if row["kind"] in KINDS.values())
    checks.equal("SCSI controllers of the VMs", scsi,
                 sorted((vm.name, bus, KINDS[kind]) for vm in vms for bus, kind in vm.controllers()))


def _snapshots(checks, server, vms):
    wanted = sorted((vm.name, name) for vm in vms for name in vm.snapshots())
    rows = _rows(checks, server, "snapshots", [name for _, name in wanted])
    checks.equal("snapshots of the VMs", sorted((row["vm_name"], row["name"]) for row in rows), wanted)
    sizes = [row["size_bytes"] for row in rows]
    checks.that("snapshots have an age by the server's clock, and a size or none", all(row["age_seconds"] >= 0 for row in rows), rows)
    checks.that("sizes of snapshots are numbers", all(size is None or size >= 0 for size in sizes), sizes)


def _disks(checks, server, vms):
    rows = _rows(checks, server, "disks", [vm.name for vm in vms])
    checks.equal("files of the disks of the VMs", {name: sorted(row["file"] for row in rows if row["vm_name"] == name) for name in {row["vm_name"] for row in rows}},
                 {vm.name: sorted(file for file, _ in vm.disks()) for vm in vms if vm.disks()})


def _forms(checks, server):
    """The other forms say what the JSON document says; a path and a condition take what fits."""
    rows = esxtool(server, "inventory", "vms", "--output", "json").json()["vms"]
    lines = esxtool(server, "inventory", "vms", "--output", "ndjson")
    checks.equal("JSON lines hold the rows of the document", sorted((json.loads(line) for line in lines.stdout.splitlines()), key=_moref), sorted(rows, key=_moref))
    table = list(csv.DictReader(io.StringIO(esxtool(server, "inventory", "vms", "--output", "csv").stdout)))
    checks.equal("CSV holds the names of the document", sorted(row["name"] for row in table), sorted(row["name"] for row in rows))
    paths = govc(server, "find", "/", "-type", "m")
    checks.equal("inventory paths are those of govc", sorted(row["path"] for row in rows), sorted(paths))
    one = esxtool(server, "inventory", "vms", "--path", paths[0], "--output", "json").json()["vms"]
    checks.equal("a path takes one VM", [row["path"] for row in one], [paths[0]])
    folder = paths[0].rsplit("/", 1)[0]
    below = esxtool(server, "inventory", "vms", "--path", f"{folder}/*", "--output", "json").json()["vms"]
    checks.equal("a pattern takes what stands in the folder", sorted(row["path"] for row in below),
                 sorted(path for path in paths if path.rsplit("/", 1)[0] == folder))
    on = esxtool(server, "inventory", "vms", "--where", "power_state = poweredOn and not template", "--output", "json").json()["vms"]
    checks.equal("a condition takes the rows that fit", sorted(row["name"] for row in on),
                 sorted(row["name"] for row in rows if row["power_state"] == "poweredOn" and not row["template"]))


def _moref(row):
    return row["moref"]
