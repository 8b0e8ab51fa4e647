"""pyVmomi drives the mock as it would drive a vCenter."""

import hashlib
import json
import ssl
import subprocess
from urllib.parse import urlparse

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

from .. import setup
from ..programs import esxtool
from ..recorded import fresh
from ..server import simulate
from . import world

KEY = "interop.pyvmomi"


def run(checks, options):
    checks.section("pyVmomi against esxtool simulate --tls")
    with simulate(record=fresh("mock/pyvmomi")) as server:
        _logins(checks, server)
        instance = _connect(server)
        try:
            vms = _inventory(checks, server, instance)
            target = vms["mt-linux-ready"]
            _pages(checks, instance, vms)
            _extra_config(checks, target)
            _refusals(checks, target)
            _snapshot(checks, target)
            _power(checks, vms["app-01"])
            _updates(checks, instance, target)
        finally:
            Disconnect(instance)
        _after_logout(checks, instance)
    lacking = [line.strip() for line in server.stderr if world.NOTHING_MISSED in line]
    checks.equal("the mock was asked for nothing that it lacks", lacking, [])
    checks.that("no session was left open", any(" 0 sessions were left open" in line for line in server.stderr), "".join(server.stderr))
    _malformed(checks)

    checks.section("pyVmomi reads all of every scenario")
    listed = json.loads(subprocess.run([str(setup.ESXTOOL), "simulate", "--list", "--output", "json"], capture_output=True,
                                       text=True, check=True, stdin=subprocess.DEVNULL).stdout)
    world.check_all(checks, [scenario["name"] for scenario in listed["scenarios"]])


def _connect(server, password=None):
    """Logs in, trusting exactly the certificate that the announced thumbprint names."""
    url = urlparse(server.url)
    certificate = ssl.get_server_certificate((url.hostname, url.port))
    if _thumbprint(certificate) != server.thumbprint:
        raise ssl.SSLError("the certificate is not the announced one")
    return SmartConnect(protocol=url.scheme, host=url.hostname, port=url.port, user=server.username,
                        pwd=password or server.password, sslContext=ssl.create_default_context(cadata=certificate))


def _thumbprint(certificate):
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest().upper()
    return ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))


def _raises(checks, name, kind, act):
    try:
        act()
    except kind as error:
        checks.that(name, True)
        return error
    except Exception as error:
        checks.that(name, False, f"{type(error).__name__}: {error}")
    else:
        checks.that(name, False, "nothing was raised")
    return None


def _logins(checks, server):
    _raises(checks, "a wrong password is InvalidLogin", vim.fault.InvalidLogin, lambda: _connect(server, "wrong"))


def _view(instance, kind):
    content = instance.content
    return content.viewManager.CreateContainerView(content.rootFolder, [kind], True)


def _inventory(checks, server, instance):
    content = instance.content
    checks.equal("the mock says that it is a vCenter", content.about.apiType, "VirtualCenter")
    # vCenter spells the account VSPHERE.LOCAL\\Administrator.
    checks.that("the session knows its user", server.username.partition("@")[0] in content.sessionManager.currentSession.userName.lower(),
                lambda: content.sessionManager.currentSession.userName)
    view = _view(instance, vim.VirtualMachine)
    vms = {vm.name: vm for vm in view.view}
    listed = esxtool(server, "inventory", "vms", "--output", "json").json()["vms"]
    checks.equal("pyVmomi and esxtool list the same VMs",
                 sorted(vm.name for vm in view.view), sorted(row["name"] for row in listed))
    states = {vm._moId: vm.runtime.powerState for vm in view.view}
    checks.equal("pyVmomi and esxtool agree about power states", states,
                 {row["moref"].rpartition(":")[2]: row["power_state"] for row in listed})
    disks = 0
    for vm in view.view:
        disks += _devices(checks, vm)
    checks.that(f"the VMs have disks ({disks})", disks >= len(vms) // 2)
    view.Destroy()
    return vms


def _devices(checks, vm):
    """Each device hangs on a controller of the same VM, in a slot of its own."""
    devices = vm.config.hardware.device
    keys = [device.key for device in devices]
    controllers = {device.key: device for device in devices if isinstance(device, vim.vm.device.VirtualController)}
    disks = [device for device in devices if isinstance(device, vim.vm.device.VirtualDisk)]
    slots = [(device.controllerKey, device.unitNumber) for device in devices if device.unitNumber is not None]
    trouble = []
    if len(set(keys)) != len(keys):
        trouble.append(f"keys repeat: {keys}")
    if len(set(slots)) != len(slots):
        trouble.append(f"slots repeat: {slots}")
    for disk in disks:
        if disk.controllerKey not in controllers or disk.key not in controllers[disk.controllerKey].device:
            trouble.append(f"disk {disk.key} and its controller do not know each other")
        if not disk.backing.fileName or not disk.backing.uuid or disk.capacityInBytes != disk.capacityInKB * 1024:
            trouble.append(f"disk {disk.key}: file, UUID or capacity is wrong")
    checks.that(f"{vm.name}: {len(devices)} devices hang together", devices and not trouble, "\n".join(trouble))
    return len(disks)


def _pages(checks, instance, vms):
    """Pages of two objects, followed by their tokens to the end."""
    collector = vmodl.query.PropertyCollector
    view = _view(instance, vim.VirtualMachine)
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[
            collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)])],
        propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=["name", "config.hardware.device"])])
    server = instance.content.propertyCollector
    page = server.RetrievePropertiesEx([spec], collector.RetrieveOptions(maxObjects=2))
    names, pages, largest = [], 0, 0
    while page:
        pages += 1
        largest = max(largest, len(page.objects))
        names += [prop.val for found in page.objects for prop in found.propSet if prop.name == "name"]
        page = server.ContinueRetrievePropertiesEx(page.token) if page.token else None
    view.Destroy()
    checks.that(f"{pages} pages of at most two objects", pages > 1 and largest <= 2, f"{pages} pages, {largest} objects")
    checks.that("the pages hold every VM", set(names) == set(vms) and len(names) >= len(vms), names)


def _value(vm, key):
    return {option.key: option.value for option in vm.config.extraConfig}.get(key)


def _reconfigure(vm, **fields):
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(**fields)))


def _extra_config(checks, vm):
    option = vim.option.OptionValue
    before = vm.config.changeVersion
    _reconfigure(vm, extraConfig=[option(key=KEY, value="a <b> & \"c\" \u00e9")], changeVersion=before)
    checks.equal("an extraConfig key reads back as it was set", _value(vm, KEY), "a <b> & \"c\" \u00e9")
    checks.that("the change has a new changeVersion", vm.config.changeVersion != before)
    _reconfigure(vm, extraConfig=[option(key=KEY, value="")])
    checks.equal("an empty value removes the key", _value(vm, KEY), None)


def _refusals(checks, vm):
    stale = vim.vm.ConfigSpec(changeVersion="2001-01-01T00:00:00.000000Z", annotation="never")
    _raises(checks, "a stale changeVersion is ConcurrentAccess", vim.fault.ConcurrentAccess,
            lambda: WaitForTask(vm.ReconfigVM_Task(stale)))
    checks.that("and nothing was changed", vm.config.annotation != "never")


def _malformed(checks):
    """What is wrong on purpose is kept out of the recordings, since they are held against the API."""
    with simulate() as server:
        instance = _connect(server)
        vm = _view(instance, vim.VirtualMachine).view[0]
        _raises(checks, "an unknown property path is InvalidProperty", vmodl.query.InvalidProperty,
                lambda: _retrieve_nothing(instance, vm))
        Disconnect(instance)


def _retrieve_nothing(instance, vm):
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(objectSet=[collector.ObjectSpec(obj=vm)],
                                propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=["config.nothing"])])
    return instance.content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions())


def _snapshot(checks, vm):
    checks.equal("there is no snapshot to begin with", vm.snapshot, None)
    task = vm.CreateSnapshot_Task("interop", "taken by pyVmomi", False, False)
    WaitForTask(task)
    made = task.info.result
    tree = vm.snapshot.rootSnapshotList
    checks.equal("the tree shows the snapshot", [(node.name, node.description, node.snapshot) for node in tree],
                 [("interop", "taken by pyVmomi", made)])
    checks.equal("it is the current one", vm.snapshot.currentSnapshot, made)
    disks = [d for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualDisk)]
    checks.that("every disk writes to a delta now", disks and all(disk.backing.parent for disk in disks))
    WaitForTask(made.RemoveSnapshot_Task(False))
    checks.equal("the tree is empty after the removal", vm.snapshot, None)
    disks = [d for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualDisk)]
    checks.that("no disk has a parent any more", disks and not any(disk.backing.parent for disk in disks))
    _raises(checks, "the removed snapshot is gone", vmodl.fault.ManagedObjectNotFound, lambda: made.config)


def _power(checks, vm):
    checks.equal("app-01 is off", vm.runtime.powerState, "poweredOff")
    WaitForTask(vm.PowerOnVM_Task())
    checks.equal("app-01 is on", vm.runtime.powerState, "poweredOn")
    _raises(checks, "powering it on again is InvalidPowerState", vim.fault.InvalidPowerState,
            lambda: WaitForTask(vm.PowerOnVM_Task()))
    WaitForTask(vm.PowerOffVM_Task())
    checks.equal("app-01 is off again", vm.runtime.powerState, "poweredOff")


def _updates(checks, instance, vm):
    """A filter reports the state as it is, then what changed, then nothing."""
    collector = vmodl.query.PropertyCollector
    own = instance.content.propertyCollector.CreatePropertyCollector()
    spec = collector.FilterSpec(objectSet=[collector.ObjectSpec(obj=vm)],
                                propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=["config.annotation"])])
    own.CreateFilter(spec, False)
    short = collector.WaitOptions(maxWaitSeconds=1)
    first = own.WaitForUpdatesEx("", short)
    checks.equal("a new filter reports the object", [(u.kind, u.obj) for f in first.filterSet for u in f.objectSet],
                 [("enter", vm)])
    _reconfigure(vm, annotation="seen by the filter")
    second = own.WaitForUpdatesEx(first.version, collector.WaitOptions(maxWaitSeconds=10))
    changes = [change.val for f in second.filterSet for u in f.objectSet for change in u.changeSet]
    checks.equal("the change is reported", changes, ["seen by the filter"])
    checks.equal("then nothing changes", own.WaitForUpdatesEx(second.version, short), None)
    _raises(checks, "a version that never was is InvalidCollectorVersion", vmodl.query.InvalidCollectorVersion,
            lambda: own.WaitForUpdatesEx("no-such-version", short))
    own.DestroyPropertyCollector()


def _after_logout(checks, instance):
    _raises(checks, "after the logout the session is gone", vim.fault.NotAuthenticated,
            lambda: instance.content.rootFolder.name)
