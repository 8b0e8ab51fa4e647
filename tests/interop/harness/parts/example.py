"""The client's example, as its documentation tells to run it, against `esxtool simulate` and vcsim."""

import os
import subprocess

from .. import setup
from ..programs import esxtool, govc
from ..recorded import fresh
from ..server import simulate, vcsim


def run(checks, options):
    checks.section("example: vsphere-client's inventory")
    example = setup.build_example()
    with simulate(record=fresh("mock/example")) as server:
        vms = esxtool(server, "inventory", "vms", "--output", "json").json()["vms"]
        _prints(checks, example, server, "esxtool simulate", [vm["name"] for vm in vms])
    with vcsim("-record", fresh("vcsim/example")) as server:
        paths = govc(server, "find", "/", "-type", "m")
        _prints(checks, example, server, "vcsim", [path.rpartition("/")[2] for path in paths])


def _prints(checks, example, server, peer, names):
    environment = {
        **os.environ, "VSPHERE_URL": server.url, "VSPHERE_USERNAME": server.username,
        "VSPHERE_PASSWORD": server.password, "VSPHERE_THUMBPRINT": server.thumbprint,
    }
    done = subprocess.run([str(example)], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env=environment)
    missing = [name for name in names if name not in done.stdout]
    checks.that(f"it prints all {len(names)} machines of {peer}", done.returncode == 0 and names and not missing,
                f"missing {missing}\nexit {done.returncode}\n{done.stdout}\n{done.stderr}")
