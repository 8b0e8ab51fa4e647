"""The client's examples, as its documentation tells to run them, against `esxtool simulate` and vcsim."""

import os
import subprocess

from .. import setup
from ..programs import esxtool, govc
from ..recorded import fresh
from ..server import simulate, vcsim
from .state import Vm

SECONDS = 60


def run(checks, options):
    checks.section("example: vsphere-client's examples")
    examples = Examples(checks, setup.build_examples())
    with simulate(record=fresh("mock/example")) as server:
        vms = esxtool(server, "inventory", "vms", "--output", "json").json()["vms"]
        paths = govc(server, "find", "/", "-type", "m")
        path = next(path for path in paths if path.endswith("/app-01"))
        examples.all(server, "esxtool simulate", [vm["name"] for vm in vms], path)
    with vcsim("-record", fresh("vcsim/example")) as server:
        paths = govc(server, "find", "/", "-type", "m")
        examples.all(server, "vcsim", [path.rpartition("/")[2] for path in paths], paths[0])


class Examples:
    """The built examples, and what is expected of each."""

    def __init__(self, checks, folder):
        self.checks = checks
        self.folder = folder

    def all(self, server, peer, names, path):
        self._inventory(server, peer, names)
        self._run_task(server, peer, path)
        self._raw_call(server, peer)
        self._wait_for_updates(server, peer, path)

    def _inventory(self, server, peer, names):
        done = self._run(server, "inventory")
        missing = [name for name in names if name not in done.stdout]
        self.checks.that(f"inventory prints all {len(names)} VMs of {peer}", done.returncode == 0 and names and not missing,
                         f"missing {missing}\n{_output(done)}")

    def _run_task(self, server, peer, path):
        done = self._run(server, "run_task", path)
        ends = ["CreateSnapshot_Task succeeded", "RemoveSnapshot_Task succeeded"]
        said = [line for line in done.stdout.splitlines() if line in ends]
        self.checks.that(f"run_task takes a snapshot on {peer} and removes it", done.returncode == 0 and said == ends, _output(done))
        self.checks.equal(f"govc sees no snapshot left on {peer}", Vm(server, path).snapshots(), [])

    def _raw_call(self, server, peer):
        done = self._run(server, "raw_call")
        lines = done.stdout.splitlines()
        found = lines and lines[0].endswith(": None")
        self.checks.that(f"raw_call reads the administrators of {peer}",
                         done.returncode == 0 and found and any(line.startswith("administrator: ") for line in lines), _output(done))

    def _wait_for_updates(self, server, peer, path):
        # vcsim tells of changes of whole properties only, and the power state is one.
        on = Vm(server, path).properties["runtime.powerState"] == "poweredOn"
        change, state = ("-off", "poweredOff") if on else ("-on", "poweredOn")
        command = [str(self.folder / "wait_for_updates"), path, "1"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=_environment(server)) as example:
            try:
                first = example.stdout.readline()
                govc(server, "vm.power", change, path)
                rest, errors = example.communicate(timeout=SECONDS)
            finally:
                example.kill()
        told = f"first {first!r}\nthen {rest!r}\n{errors}\nexit {example.returncode}"
        self.checks.that(f"wait_for_updates tells what {peer} had at first", first.endswith("changed: nothing yet\n"), told)
        self.checks.that(f"wait_for_updates tells of the change on {peer}, and ends",
                         example.returncode == 0 and f": {state}," in rest and "runtime.powerState" in rest, told)

    def _run(self, server, name, *arguments):
        return subprocess.run([str(self.folder / name), *arguments], capture_output=True, text=True, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, env=_environment(server))


def _environment(server):
    return {**os.environ, "VSPHERE_URL": server.url, "VSPHERE_USERNAME": server.username,
            "VSPHERE_PASSWORD": server.password, "VSPHERE_THUMBPRINT": server.thumbprint}


def _output(done):
    return f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
