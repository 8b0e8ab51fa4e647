"""esxtool against vcsim as a vCenter; govc reads back."""

from ..programs import esxtool, govc, govc_properties
from ..recorded import fresh
from ..server import vcsim
from . import inventory, state

STANDALONE = "DC0_H0_VM0"
CLUSTERED = "DC0_C0_RP0_VM0"


def run(checks, options):
    with vcsim("-pod", "1", "-needs-consolidation", STANDALONE, "-record", fresh("vcsim/vpx")) as server:
        _arrange(server)
        checks.section("vcenter: inventory agrees with govc")
        inventory.check_all(checks, server)
        checks.section("vcenter: refusals")
        _refusals(checks, server)
        checks.section("vcenter: check only reads")
        _check(checks, server)
        checks.section(f"vcenter: prepare-master-target {STANDALONE}")
        _prepare(checks, server)
        checks.section(f"vcenter: prepare-master-target {CLUSTERED}, a machine of a DRS cluster, as tables")
        _prepare_clustered(checks, server)
        checks.section("vcenter: sessions")
        _sessions(checks, server)


def _arrange(server):
    """What the model has not: a datastore in a pod, and snapshots two levels deep."""
    govc(server, "object.mv", "/DC0/datastore/LocalDS_0", "/DC0/datastore/DC0_POD0")
    for name in ("before patching", "after patching"):
        govc(server, "snapshot.create", "-vm", STANDALONE, name)
    govc(server, "snapshot.create", "-vm", CLUSTERED, "one")
