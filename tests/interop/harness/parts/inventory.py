"""`esxtool inventory` lists what govc lists."""

from ..programs import esxtool, govc, govc_properties
from .state import Machine


def check_all(checks, server):
    """Every kind, as JSON and as tables."""
    paths = govc(server, "find", "/", "-type", "m")
    machines = [Machine(server, path) for path in paths]
    _vms(checks, server, machines)
    _hosts(checks, server)
    _datastores(checks, server)
    _controllers(checks, server, machines)
    _snapshots(checks, server, machines)


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


def _vms(checks, server, machines):
    rows = _rows(checks, server, "vms", [machine.name for machine in machines])
    checks.equal("names and power states of the machines", sorted((row["name"], row["power_state"]) for row in rows),
                 sorted((machine.name, machine.properties["runtime.powerState"]) for machine in machines))
    by_name = {row["name"]: row for row in rows}
    checks.equal("numbers of disks", {name: by_name[name]["disks"] for name in by_name},
                 {machine.name: len(machine.disks()) for machine in machines})


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


def _controllers(checks, server, machines):
    rows = _rows(checks, server, "controllers", [machine.name for machine in machines])
    scsi = sorted((row["vm_name"], row["bus"], row["kind"]) for row in rows if row["kind"] in KINDS.values())
    checks.equal("SCSI controllers of the machines", scsi,
                 sorted((machine.name, bus, KINDS[kind]) for machine in machines for bus, kind in machine.controllers()))


def _snapshots(checks, server, machines):
    wanted = sorted((machine.name, name) for machine in machines for name in machine.snapshots())
    rows = _rows(checks, server, "snapshots", [name for _, name in wanted])
    checks.equal("snapshots of the machines", sorted((row["vm_name"], row["name"]) for row in rows), wanted)
