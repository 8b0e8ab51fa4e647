"""A share of an NFS server, which one host of vcsim mounts: esxtool has another host mount it, and govc reads back.

vcsim has no VMFS volumes, so that there is none to mount; `CreateNasDatastore` it has, and takes the name of the
datastore for a folder on its own disk.
"""

from contextlib import contextmanager
from pathlib import Path

from ..programs import esxtool, govc, govc_properties

NAME = "nfs-interop"
PATH = f"/DC0/datastore/{NAME}"
HAS_IT = "DC0_H0"
LACKS_IT = "DC0_C0_H0"


def check_all(checks, server):
    with _folder():
        govc(server, "datastore.create", "-type", "nfs", "-name", NAME, "-remote-host", "nas.example.com",
             "-remote-path", "/export/vms", HAS_IT)
        _check(checks, server)


@contextmanager
def _folder():
    """What vcsim looks for when a share is mounted, relative to where it was started."""
    folder = Path(NAME)
    folder.mkdir(exist_ok=True)
    try:
        yield
    finally:
        folder.rmdir()


def _check(checks, server):
    listed = esxtool(server, "datastores", "list", "--host", LACKS_IT, "--output", "json")
    rows = {row["name"]: row for row in listed.json()["datastores"]}
    checks.equal("the list shows what only the neighbour mounts",
                 (rows[NAME]["mount"], rows[NAME]["hosts"], rows[NAME]["source"]),
                 ("not mounted", 1, "nas.example.com:/export/vms"))
    before = _hosts(server)
    dry = esxtool(server, "datastores", "mount", NAME, "--host", LACKS_IT, "--dry-run", "--output", "json")
    checks.equal("a dry run plans one step", [step["change"]["act"] for step in dry.json()["plan"]["steps"]], ["mount-nfs"])
    checks.equal("a dry run changes nothing", _hosts(server), before)
    outcome = esxtool(server, "datastores", "mount", NAME, "--host", LACKS_IT, "--yes", "--output", "json")
    checks.need("the share is mounted", outcome.code == 0, outcome)
    checks.equal("esxtool read back that it is", outcome.json()["after"], "read/write")
    mounts = {host["key"]["value"]: host["mountInfo"] for host in _hosts(server)}
    checks.equal("govc sees one host more", len(mounts), len(before) + 1)
    checks.that("govc sees that both can write", all(mount["accessMode"] == "readWrite" for mount in mounts.values()), mounts)
    again = esxtool(server, "datastores", "mount", NAME, "--host", LACKS_IT, "--yes", "--output", "json")
    checks.equal("a second run has nothing to do", (again.code, again.json()["plan"]["steps"]), (0, []))
    checks.equal("a host that is not there is told with exit code 6",
                 esxtool(server, "datastores", "mount", NAME, "--host", "DC0_H9", "--yes").code, 6)


def _hosts(server):
    return govc_properties(server, PATH, "host")["host"]
