"""esxtool against vcsim as a standalone ESXi host; govc reads back."""

from ..programs import esxtool, govc
from ..recorded import fresh
from ..server import vcsim
from . import credentials, inventory, refusals
from .judged import Judged, Prepared
from .state import Vm

VM = "ha-host_VM0"
PATH = f"/ha-datacenter/vm/{VM}"


def run(checks, options):
    with vcsim("-model", "esx", "-delay", "5", "-record", fresh("vcsim/esx")) as server:
        govc(server, "snapshot.create", "-vm", VM, "one")
        checks.section("esxi: inventory agrees with govc")
        inventory.check_all(checks, server)
        checks.section("esxi: connecting, and what is refused")
        refusals.check_all(checks, server, VM, lambda: Vm(server, PATH).comparable())
        checks.section("esxi: credentials")
        credentials.check_all(checks, server, "ha-datacenter", len(govc(server, "find", "/ha-datacenter")) - 1)
        checks.section("esxi: check only reads")
        _check(checks, server)
        checks.section(f"esxi: prepare-master-target {VM} --yes")
        _prepare(checks, server)


def _check(checks, server):
    before = Vm(server, PATH).comparable()
    outcome = esxtool(server, "check", VM, "--target", "master-target", "--output", "json")
    checks.need("check exits with 1, since blockers remain", outcome.code == 1, outcome)
    judged = Judged(outcome.json())
    checks.equal("snapshots, disk.EnableUUID and controllers are judged as they are",
                 {rule: judged.verdicts()[rule] for rule in ("no-snapshots", "disk-enable-uuid", "no-paravirtual-controller")},
                 {"no-snapshots": "broken", "disk-enable-uuid": "broken", "no-paravirtual-controller": "broken"})
    # vcsim's host names a vCenter that manages it, and only that one could tell.
    checks.equal("a host that a vCenter manages cannot tell about Storage vMotion",
                 judged.verdicts()["storage-vmotion-excluded"], "unknown")
    checks.equal("as tables it exits with 1 as well", esxtool(server, "check", VM, "--target", "master-target").code, 1)
    checks.equal("check has changed nothing", Vm(server, PATH).comparable(), before)


def _prepare(checks, server):
    disks = Vm(server, PATH).disks()
    outcome = esxtool(server, "prepare-master-target", VM, "--target", "master-target", "--yes", "--output", "json")
    checks.need("it ends with 1: done, and blockers remain for a person", outcome.code == 1, outcome)
    report = Prepared(outcome.json())
    now = Vm(server, PATH)
    checks.equal("every planned step is done", set(report.results().values()), {"done"})
    checks.equal("govc sees no snapshot any more", now.snapshots(), [])
    checks.equal("govc sees disk.EnableUUID", str(now.setting("disk.EnableUUID")).upper(), "TRUE")
    checks.that("govc sees an LSI Logic controller", any("LsiLogic" in kind for _, kind in now.controllers()), now.controllers())
    checks.equal("govc sees the same disks", now.disks(), disks)

    before = now.comparable()
    again = esxtool(server, "prepare-master-target", VM, "--target", "master-target", "--yes")
    checks.equal("the second run ends with 1 as well", again.code, 1)
    checks.equal("govc sees that the second run has changed nothing", Vm(server, PATH).comparable(), before)
    again = esxtool(server, "prepare-master-target", VM, "--target", "master-target", "--yes", "--output", "json")
    checks.equal("a third run plans nothing", Prepared(again.json()).planned(), [])
