"""Holds one element of a message, and all below it, against its declared type."""

from . import primitive, schema
from .xmltree import VIM25, XSD, XSI

_XSI_TYPE = (XSI, "type")
_REFERENCE = "ManagedObjectReference"


class Walker:
    """Checks the elements of one message, which was sent under one API version."""

    def __init__(self, report, version, sent=False):
        self.report = report
        self.version = version
        # Requests may repeat the version beside their values; pyVmomi does.
        self.plain_attributes = {"versionId": schema.spoken(version)} if sent else {}
        # Called as hook(walker, element, path) for every data object of that wire name.
        self.hooks = {}

    def fail(self, rule, path, text):
        self.report.add(rule, path, text)

    def exists(self, since):
        return since is None or schema.has(self.version, since)

    def sequence(self, parent, children, properties, path):
        """Checks that `children` are `properties` in wire order, each fitting its type."""
        order = {prop.name: index for index, prop in enumerate(properties)}
        seen, last = set(), -1
        for child in children:
            here = f"{path}/{child.name}"
            index = order.get(child.name)
            if index is None:
                self.fail("unknown-property", here, f"{parent} has no such property")
                continue
            prop = properties[index]
            if child.ns != VIM25:
                self.fail("namespace", here, f"element is in {child.ns!r}, not in {VIM25!r}")
            if not self.exists(prop.version):
                self.fail("too-new", here, f"{parent}.{prop.name} came with {schema.spoken(prop.version)},"
                          f" the message is of {schema.spoken(self.version)}")
            if index < last:
                self.fail("order", here, f"stands after {properties[last].name}, belongs before it")
            elif child.name in seen and not prop.array:
                self.fail("duplicate", here, f"{parent}.{prop.name} is no array")
            seen.add(child.name)
            last = max(last, index)
            self.item(child, prop.type, here)
        for prop in properties:
            if not prop.optional and prop.name not in seen and self.exists(prop.version):
                self.fail("missing-required", path, f"{parent}.{prop.name} is required")

    def item(self, element, declared, path):
        """Checks one element whose declared type (of one item) is `declared`; gives its actual type."""
        actual = self._actual_type(element, declared, path)
        self._attributes(element, actual, path)
        if actual is None:
            return None
        if schema.is_array(actual):
            self._array(element, actual, path)
        elif schema.is_managed(actual):
            self._reference(element, declared, path)
        elif schema.is_data(actual):
            self._data(element, actual, path)
        elif schema.is_enum(actual):
            self.report.types[schema.wire_name(actual)] += 1
            self._leaf(element, path)
            if element.text not in actual.values:
                self.fail("bad-enum", path, f"{schema.wire_name(actual)} has no value {element.text!r}")
        else:
            self._leaf(element, path)
            if not primitive.is_valid(actual, element.text):
                self.fail("bad-value", path, f"{element.text!r} is no {schema.wire_name(actual)}")
        return actual

    def _actual_type(self, element, declared, path):
        named = element.attributes.get(_XSI_TYPE)
        if named is None:
            if declared is schema.ANY:
                self.fail("xsi-type-missing", path, "a value of anyType says nothing about its type")
                return None
            return declared
        ns, name = element.qualified(named)
        if (ns, name) == (VIM25, _REFERENCE):
            if declared is schema.ANY:
                return schema.MANAGED
            if schema.is_managed(declared):
                return declared
        if (ns, name) == (VIM25, f"ArrayOf{_REFERENCE}") and declared is schema.ANY:
            return schema.MANAGED.Array
        actual = schema.lookup(ns, name)
        if actual is None or schema.is_managed(actual):
            self.fail("xsi-type-unknown", path, f"{named!r} (namespace {ns!r}) names no type")
            return None
        since = schema.type_version(actual.Item if schema.is_array(actual) else actual)
        if not self.exists(since):
            self.fail("too-new", path, f"type {name} came with {schema.spoken(since)},"
                      f" the message is of {schema.spoken(self.version)}")
        if declared is schema.ANY or self._fits(actual, declared):
            return actual
        self.fail("xsi-type-unfit", path, f"{name} is no {schema.wire_name(declared)}")
        return None

    @staticmethod
    def _fits(actual, declared):
        if declared in primitive.STRINGS:
            return actual in primitive.STRINGS
        if schema.is_data(declared):
            return schema.is_data(actual) and issubclass(actual, declared)
        return actual is declared

    def _attributes(self, element, actual, path):
        for (ns, name), value in element.attributes.items():
            if (ns, name) == _XSI_TYPE or (not ns and self.plain_attributes.get(name) == value):
                continue
            if not ns and name in ("type", "serverGuid") and (actual is None or schema.is_managed(actual)):
                continue
            self.fail("unknown-attribute", path, f"attribute {name!r} does not belong here")

    def _leaf(self, element, path):
        for child in element.children:
            self.fail("unknown-property", f"{path}/{child.name}", "a simple value has no elements")

    def no_text(self, element, path):
        """Checks that nothing but white space stands between an element's children."""
        if element.text.strip():
            self.fail("stray-text", path, f"text {element.text.strip()[:40]!r} in a structured value")

    def _array(self, element, actual, path):
        self.no_text(element, path)
        item = actual.Item
        name = item_name(item)
        if schema.is_data(item) and issubclass(item, schema.METHOD_FAULT):
            item = schema.LOCALIZED_FAULT
        for child in element.children:
            here = f"{path}/{child.name}"
            if child.name != name or child.ns != VIM25:
                self.fail("array-item-name", here, f"items of {schema.wire_name(actual)} are named {name}")
            self.item(child, item, here)

    def _reference(self, element, declared, path):
        self._leaf(element, path)
        name = element.attributes.get(("", "type"))
        if name is None:
            self.fail("reference-type-missing", path, "a managed object reference needs the attribute type")
            return
        kind = schema.lookup_managed(name)
        if kind is None:
            self.fail("reference-type-unknown", path, f"no managed type {name!r}")
            return
        if declared is not schema.ANY and not issubclass(kind, declared):
            self.fail("reference-type-unfit", path, f"{name} is no {schema.wire_name(declared)}")
        if not self.exists(schema.type_version(kind)):
            self.fail("too-new", path, f"managed type {name} came with {schema.spoken(kind._version)}")
        if not element.text.strip():
            self.fail("bad-value", path, "a managed object reference without value")

    def _data(self, element, actual, path):
        name = schema.wire_name(actual)
        self.report.types[name] += 1
        self.no_text(element, path)
        self.sequence(name, element.children, schema.data_properties(actual), path)
        hook = self.hooks.get(name)
        if hook:
            hook(self, element, path)


def item_name(item):
    """The element name of an array's items inside a value of anyType."""
    if schema.is_managed(item):
        return _REFERENCE
    if item in primitive.STRINGS:
        return "string"
    return schema.wire_name(item)


def declared_type_name(element):
    """What `xsi:type` of an element says, for messages."""
    ns, name = element.qualified(element.attributes.get(_XSI_TYPE, ""))
    return f"xsd:{name}" if ns == XSD else name
