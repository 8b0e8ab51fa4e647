"""The command line of the interop."""

import argparse
import os
import subprocess
import sys
import traceback
from pathlib import Path

from . import setup
from .checks import Checks, Stop

PARTS = ("vcenter", "disks", "esxi", "pyvmomi", "govc", "rest", "example", "conformance")


def _options(arguments):
    parser = argparse.ArgumentParser(prog="tests/interop/run", description="Runs esxtool and its mock against peers.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--setup-only", action="store_true", help="build vcsim, govc, esxtool and the Python environment, then end")
    parser.add_argument("--skip-setup", action="store_true", help="take what an earlier run has built")
    parser.add_argument("--messages", type=Path, metavar="DIR",
                        help="recordings of the test suite for the conformance part; without it the integration tests run once more")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}: {', '.join(PARTS)}")
    return options


def main(arguments):
    options = _options(arguments)
    if not options.skip_setup:
        try:
            setup.build_go()
            setup.make_venv()
            setup.build_esxtool()
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"setup failed: {error}", file=sys.stderr)
            return 1
    if options.setup_only:
        return 0
    if Path(sys.prefix) != setup.PYTHON.parent.parent:
        # pyVmomi lives in the virtual environment only, so the parts run there.
        sys.stdout.flush()
        script = setup.INTEROP / "run"
        os.execv(setup.PYTHON, [str(setup.PYTHON), str(script), "--skip-setup", *arguments])
    return _run_parts(options)


def _run_parts(options):
    from . import parts

    checks = Checks()
    for name in PARTS:
        if options.parts and name not in options.parts:
            continue
        try:
            parts.load(name)(checks, options)
        except Stop:
            print(f"      {name} ends here", flush=True)
        except Exception:  # the other parts still have something to say
            checks.that(f"{name} runs to its end", False, traceback.format_exc())
    return checks.close()
