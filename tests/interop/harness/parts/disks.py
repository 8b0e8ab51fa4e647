"""esxtool attaches and detaches disks on vcsim; govc reads back.

vcsim's datastores are folders, which a master target cannot use, so they are made to
say that they are VMFS. It accepts what vCenter refuses (any unit, a file in two
VMs that run), so that what is checked here is what esxtool asks for, not what it
is allowed to do.
"""

from ..programs import esxtool, govc
from ..recorded import fresh
from ..server import vcsim
from .state import CONTROLLERS, Vm

TARGET = "DC0_H0_VM0"
OWNERS = ("DC0_H0_VM1", "DC0_H0_VM2")
LEDGER = "esxtool.disk."


def run(checks, options):
    with vcsim("-vmfs", "-vm", "3", "-record", fresh("vcsim/disks")) as server:
        for owner in OWNERS:
            govc(server, "vm.power", "-off", owner)
        _refused(checks, server)
        _attach(checks, server)
        _again(checks, server)
        _detach_one(checks, server)
        _detach_all(checks, server)
        _sessions(checks, server)


def _vm(server, name):
    return Vm(server, f"/DC0/vm/{name}")


def _disks(server, *names):
    """UUID by file, of all disks of the VMs."""
    return {
        device["backing"]["fileName"]: _plain(device["backing"]["uuid"])
        for name in names for device in _vm(server, name).of_type("VirtualDisk")
    }


def _ledger(server):
    """The ledger's entries by UUID, from the advanced settings as govc has them."""
    settings = _vm(server, TARGET).properties["config.extraConfig"]
    found = {option["key"].lower(): option["value"] for option in settings}
    return {key.removeprefix(LEDGER): value for key, value in found.items() if key.startswith(LEDGER) and value}


def _plain(uuid):
    return uuid.replace("-", "").lower()


def _attach_all(server, *more):
    owners = [word for owner in OWNERS for word in ("--vm", owner)]
    return esxtool(server, "disks", "attach", TARGET, *owners, *more, "--output", "json")


def _refused(checks, server):
    checks.section("disks: what is refused changes nothing")
    before = _vm(server, TARGET).comparable()
    govc(server, "vm.power", "-on", OWNERS[0])
    outcome = esxtool(server, "disks", "attach", TARGET, "--vm", OWNERS[0], "--yes", "--output", "json")
    checks.that("the disk of a VM that runs is not attached", outcome.code == 1, outcome)
    govc(server, "vm.power", "-off", OWNERS[0])
    outcome = _attach_all(server, "--dry-run")
    checks.that("a dry run of what can be done ends with 0", outcome.code == 0, outcome)
    checks.equal("govc sees no change", _vm(server, TARGET).comparable(), before)


def _attach(checks, server):
    checks.section("disks: attach")
    own, wanted = _disks(server, TARGET), _disks(server, *OWNERS)
    outcome = _attach_all(server, "--yes")
    checks.need("it ends with 0", outcome.code == 0, outcome)
    checks.equal("every disk is called attached", {disk["status"] for disk in outcome.json()["disks"]}, {"attached"})
    checks.equal("govc sees the disks of both VMs beside the target's own", _disks(server, TARGET), {**own, **wanted})
    checks.equal("govc sees one entry in the ledger for each", set(_ledger(server)), set(wanted.values()))
    checks.that("the entries are one line of ASCII", all(value.isascii() and value.isprintable() for value in _ledger(server).values()))
    vm = _vm(server, TARGET)
    kinds = {device["key"]: device["type"] for device in vm.of_type(*CONTROLLERS)}
    slots = [(device["controllerKey"], device["unitNumber"]) for device in vm.of_type("VirtualDisk")
              if device["backing"]["fileName"] in wanted]
    checks.that("they hang on an LSI Logic controller", all("LsiLogic" in kinds.get(key, "") for key, _ in slots), (kinds, slots))
    checks.that("each has a slot of its own, and none is 7",
                len(set(slots)) == len(slots) and all(unit != 7 and 0 <= unit <= 15 for _, unit in slots), slots)
    checks.equal("the owners still have them", _disks(server, *OWNERS), wanted)


def _again(checks, server):
    checks.section("disks: attach once more, and list")
    before = _vm(server, TARGET).comparable()
    outcome = _attach_all(server, "--yes")
    checks.that("it ends with 0", outcome.code == 0, outcome)
    listed = esxtool(server, "disks", "list", TARGET)
    named = all(file in " ".join(listed.stdout.split()) for file in _disks(server, *OWNERS))
    checks.that("the list names both files", listed.code == 0 and named, listed)
    checks.equal("govc sees no change", _vm(server, TARGET).comparable(), before)


def _detach_one(checks, server):
    checks.section("disks: detach the disks of one VM")
    outcome = esxtool(server, "disks", "detach", TARGET, "--vm", OWNERS[0], "--yes", "--output", "json")
    checks.that("it ends with 0", outcome.code == 0, outcome)
    gone, left = _disks(server, OWNERS[0]), _disks(server, OWNERS[1])
    now = _disks(server, TARGET)
    checks.that("govc sees that only these are gone", not set(gone) & set(now) and set(left) <= set(now), now)
    checks.equal("the ledger has the others only", set(_ledger(server)), set(left.values()))
    _files(checks, server, gone)


def _detach_all(checks, server):
    checks.section("disks: detach all")
    wanted = _disks(server, *OWNERS)
    outcome = esxtool(server, "disks", "detach", TARGET, "--all", "--yes", "--output", "json")
    checks.that("it ends with 0", outcome.code == 0, outcome)
    checks.that("govc sees none of them", not set(_disks(server, TARGET)) & set(wanted), _disks(server, TARGET))
    checks.equal("the ledger is empty", _ledger(server), {})
    checks.equal("the owners still have them", _disks(server, *OWNERS), wanted)
    _files(checks, server, wanted)
    before = _vm(server, TARGET).comparable()
    outcome = esxtool(server, "disks", "detach", TARGET, "--all", "--yes", "--output", "json")
    checks.that("once more ends with 0", outcome.code == 0, outcome)
    checks.equal("and changes nothing", _vm(server, TARGET).comparable(), before)


def _files(checks, server, files):
    for file in files:
        datastore, path = file.removeprefix("[").split("] ", 1)
        folder, name = path.rsplit("/", 1)
        found = govc(server, "datastore.ls", "-ds", datastore, folder)
        names = [entry["path"] for listing in found for entry in listing["file"]]
        checks.that(f"the file {file} is still there", name in names, names)


def _sessions(checks, server):
    agents = [session["userAgent"] for session in govc(server, "session.ls")["sessionList"]]
    checks.that("every run of esxtool has logged out", len(agents) == 1 and agents[0].startswith("govc"), agents)
