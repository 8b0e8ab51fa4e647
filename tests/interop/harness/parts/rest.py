"""Tags over REST: esxtool against vcsim, which knows only `/rest`, and govc against the mock.

vcsim has no lists over REST, so those are checked by the test suite alone.
"""

from ..programs import esxtool, govc, govc_plain
from ..recorded import fresh
from ..server import simulate, vcsim
from .judged import Prepared

VM = "DC0_H0_VM0"
VM_PATH = f"/DC0/vm/{VM}"
CATEGORY = "Azure Site Recovery"
TAG = "asr-master-target"
STEP = f"tag:{CATEGORY}/{TAG}"


def run(checks, options):
    checks.section("rest: esxtool tags a VM of vcsim")
    with vcsim("-record", fresh("vcsim/rest")) as server:
        _tagged(checks, server)
    checks.section("rest: govc tags a VM of esxtool simulate")
    with simulate(record=fresh("foreign/rest")) as server:
        _by_govc(checks, server)


def _tagged(checks, server):
    checks.equal("there is no tag to begin with", _names(govc(server, "tags.ls")), [])
    dry = esxtool(server, "storage-vmotion", "exclude", VM, "--tag", TAG, "--dry-run", "--output", "json")
    checks.that("a dry run plans to tag it", STEP in Prepared(dry.json()).planned(), dry)
    checks.equal("a dry run makes no tag", _names(govc(server, "tags.ls")), [])
    done = esxtool(server, "storage-vmotion", "exclude", VM, "--tag", TAG, "--yes", "--output", "json")
    checks.equal("the step is done", Prepared(done.json()).results().get(STEP), "done")
    checks.equal("govc sees the tag on the VM", _names(govc(server, "tags.attached.ls", "-r", VM_PATH)), [TAG])
    category = govc(server, "tags.category.info", CATEGORY)[0]
    checks.equal("govc sees its category", (category["cardinality"], category["associable_types"]), ("MULTIPLE", ["VirtualMachine"]))
    again = esxtool(server, "storage-vmotion", "exclude", VM, "--tag", TAG, "--dry-run", "--output", "json")
    checks.that("the second run has no tag to attach", STEP not in Prepared(again.json()).planned(), again)
    undone = esxtool(server, "storage-vmotion", "include", VM, "--yes", "--output", "json")
    checks.equal("include takes it off", Prepared(undone.json()).results().get(f"un{STEP}"), "done")
    checks.equal("govc sees no tag on the VM", _names(govc(server, "tags.attached.ls", "-r", VM_PATH)), [])
    checks.equal("the tag itself stays", _names(govc(server, "tags.ls")), [TAG])


def _by_govc(checks, server):
    path = next(path for path in govc(server, "find", "/", "-type", "m") if path.endswith("/mt-linux-ready"))
    govc_plain(server, "tags.category.create", "-m", "-t", "VirtualMachine", "Roles")
    govc_plain(server, "tags.create", "-c", "Roles", "-d", "not to be moved", "failback & more")
    govc_plain(server, "tags.attach", "-c", "Roles", "failback & more", path)
    checks.equal("govc reads its tag back", _names(govc(server, "tags.attached.ls", "-r", path)), ["failback & more"])
    found = esxtool(server, "prepare-master-target", path, "--target", "master-target", "--tag", "Roles/failback & more", "--dry-run", "--output", "json")
    checks.equal("esxtool finds it on the VM", found.json()["plan"]["already"], ["the VM carries the tag Roles/failback & more"])
    govc_plain(server, "tags.detach", "-c", "Roles", "failback & more", path)
    wanted = esxtool(server, "prepare-master-target", path, "--target", "master-target", "--tag", "Roles/failback & more", "--yes", "--output", "json")
    checks.equal("esxtool attaches the tag that is there", Prepared(wanted.json()).results().get("tag:Roles/failback & more"), "done")
    checks.equal("govc sees it, and no second one", _names(govc(server, "tags.attached.ls", "-r", path)), ["failback & more"])
    govc_plain(server, "tags.rm", "-f", "-c", "Roles", "failback & more")
    checks.equal("govc removes the tag with what carries it", _names(govc(server, "tags.attached.ls", "-r", path)), [])


def _names(found):
    """Names out of what govc prints: texts, or objects with a name, or nothing at all."""
    if not isinstance(found, list):
        return []
    return sorted(one if isinstance(one, str) else one["name"] for one in found)
