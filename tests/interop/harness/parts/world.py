"""Reads every property of every object of every scenario, so that the conformance part sees all that the mock can say."""

import ssl
import urllib.request
from urllib.parse import urlparse
from xml.etree import ElementTree

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import VmomiSupport, vim, vmodl

from ..recorded import fresh
from ..server import simulate

# A scenario that is named with a number of VMs.
SIZES = {"big:N": "big:25", "big": "big:25"}
# The mock lists older versions as every server does, and knows the facts of this one and later ones.
OLDEST = VmomiSupport.versionMap["vim25/6.7"]
NOTHING_MISSED = "the simulator could not"


def check_all(checks, scenarios):
    """Every scenario in the oldest and the newest version that it speaks."""
    folder = fresh("mock/world")
    for name in scenarios:
        scenario = SIZES.get(name, name)
        with simulate("--scenario", scenario, record=folder) as server:
            context = ssl.create_default_context(cadata=ssl.get_server_certificate((urlparse(server.url).hostname, urlparse(server.url).port)))
            versions = _versions(server, context)
            checks.that(f"{scenario} speaks versions that pyVmomi knows", len(versions) > 1, versions)
            for version in sorted({versions[0], versions[-1]}):
                count, missing = _read_everything(server, context, version)
                checks.that(f"{scenario} gives all of its {count} objects in {VmomiSupport.versionIdMap[version]}",
                            count > 10 and not missing, missing)
        lacking = [line.strip() for line in server.stderr if NOTHING_MISSED in line]
        checks.equal(f"{scenario} lacks nothing that was asked for", lacking, [])


def _versions(server, context):
    """pyVmomi's names of the versions that the server lists, from 6.7 on, newest first."""
    with urllib.request.urlopen(f"{server.url}/vimServiceVersions.xml", context=context, timeout=30) as answer:
        root = ElementTree.fromstring(answer.read())
    named = [element.text for element in root.iter("version")]
    known = [VmomiSupport.versionMap[f"vim25/{text}"] for text in named if f"vim25/{text}" in VmomiSupport.versionMap]
    return [version for version in known if VmomiSupport.IsChildVersion(version, OLDEST)]


def _read_everything(server, context, version):
    url = urlparse(server.url)
    instance = SmartConnect(protocol=url.scheme, host=url.hostname, port=url.port, user=server.username, pwd=server.password,
                            sslContext=context, preferredApiVersions=[version])
    try:
        return _retrieve(instance)
    finally:
        Disconnect(instance)


def _retrieve(instance):
    collector = vmodl.query.PropertyCollector
    content = instance.content
    view = content.viewManager.CreateContainerView(content.rootFolder, [], True)
    services = [instance, content.rootFolder]
    services += [value for value in vars(content).values() if isinstance(value, VmomiSupport.ManagedObject)]
    services = list({service._GetMoId(): service for service in services}.values())
    inventory = collector.ObjectSpec(obj=view, skip=True, selectSet=[
        collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)])
    spec = collector.FilterSpec(
        objectSet=[inventory, *(collector.ObjectSpec(obj=service) for service in services)],
        propSet=[collector.PropertySpec(type=kind, all=True) for kind in {vim.ManagedEntity, *(type(s) for s in services)}])
    server = content.propertyCollector
    page = server.RetrievePropertiesEx([spec], collector.RetrieveOptions())
    count, missing = 0, []
    while page:
        count += len(page.objects)
        missing += [(found.obj._GetMoId(), gap.path) for found in page.objects for gap in found.missingSet]
        page = server.ContinueRetrievePropertiesEx(page.token) if page.token else None
    return count, missing
