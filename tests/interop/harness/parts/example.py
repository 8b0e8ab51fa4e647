"""The client's example, as its documentation tells to run it, against `esxtool simulate`."""

import os
import subprocess

from .. import setup
from ..programs import esxtool
from ..recorded import fresh
from ..server import simulate


def run(checks, options):
    checks.section("example: vsphere-client's inventory against esxtool simulate")
    example = setup.build_example()
    with simulate(record=fresh("mock/example")) as server:
        environment = {
            **os.environ, "VSPHERE_URL": server.url, "VSPHERE_USERNAME": server.username,
            "VSPHERE_PASSWORD": server.password, "VSPHERE_THUMBPRINT": server.thumbprint,
        }
        done = subprocess.run([str(example)], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, env=environment)
        detail = f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        checks.need("the example ends well", done.returncode == 0, detail)
        vms = esxtool(server, "inventory", "vms", "--output", "json").json()["vms"]
        missing = [vm["name"] for vm in vms if vm["name"] not in done.stdout]
        checks.that(f"the example prints all {len(vms)} virtual machines", vms and not missing, f"missing {missing}\n{detail}")
