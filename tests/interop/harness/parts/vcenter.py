"""esxtool against vcsim as a vCenter; govc reads back.

vcsim lacks ConsolidateVMDisks_Task and DisableMethods, accepts and ignores
Storage DRS overrides for a VM, and its Tools never run. esxtool has to say
so, and do everything else.
"""

from ..programs import esxtool, govc, govc_properties
from ..recorded import fresh
from ..server import vcsim
from . import credentials, datastores, inventory, refusals
from .judged import Judged, Prepared
from .state import Vm, drs_override, storage_drs_entries, surroundings

STANDALONE = "DC0_H0_VM0"
STANDALONE_PATH = f"/DC0/vm/{STANDALONE}"
CLUSTERED = "DC0_C0_RP0_VM0"
CLUSTERED_PATH = f"/DC0/vm/{CLUSTERED}"
CLUSTER = "/DC0/host/DC0_C0"
POD = "/DC0/datastore/DC0_POD0"


def run(checks, options):
    with vcsim("-pod", "1", "-needs-consolidation", STANDALONE, "-record", fresh("vcsim/vpx")) as server:
        _arrange(server)
        checks.section("vcenter: inventory agrees with govc")
        inventory.check_all(checks, server)
        checks.section("vcenter: connecting, and what is refused")
        refusals.check_all(checks, server, STANDALONE, lambda: _everything(server))
        checks.section("vcenter: credentials, and the role for them")
        credentials.check_all(checks, server, "DC0", len(govc(server, "find", "/DC0")) - 1)
        credentials.role(checks, server, "DC0")
        checks.section("vcenter: check only reads")
        _check(checks, server)
        checks.section(f"vcenter: prepare-master-target {STANDALONE} --yes --output json")
        _prepare(checks, server)
        checks.section(f"vcenter: prepare-master-target {STANDALONE} once more")
        _again(checks, server)
        checks.section(f"vcenter: prepare-master-target {CLUSTERED} --yes, in a DRS cluster, as tables")
        _clustered(checks, server)
        checks.section("vcenter: a share mounted on another host")
        datastores.check_all(checks, server)
        checks.section("vcenter: sessions")
        _sessions(checks, server)


def _arrange(server):
    """What the model has not: a datastore in a pod, and snapshots two levels deep."""
    govc(server, "object.mv", "/DC0/datastore/LocalDS_0", POD)
    for name in ("before patching", "after patching"):
        govc(server, "snapshot.create", "-vm", STANDALONE, name)
    govc(server, "snapshot.create", "-vm", CLUSTERED, "single")


def _everything(server):
    vms = [Vm(server, path).comparable() for path in (STANDALONE_PATH, CLUSTERED_PATH)]
    return vms, surroundings(server, CLUSTER, POD)


def _check(checks, server):
    before = _everything(server)
    outcome = esxtool(server, "check", STANDALONE, "--output", "json")
    checks.need("check exits with 1, since blockers remain", outcome.code == 1, outcome)
    judged = Judged(outcome.json())
    wanted = {
        "disk-enable-uuid": "broken", "no-snapshots": "broken", "no-consolidation-needed": "broken",
        "storage-vmotion-excluded": "broken", "no-paravirtual-controller": "broken", "lsi-logic-controller": "broken",
        "disk-slots": "holds", "vmware-tools-running": "broken", "vmfs-datastore-visible": "broken",
        "retention-volume": "broken", "licence-allows-writing": "holds", "account-privileges": "holds",
        "known-to-vcenter": "holds", "master-target-sizing": "broken", "datastore-free-space": "holds",
    }
    # Nobody said what is to be protected, and nothing is attached.
    wanted.update(dict.fromkeys((
        "protected-datastores-mounted", "protected-datastores-not-nfs", "unique-uuids", "same-os-family",
        "replication-group-whole", "protected-no-snapshots", "protected-powered-off", "name-free",
        "no-windows-2008-r2", "servers-answer", "attached-disks-in-place", "disks-attachable"), "not-applicable"))
    checks.equal("every rule judges vcsim's VM as it is", judged.verdicts(), wanted)
    checks.equal("the VM is not ready", judged.ready, False)
    calls = outcome.json()["calls"]
    checks.that(f"check takes {calls['total']} calls, at most 10", calls["total"] <= 10, calls)
    table = esxtool(server, "check", STANDALONE)
    checks.equal("as tables it exits with 1 as well", table.code, 1)
    checks.that("the tables name every broken rule", all(rule in table.stdout for rule in wanted), table)
    for name, how in _names(server).items():
        found = esxtool(server, "check", name, "--output", "json")
        checks.that(f"the VM is found by {how}", found.code == 1 and Judged(found.json()).moref == judged.moref, found)
    checks.equal("check has changed nothing", _everything(server), before)


def _names(server):
    facts = govc_properties(server, STANDALONE_PATH, "summary.vm", "config.uuid", "config.instanceUuid")
    return {
        STANDALONE_PATH: "inventory path",
        facts["config.uuid"]: "BIOS UUID",
        facts["config.instanceUuid"]: "instance UUID",
        facts["summary.vm"]["value"]: "reference",
    }


def _prepare(checks, server):
    before = _everything(server)
    dry = esxtool(server, "prepare-master-target", STANDALONE, "--dry-run", "--output", "json")
    checks.that("a dry run plans steps", len(Prepared(dry.json()).planned()) >= 4, dry)
    checks.equal("a dry run changes nothing", _everything(server), before)

    disks = Vm(server, STANDALONE_PATH).disks()
    outcome = esxtool(server, "prepare-master-target", STANDALONE, "--yes", "--output", "json")
    checks.need("it ends with 8: a part is done", outcome.code == 8, outcome)
    report = Prepared(outcome.json())
    calls = outcome.json()["calls"]
    checks.that(f"it takes {calls['total']} calls, at most 35", calls["total"] <= 35, calls)
    now = Vm(server, STANDALONE_PATH)
    checks.equal("govc sees no snapshot any more", now.snapshots(), [])
    checks.equal("govc sees disk.EnableUUID", str(now.setting("disk.EnableUUID")).upper(), "TRUE")
    checks.equal("govc sees an LSI Logic controller beside the paravirtual one", [kind for _, kind in now.controllers()],
                 ["ParaVirtualSCSIController", "VirtualLsiLogicController"])
    checks.equal("govc sees the same disks", now.disks(), disks)
    checks.equal("the steps that vcsim can do are done",
                 {step: report.results().get(step) for step in ("remove-all-snapshots", "reconfigure")},
                 {"remove-all-snapshots": "done", "reconfigure": "done"})
    checks.equal("vcsim cannot consolidate, and esxtool says so", report.results().get("consolidate-disks"), "not-supported")
    checks.that("govc still sees that consolidation is needed", now.properties["runtime.consolidationNeeded"])
    checks.equal("vcsim cannot disable methods, and esxtool says so", report.results().get("disable-methods"), "not-supported")
    checks.that("govc sees no disabled method", not now.properties["disabledMethod"])
    checks.equal("vcsim ignores the Storage DRS override, and esxtool says so",
                 [result for step, result in report.results().items() if step.startswith("storage-drs-override")], ["not-taken"])
    checks.equal("govc sees no Storage DRS entry", storage_drs_entries(server, POD), [])
    after = report.verdicts_after()
    checks.equal("judged again, what was fixed holds",
                 {rule: after.get(rule) for rule in ("no-snapshots", "lsi-logic-controller")},
                 {"no-snapshots": "holds", "lsi-logic-controller": "holds"})
    # It is set, and the VM runs: it counts after the next power cycle.
    checks.equal("disk.EnableUUID waits for a power cycle, no longer a blocker",
                 report.severities_after("disk-enable-uuid"), ["warning"])
    still = [rule for rule in ("no-consolidation-needed", "storage-vmotion-excluded", "no-paravirtual-controller",
                               "vmware-tools-running", "vmfs-datastore-visible") if after.get(rule) != "broken"]
    checks.equal("what was not fixed is still broken", still, [])


def _again(checks, server):
    before = _everything(server)
    outcome = esxtool(server, "prepare-master-target", STANDALONE, "--yes", "--output", "json")
    checks.that("the second run ends with 8 as well: what vcsim lacks is still to do", outcome.code == 8, outcome)
    done = [step for step, result in Prepared(outcome.json()).results().items() if result == "done"]
    checks.equal("the second run has done nothing", done, [])
    checks.equal("govc sees that the second run has changed nothing", _everything(server), before)


def _clustered(checks, server):
    checks.equal("there is no DRS override to begin with", drs_override(server, CLUSTER, CLUSTERED_PATH), None)
    disks = Vm(server, CLUSTERED_PATH).disks()
    outcome = esxtool(server, "prepare-master-target", CLUSTERED_PATH, "--yes")
    checks.need("it ends with 1: done as far as vcsim goes, and blockers remain", outcome.code == 1, outcome)
    checks.that("the tables say what vcsim did not take and does not have",
                "did not take" in outcome.stdout and "not supported" in outcome.stdout, outcome)
    override = drs_override(server, CLUSTER, CLUSTERED_PATH) or {}
    checks.equal("govc sees the DRS override", override.get("enabled"), False)
    now = Vm(server, CLUSTERED_PATH)
    checks.equal("govc sees no snapshot", now.snapshots(), [])
    checks.equal("govc sees disk.EnableUUID", str(now.setting("disk.EnableUUID")).upper(), "TRUE")
    checks.equal("govc sees the same disks", now.disks(), disks)
    status = esxtool(server, "storage-vmotion", "status", CLUSTERED, "--output", "json")
    checks.that("the status shows the override", status.code in (0, 1) and "drs-override" in status.stdout, status)
    undone = esxtool(server, "storage-vmotion", "include", CLUSTERED, "--yes", "--output", "json")
    override = drs_override(server, CLUSTER, CLUSTERED_PATH)
    checks.that("include takes the DRS override away", override is None or override.get("enabled") is not False, undone)


def _sessions(checks, server):
    agents = [session["userAgent"] for session in govc(server, "session.ls")["sessionList"]]
    checks.that("every run of esxtool has logged out, only govc's own session is there",
                len(agents) == 1 and agents[0].startswith("govc"), agents)
