"""Builds what the interop needs: esxtool, vcsim and govc, and a Python with pyVmomi."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

INTEROP = Path(__file__).resolve().parent.parent
ROOT = INTEROP.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
WORK = TARGET / "interop"

ESXTOOL = TARGET / "debug" / "esxtool"
VCSIM = WORK / "bin" / "vcsim"
GOVC = WORK / "bin" / "govc"
PYTHON = WORK / "venv" / "bin" / "python"


def run(*command, **options):
    """Runs a build step; its output goes through, and a failure ends the run."""
    print("$ " + " ".join(str(part) for part in command), flush=True)
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL, **options)


def build_go():
    """Builds vcsim and govc from the module beside this folder."""
    VCSIM.parent.mkdir(parents=True, exist_ok=True)
    module = INTEROP / "vcsim"
    # The flag lets the build work outside a repository, too.
    run("go", "build", "-buildvcs=false", "-mod=readonly", "-o", VCSIM, ".", cwd=module)
    run("go", "build", "-buildvcs=false", "-mod=readonly", "-o", GOVC, "./govc", cwd=module)


def make_venv():
    """Makes the virtual environment, unless it is already there for these very requirements."""
    requirements = INTEROP / "requirements.txt"
    stamp = WORK / "venv" / "requirements.sha256"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    shutil.rmtree(WORK / "venv", ignore_errors=True)
    run(sys.executable, "-m", "venv", WORK / "venv")
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
    stamp.write_text(digest)


def build_esxtool():
    """Builds the debug binary."""
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET)}
    run("cargo", "build", "-p", "esxtool", cwd=ROOT, env=environment)


def build_examples():
    """Builds the client's examples; gives the folder that they are in."""
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET)}
    run("cargo", "build", "-p", "vsphere-client", "--examples", cwd=ROOT, env=environment)
    return TARGET / "debug" / "examples"
