"""Runs esxtool and govc against a server."""

import json
import os
import subprocess

from . import setup

SECONDS = 120

# Nothing that the caller's shell holds may leak into a run.
_FOREIGN = ("ESXTOOL_", "GOVC_", "MOCKS_")


def _environment(**additions):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**kept, "NO_COLOR": "1", **additions}


class Outcome:
    """How a program ended."""

    def __init__(self, command, done):
        self.command = " ".join(str(part) for part in command)
        self.code = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr

    def json(self):
        """Standard output as one JSON document."""
        return json.loads(self.stdout)

    def __str__(self):
        return f"$ {self.command}\nexit {self.code}\nstdout:\n{self.stdout}\nstderr:\n{self.stderr}"


def _run(command, environment):
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=SECONDS, env=environment)
    return Outcome(command, done)


def esxtool(server, *arguments, thumbprint=None, password=None, trace=None):
    """Runs esxtool, trusting the server by its thumbprint alone."""
    command = [setup.ESXTOOL, *arguments, "--url", server.url, "--username", server.username,
               "--thumbprint", thumbprint or server.thumbprint]
    if trace:
        command += ["--trace-wire", trace]
    return _run(command, _environment(ESXTOOL_PASSWORD=password or server.password))


def esxtool_like_govc(server, *arguments):
    """Runs esxtool with nothing but the variables that govc's users have set."""
    return _run([setup.ESXTOOL, *arguments], _govc_environment(server))


def _govc_environment(server):
    return _environment(GOVC_URL=server.url, GOVC_USERNAME=server.username, GOVC_PASSWORD=server.password, GOVC_INSECURE="true")


def govc(server, *arguments):
    """Runs govc with JSON output and gives the document; a failure is an error of the test itself."""
    outcome = _govc(server, arguments[0], "-json", *arguments[1:])
    try:
        return outcome.json()
    except ValueError:
        return outcome.stdout


def govc_plain(server, *arguments):
    """Runs a command of govc that has no JSON output, and gives what it prints."""
    return _govc(server, *arguments).stdout


def _govc(server, *arguments):
    outcome = _run([setup.GOVC, *arguments], {
        **_govc_environment(server),
        "GOVC_PERSIST_SESSION": "false",
        # Old enough for every server here: govc's own default is refused by servers that are older than it.
        "GOVC_VIM_VERSION": "7.0.0.0",
    })
    if outcome.code != 0:
        raise RuntimeError(f"govc failed\n{outcome}")
    return outcome


def govc_properties(server, path, *properties):
    """An object's properties by path, in vSphere's JSON; None for those that are unset."""
    found = govc(server, "collect", path, *properties)
    unset = dict.fromkeys(properties)
    return unset | {change["name"]: _unwrapped(change.get("val")) for change in found}


def _unwrapped(value):
    """govc wraps arrays and typed values; what lies inside is meant."""
    if isinstance(value, dict) and "_value" in value:
        return value["_value"]
    return value
