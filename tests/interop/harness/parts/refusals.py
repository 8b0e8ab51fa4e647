"""How esxtool connects, what it refuses, with which exit code, and that nothing is changed by it."""

from ..programs import esxtool, esxtool_like_govc


def check_all(checks, server, vm, everything):
    """`everything` gives the state that must stay the same."""
    before = everything()
    other = "AA:" * 31 + "AA"
    outcome = esxtool(server, "check", vm, thumbprint=other)
    checks.that("a wrong thumbprint ends with 3 and shows the right one",
                outcome.code == 3 and server.thumbprint in outcome.stderr.upper(), outcome)
    outcome = esxtool(server, "check", vm, password="wrong-password")
    checks.that("a wrong password ends with 4", outcome.code == 4, outcome)
    checks.that("and is not printed", "wrong-password" not in outcome.stdout + outcome.stderr, outcome)
    outcome = esxtool(server, "check", "no-such-vm", "--output", "json")
    checks.that("an unknown VM ends with 6", outcome.code == 6, outcome)
    checks.that("and the JSON says so", outcome.json()["exit_code"] == 6 and outcome.json()["error"]["message"], outcome)
    outcome = esxtool_like_govc(server, "check", vm, "--output", "json")
    checks.that("govc's own variables suffice to connect", outcome.code == 1 and outcome.json()["error"] is None, outcome)
    outcome = esxtool(server, "prepare-master-target", vm)
    checks.that("without a terminal and without --yes it ends with 2", outcome.code == 2, outcome)
    checks.equal("none of it has changed anything", everything(), before)
