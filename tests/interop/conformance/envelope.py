"""Opens SOAP envelopes and checks what stands around the method call."""

from .xmltree import SOAP


class NotSoap(Exception):
    """The document is no SOAP envelope with one body element."""


def open_body(root):
    """The single element in the body."""
    if (root.ns, root.name) != (SOAP, "Envelope"):
        raise NotSoap(f"the root is {root.name} of {root.ns!r}")
    allowed = [(SOAP, "Header"), (SOAP, "Body")]
    found = [(child.ns, child.name) for child in root.children]
    if found not in (allowed, allowed[1:]):
        raise NotSoap(f"the envelope holds {[name for _, name in found]}")
    body = root.children[-1]
    if len(body.children) != 1:
        raise NotSoap(f"the body holds {len(body.children)} elements, not one")
    return body.children[0]


def namespace_of_action(action):
    """`urn:vim25` of `"urn:vim25/8.0.1.0"`."""
    return action.strip().strip('"').partition("/")[0]
