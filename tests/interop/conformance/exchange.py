"""Checks one exchange: a request, and the answer to it."""

from xml.parsers import expat

from . import collector, schema
from .envelope import NotSoap, namespace_of_action, open_body
from .walk import Walker
from .xmltree import INTERNAL, SOAP, VIM25, XSI, parse


# Calls that no public metadata describes: the only exception from the check.
INTERNAL_CALLS = frozenset({"DisableMethods", "EnableMethods"})


class Exchange:
    """What a request was about, which its answer has to fit."""

    def __init__(self, name, version, method):
        self.name = name
        self.version = version
        self.method = method


def check_request(report, data, action):
    """Checks a request. Gives the exchange for its answer, or None when there is nothing to hold it against."""
    report.requests += 1
    call = _body(report, data)
    if call is None:
        return None
    if call.ns == INTERNAL and call.name in INTERNAL_CALLS:
        report.internal[call.name] += 1
        return None
    report.methods[call.name] += 1
    if call.ns != VIM25:
        report.add("namespace", call.name, f"the call is in {call.ns!r}")
        return None
    version = schema.version_of(action)
    if version is None or namespace_of_action(action) != VIM25:
        report.add("soap-action", call.name, f"SOAPAction {action!r} names no version of vim25")
        return None
    walker = Walker(report, version, sent=True)
    collector.install(walker)
    method = _method(walker, call)
    if method is None:
        return None
    walker.no_text(call, call.name)
    walker.sequence(call.name, call.children[1:], method.parameters, call.name)
    return Exchange(call.name, version, method)


def _body(report, data):
    try:
        root, count = parse(data)
        report.elements += count
        return open_body(root)
    except expat.ExpatError as error:
        report.add("malformed", "", str(error))
    except NotSoap as error:
        report.add("not-soap", "", str(error))
    return None


def _method(walker, call):
    """The called method, which the type that `_this` names must have."""
    if call.name != schema.Fetch.name and not schema.method_exists(call.name):
        walker.fail("unknown-method", call.name, "no managed type has such a method")
        return None
    if not call.children or call.children[0].name != "_this":
        walker.fail("this-not-first", call.name, "the first element is not _this")
        return None
    this = call.children[0]
    walker.item(this, schema.MANAGED, f"{call.name}/_this")
    kind = schema.lookup_managed(this.attributes.get(("", "type"), ""))
    if kind is None:
        return None
    if call.name == schema.Fetch.name:
        return _fetch(walker, call, kind)
    method = schema.method(kind, call.name)
    if method is None:
        walker.fail("unknown-method", call.name, f"{schema.wire_name(kind)} has no such method")
        return None
    if not walker.exists(method.version):
        walker.fail("too-new", call.name, f"the method came with {schema.spoken(method.version)},"
                    f" the message is of {schema.spoken(walker.version)}")
    return method


def _fetch(walker, call, kind):
    path = call.find(VIM25, "prop")
    return schema.Fetch(collector.check_path(walker, kind, path.text, f"{call.name}/prop") if path is not None else None)


def check_answer(report, data, status, exchange):
    """Checks the answer to a request that was itself in order."""
    report.answers += 1
    element = _body(report, data)
    if element is None:
        return
    walker = Walker(report, exchange.version)
    collector.install(walker)
    if (element.ns, element.name) == (SOAP, "Fault"):
        report.faults += 1
        if status != 500:
            walker.fail("status", "Fault", f"a fault came with HTTP status {status}")
        _fault(walker, element, exchange)
        return
    if status != 200:
        walker.fail("status", element.name, f"an answer came with HTTP status {status}")
    expected = f"{exchange.name}Response"
    if (element.ns, element.name) != (VIM25, expected):
        walker.fail("answer-name", element.name, f"expected {expected} of {VIM25!r}")
        return
    result = exchange.method.result
    walker.no_text(element, element.name)
    if isinstance(exchange.method, schema.Fetch) and _is_typed(element):
        # Servers answer as if the result were of anyType; the property's type holds all the same.
        walker.item(element.children[0], schema.ANY, f"{element.name}/returnval")
        if exchange.method.prop is not None:
            collector.check_value(walker, element.children[0], exchange.method.prop, f"{element.name}/returnval")
        return
    walker.sequence(element.name, element.children, [result] if result else [], element.name)


def _is_typed(response):
    return [child.name for child in response.children] == ["returnval"] and (XSI, "type") in response.children[0].attributes


def _fault(walker, fault, exchange):
    parts = {child.name: child for child in fault.children}
    names = [child.name for child in fault.children]
    if names not in (["faultcode", "faultstring"], ["faultcode", "faultstring", "detail"]):
        walker.fail("fault-shape", "Fault", f"holds {names}")
        return
    if not parts["faultcode"].text.strip():
        walker.fail("fault-shape", "Fault/faultcode", "is empty")
    detail = parts.get("detail")
    if detail is None:
        return
    if len(detail.children) != 1:
        walker.fail("fault-shape", "Fault/detail", f"holds {len(detail.children)} elements, not one")
        return
    element = detail.children[0]
    path = f"Fault/detail/{element.name}"
    named = element.attributes.get((XSI, "type"), "")
    # vCenter names the element by the fault's type; vcsim names every one of them Fault.
    stem = element.name.removesuffix("Fault") or "MethodFault"
    kind = schema.lookup(VIM25, stem)
    if kind is None or not element.name.endswith("Fault"):
        walker.fail("fault-shape", path, "the element's name is no fault type followed by Fault")
        return
    if element.ns != VIM25:
        walker.fail("namespace", path, f"element is in {element.ns!r}")
    if not named:
        walker.fail("xsi-type-missing", path, "a fault's detail names its type")
    actual = walker.item(element, kind, path)
    if actual is None or not schema.is_data(actual):
        return
    allowed = (*exchange.method.faults, schema.RUNTIME_FAULT)
    if not issubclass(actual, allowed):
        walker.fail("fault-undeclared", path,
                    f"{exchange.name} does not declare {schema.wire_name(actual)}")
