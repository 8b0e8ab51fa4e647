"""Conformance: every message of the integration tests and of this run, held against pyVmomi's metadata."""

import os
import shutil
import subprocess
import sys
import unittest

from conformance.__main__ import check_folder
from conformance.report import Report

from .. import setup

# A test suite that has lost its recorder would pass with nothing to check.
LEAST_MESSAGES = 1000


def run(checks, options):
    checks.section("conformance: the check itself can fail")
    _self_tests(checks)

    _mock_schema(checks)

    checks.section("conformance: every recorded message")
    report = Report()
    check_folder(report, options.messages or _record_integration_tests())
    checks.that(f"the test suite recorded {report.messages} messages, at least {LEAST_MESSAGES}", report.messages >= LEAST_MESSAGES)
    mine = setup.WORK / "recorded"
    check_folder(report, mine / "mock")
    # What govc asks and what vcsim answers is their own affair.
    check_folder(report, mine / "foreign", requests=False)
    check_folder(report, mine / "vcsim", answers=False)
    for line in report.summary():
        print(f"      {line}")
    shown = [str(violation) for violation in report.violations[:60]]
    shown += [f"{rule}: {count}" for rule, count in report.rules().most_common()]
    checks.that(f"{report.messages} messages with {report.elements} elements break no rule of the API",
                not report.violations, "\n".join(shown))


def _self_tests(checks):
    suite = unittest.defaultTestLoader.discover(str(setup.INTEROP / "conformance" / "tests"), top_level_dir=str(setup.INTEROP))
    result = unittest.TestResult()
    suite.run(result)
    trouble = "\n".join(text for _, text in result.failures + result.errors)
    checks.that(f"{result.testsRun} self-tests of the check pass", result.testsRun > 40 and result.wasSuccessful(), trouble)


def _mock_schema(checks):
    folder = setup.ROOT / "mocks" / "schema"
    made = subprocess.run([sys.executable, str(folder / "make_schema.py")], capture_output=True, text=True, check=False)
    checks.that("the mock's schema is what pyVmomi says",
                made.returncode == 0 and made.stdout == (folder / "vim25.txt").read_text(encoding="utf-8"),
                made.stderr or "run mocks/schema/make_schema.py")


def _record_integration_tests():
    folder = setup.WORK / "messages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    setup.run("cargo", "test", "-p", "integration-tests", cwd=setup.ROOT,
              env={**os.environ, "CARGO_TARGET_DIR": str(setup.TARGET), "MOCKS_RECORD_DIR": str(folder)})
    return folder
