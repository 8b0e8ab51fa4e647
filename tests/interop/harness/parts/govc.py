"""govc drives the mock as it would drive a vCenter."""

from ..programs import govc
from ..recorded import fresh
from ..server import simulate
from .state import Vm, drs_override
from .world import NOTHING_MISSED

KEY = "interop.govc"


def run(checks, options):
    checks.section("govc against esxtool simulate --tls")
    # What govc writes is its own affair; what the mock answers is not.
    with simulate(record=fresh("foreign/govc")) as server:
        checks.equal("it meets a vCenter", govc(server, "about")["about"]["apiType"], "VirtualCenter")
        paths = {path.rpartition("/")[2]: path for path in govc(server, "find", "/", "-type", "m")}
        _override(checks, server, paths["mt-linux-ready"])
        _change(checks, server, paths["mt-linux-ready"])
        _snapshots(checks, server, paths["mt-linux-ready"])
        _power(checks, server, paths["app-01"])
    lacking = [line.strip() for line in server.stderr if NOTHING_MISSED in line]
    checks.equal("the mock was asked for nothing that it lacks", lacking, [])


def _override(checks, server, path):
    cluster = govc(server, "find", "/", "-type", "c")[0]
    checks.equal("the ready VM is left alone by DRS", (drs_override(server, cluster, path) or {}).get("enabled"), False)


def _change(checks, server, path):
    govc(server, "vm.change", "-vm", path, "-e", f"{KEY}=yes & <no>")
    checks.equal("a setting reads back as it was set", Vm(server, path).setting(KEY), "yes & <no>")
    before = Vm(server, path).controllers()
    made = str(govc(server, "device.scsi.add", "-vm", path, "-type", "lsilogic-sas")).strip()
    checks.equal("a controller is added", len(Vm(server, path).controllers()), len(before) + 1)
    govc(server, "device.remove", "-vm", path, made)
    checks.equal("and removed again", Vm(server, path).controllers(), before)


def _snapshots(checks, server, path):
    govc(server, "snapshot.create", "-vm", path, "one")
    govc(server, "snapshot.create", "-vm", path, "two")
    checks.equal("two snapshots are there", Vm(server, path).snapshots(), ["one", "two"])
    govc(server, "snapshot.remove", "-vm", path, "*")
    checks.equal("and none when all are removed", Vm(server, path).snapshots(), [])


def _power(checks, server, path):
    govc(server, "vm.power", "-on", path)
    checks.equal("a VM is switched on", Vm(server, path).properties["runtime.powerState"], "poweredOn")
    govc(server, "vm.power", "-off", path)
    checks.equal("and off", Vm(server, path).properties["runtime.powerState"], "poweredOff")
