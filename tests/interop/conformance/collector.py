"""What the property collector carries as anyType has a type all the same: the path's.

`propSet` of an object names a property path, and the managed type declares what
stands at that path. Requests name paths as well.
"""

import re

from . import primitive, schema
from .walk import declared_type_name
from .xmltree import VIM25, XSI

_KEY = re.compile(r"\[[^\]]*\]")
_SEGMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]]*\])?(?:\.|\Z)")


class PathError(Exception):
    """A path that the managed type does not have."""


def resolve(kind, path, exists=lambda since: True):
    """The property at `path` of the managed type `kind`; an item's when the path ends in a key."""
    prop, rest, owner = None, path, kind
    while rest:
        match = _SEGMENT.match(rest)
        if not match:
            raise PathError(f"malformed at {rest!r}")
        name, key = match.groups()
        rest = rest[match.end():]
        found = _step(owner, prop, name)
        if not exists(found.version):
            raise PathError(f"{name} came with {schema.spoken(found.version)}")
        if key is not None:
            if not found.array:
                raise PathError(f"{name} is no array, so it takes no key")
            found = _item_of(found)
        prop, owner = found, None
    if prop is None:
        raise PathError("empty path")
    return prop


def _step(owner, prop, name):
    if owner is not None:
        found = schema.managed_property(owner, name)
        if found is None:
            raise PathError(f"{schema.wire_name(owner)} has no property {name}")
        return found
    if prop.array:
        raise PathError(f"{prop.name} is an array: {name} needs a key before it")
    if not schema.is_data(prop.type):
        raise PathError(f"{prop.name} holds no data object, so it has no {name}")
    for candidate in schema.data_properties(prop.type):
        if candidate.name == name:
            return candidate
    found = schema.property_in_subtypes(prop.type, name)
    if found is None:
        raise PathError(f"{schema.wire_name(prop.type)} has no property {name}")
    return found


def _item_of(prop):
    item = schema.Property.__new__(schema.Property)
    item.name, item.type, item.array = prop.name, prop.type, False
    item.optional, item.version = prop.optional, prop.version
    return item


def install(walker):
    """Makes a walker look into everything that names property paths."""
    walker.hooks.update({
        "ObjectContent": _object_content,
        "ObjectUpdate": _object_update,
        "PropertySpec": _property_spec,
        "TraversalSpec": _traversal_spec,
    })


def _object_content(walker, element, path):
    _values(walker, element, "propSet", path)


def _object_update(walker, element, path):
    _values(walker, element, "changeSet", path)


def _values(walker, element, list_name, path):
    obj = element.find(VIM25, "obj")
    kind = schema.lookup_managed(obj.attributes.get(("", "type"), "")) if obj is not None else None
    if kind is None:
        return  # already a violation of the reference itself
    seen = set()
    for entry in element.children:
        name = entry.find(VIM25, "name") if entry.name == list_name else None
        if name is None:
            if entry.name == "missingSet":
                _missing(walker, kind, entry, path)
            continue
        here = f"{path}/{list_name}[{name.text}]"
        if name.text in seen:
            walker.fail("duplicate", here, "the path stands there twice")
        seen.add(name.text)
        prop = check_path(walker, kind, name.text, here)
        value = entry.find(VIM25, "val")
        if prop is not None and value is not None:
            check_value(walker, value, prop, here)


def _missing(walker, kind, entry, path):
    name = entry.find(VIM25, "path")
    if name is not None:
        check_path(walker, kind, name.text, f"{path}/missingSet[{name.text}]")


def check_path(walker, kind, text, here):
    """The property at a path, or None when that is a violation."""
    walker.report.property_paths.add(f"{schema.wire_name(kind)}.{_KEY.sub('[]', text)}")
    try:
        return resolve(kind, text, walker.exists)
    except PathError as error:
        walker.fail("bad-path", here, str(error))
        return None


def check_value(walker, value, prop, here):
    """Checks that a value of anyType is what the property at its path declares."""
    named = value.attributes.get((XSI, "type"))
    if named is None:
        return  # already a violation of anyType
    ns, name = value.qualified(named)
    if name.startswith("ArrayOf"):
        item = schema.MANAGED if name == "ArrayOfManagedObjectReference" else None
        if item is None:
            actual = schema.lookup(ns, name)
            item = actual.Item if actual is not None else None
        fits = item is not None and (_item_fits(item, prop.type) if prop.array else prop.type is schema.ANY)
    elif prop.array:
        fits = False
    elif name == "ManagedObjectReference":
        fits = prop.type is schema.ANY or schema.is_managed(prop.type)
    else:
        actual = schema.lookup(ns, name)
        fits = actual is not None and (prop.type is schema.ANY or _item_fits(actual, prop.type))
    if not fits:
        declared = ("array of " if prop.array else "") + schema.wire_name(prop.type)
        walker.fail("path-type", here, f"declared {declared}, found {declared_type_name(value)}")
        return
    if schema.is_managed(prop.type):
        _references_fit(walker, value, prop, here)


def _item_fits(actual, declared):
    if declared in primitive.STRINGS:
        return actual in primitive.STRINGS
    if schema.is_managed(declared):
        return actual is schema.MANAGED
    if declared is schema.LOCALIZED_FAULT:
        return schema.is_data(actual) and issubclass(actual, schema.METHOD_FAULT)
    if schema.is_data(declared):
        return schema.is_data(actual) and issubclass(actual, declared)
    return actual is declared


def _references_fit(walker, value, prop, here):
    for reference in value.children if prop.array else [value]:
        kind = schema.lookup_managed(reference.attributes.get(("", "type"), ""))
        if kind is not None and not issubclass(kind, prop.type):
            walker.fail("reference-type-unfit", here,
                        f"{schema.wire_name(kind)} is no {schema.wire_name(prop.type)}")


def _property_spec(walker, element, path):
    kind = _named_type(walker, element, path)
    if kind is None:
        return
    for child in element.children:
        if child.name == "pathSet":
            check_path(walker, kind, child.text, f"{path}/pathSet[{child.text}]")


def _traversal_spec(walker, element, path):
    kind = _named_type(walker, element, path)
    step = element.find(VIM25, "path")
    if kind is None or step is None:
        return
    prop = check_path(walker, kind, step.text, f"{path}/path[{step.text}]")
    if prop is not None and not schema.is_managed(prop.type):
        walker.fail("bad-path", f"{path}/path[{step.text}]", "leads to no managed object")


def _named_type(walker, element, path):
    named = element.find(VIM25, "type")
    if named is None:
        return None
    kind = schema.lookup_managed(named.text)
    if kind is None:
        walker.fail("reference-type-unknown", f"{path}/type", f"no managed type {named.text!r}")
    return kind
