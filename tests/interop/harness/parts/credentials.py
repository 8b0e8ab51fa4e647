"""`esxtool credentials` against vcsim, which never denies anything; govc reads the role and the permission back."""

from ..programs import esxtool, govc

ROLE = "Interop_Failback"
USER = "someone@vsphere.local"


def check_all(checks, server, datacenter, objects):
    """`datacenter` is the only one; `objects` is how many objects govc finds below it, itself not counted."""
    outcome = esxtool(server, "credentials", "validate", "--for", "hardening", "--output", "json")
    checks.need("credentials validate ends with 0 for an administrator", outcome.code == 0, outcome)
    document = outcome.json()
    about = govc(server, "about")["about"]
    checks.equal("version, build and instance of the server",
                 [document["about"][name] for name in ("version", "build", "instance_uuid")],
                 [about["version"], about["build"], about.get("instanceUuid")])
    checks.equal("the certificate's thumbprint", document["certificate"]["thumbprint"], server.thumbprint.upper())
    sessions = {session["api"]: session["state"] for session in document["sessions"]}
    checks.equal("the SOAP session", sessions["soap"], "valid")
    checks.that("the REST session is valid, or said not to be offered",
                sessions["rest"] == "valid" or "not-offered" in sessions["rest"], sessions)
    checks.that("the clocks agree", abs(document["clock"]["known"]["ahead_seconds"]) < 60, document["clock"])
    scope = document["scopes"][0]
    checks.equal("the datacenter", scope["path"], f"/{datacenter}")
    missing = [name for group in scope["groups"]["known"] for name in group["missing"]]
    checks.equal("nothing is missing, and no object is a gap", (missing, scope["gaps"], scope["unreadable"]), ([], [], 0))
    checks.equal("every object below the datacenter was looked at", scope["objects"], objects)
    checks.that("it takes at most 12 calls", document["calls"]["total"] <= 12, document["calls"])
    quiet = esxtool(server, "credentials", "validate", "--quiet")
    checks.that("with --quiet it is one line", quiet.code == 0 and quiet.stdout.count("\n") == 1 and not quiet.stderr, quiet)
    none = esxtool(server, "credentials", "validate", "--datacenter", "Nowhere")
    checks.equal("an unknown datacenter ends with 6", none.code, 6)


def role(checks, server, datacenter):
    """Makes a role, gives it away, and does nothing the second time."""
    command = ("credentials", "role", "--create", "--name", ROLE, "--assign", USER, "--datacenter", datacenter)
    dry = esxtool(server, *command, "--dry-run", "--output", "json")
    steps = [step["change"]["act"] for step in dry.json()["plan"]["steps"]]
    checks.equal("a dry run plans both steps", (dry.code, steps), (0, ["create", "assign"]))
    checks.equal("and makes no role", _roles(server), None)
    done = esxtool(server, *command, "--yes", "--output", "json")
    checks.need("role --create ends with 0", done.code == 0, done)
    wanted = set(done.json()["plan"]["privileges"])
    checks.that("govc sees the role with its privileges", wanted <= set(_roles(server) or []), _roles(server))
    permissions = govc(server, "permissions.ls", f"/{datacenter}").get("Permissions") or []
    mine = [(one["principal"], one["propagate"]) for one in permissions if one["roleId"] == done.json()["role_id"]]
    checks.equal("govc sees who holds it, propagated", mine, [(USER, True)])
    again = esxtool(server, *command, "--yes", "--output", "json")
    checks.equal("a second run changes nothing", (again.code, again.json()["outcome"], again.json()["plan"]["steps"]), (0, "ready", []))


def _roles(server):
    """The privileges of the role, None when there is no such role."""
    for found in govc(server, "role.ls"):
        if found["name"] == ROLE:
            return found["privilege"]
    return None
