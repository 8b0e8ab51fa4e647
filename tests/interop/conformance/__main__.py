"""Command line: python -m conformance FOLDER... [--minimum N] [--requests-only | --answers-only]."""

import argparse
import sys
import time

from .exchange import check_answer, check_request
from .recording import exchanges
from .report import Report

_SHOWN = 40


def check_folder(report, folder, requests=True, answers=True):
    """Checks every recorded exchange of a folder, or only one side where the other is a foreign program."""
    for stem, meta, request, answer in exchanges(folder):
        report.message = stem
        # An answer is held against what was asked, so the request is read in any case.
        exchange = check_request(report if requests else Report(), request, meta["soap_action"])
        if meta.get("injected"):
            report.damaged += 1
            continue
        if answer is not None and exchange is not None and answers:
            check_answer(report, answer, meta["status"], exchange)


def main(arguments):
    parser = argparse.ArgumentParser(prog="conformance", description="Holds recorded SOAP messages against pyVmomi's types.")
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--minimum", type=int, default=1, metavar="N", help="fail when fewer messages were found")
    side = parser.add_mutually_exclusive_group()
    side.add_argument("--requests-only", action="store_true", help="leave the answers out (a foreign server gave them)")
    side.add_argument("--answers-only", action="store_true", help="leave the requests out (a foreign client sent them)")
    options = parser.parse_args(arguments)

    report, begun = Report(), time.monotonic()
    for folder in options.folders:
        check_folder(report, folder, not options.answers_only, not options.requests_only)
    for violation in report.violations[:_SHOWN]:
        print(violation)
    if len(report.violations) > _SHOWN:
        print(f"... and {len(report.violations) - _SHOWN} more")
    for rule, count in report.rules().most_common():
        print(f"broken      {rule} {count}")
    for line in report.summary():
        print(line)
    print(f"seconds     {time.monotonic() - begun:.1f}")
    if report.messages < options.minimum:
        print(f"too few messages: {report.messages} of at least {options.minimum}")
        return 1
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
