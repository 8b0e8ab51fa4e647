"""A small element tree that keeps what ElementTree drops: prefixes in scope.

The value of `xsi:type` is a qualified name, so its prefix has to be resolved
where it stands.
"""

from xml.parsers import expat

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
VIM25 = "urn:vim25"
INTERNAL = "urn:internalvim25"

_SEPARATOR = "\x1f"


class Element:
    """One element: namespace, local name, attributes by (namespace, name), text, children."""

    __slots__ = ("ns", "name", "attributes", "children", "text", "scope")

    def __init__(self, ns, name, attributes, scope):
        self.ns = ns
        self.name = name
        self.attributes = attributes
        self.children = []
        self.text = ""
        self.scope = scope

    def find(self, ns, name):
        """The first child of that name, or None."""
        return next((c for c in self.children if c.ns == ns and c.name == name), None)

    def qualified(self, text):
        """Resolves a qualified name in this element's scope: (namespace or None, local name)."""
        prefix, colon, local = text.strip().partition(":")
        if not colon:
            return self.scope.get(""), prefix
        return self.scope.get(prefix), local


def _split(name):
    ns, separator, local = name.rpartition(_SEPARATOR)
    return (ns if separator else ""), local


class _Builder:
    def __init__(self):
        self.root = None
        self.stack = []
        self.scopes = [{}]
        self.pending = {}
        self.count = 0

    def start_namespace(self, prefix, uri):
        self.pending[prefix or ""] = uri

    def start(self, name, attributes):
        scope = self.scopes[-1]
        if self.pending:
            scope = {**scope, **self.pending}
            self.pending = {}
        self.scopes.append(scope)
        ns, local = _split(name)
        element = Element(ns, local, {_split(k): v for k, v in attributes.items()}, scope)
        self.count += 1
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def end(self, _name):
        self.stack.pop()
        self.scopes.pop()

    def text(self, data):
        self.stack[-1].text += data


def parse(data):
    """Parses a document; gives its root and the number of elements. Raises `expat.ExpatError`."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartNamespaceDeclHandler = builder.start_namespace
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.Parse(data, True)
    return builder.root, builder.count
