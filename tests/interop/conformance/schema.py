"""pyVmomi's metadata in the form the check asks for it: by wire names, cached."""

from functools import lru_cache

from pyVmomi import VmomiSupport as vmomi
from pyVmomi import vim, vmodl  # noqa: F401  (loads the type definitions)

from .xmltree import VIM25, XSD

ANY = object
MANAGED = vmomi.ManagedObject
DATA = vmomi.DataObject
ENUM = vmomi.Enum
METHOD_FAULT = vmomi.GetWsdlType(VIM25, "MethodFault")
RUNTIME_FAULT = vmomi.GetWsdlType(VIM25, "RuntimeFault")
LOCALIZED_FAULT = vmomi.GetWsdlType(VIM25, "LocalizedMethodFault")
DYNAMIC_DATA = vmomi.GetWsdlType(VIM25, "DynamicData")

# pyVmomi's own name for a fault's text; the wire has it as localizedMessage.
_NOT_ON_THE_WIRE = {"msg"}


class Property:
    """A property or parameter: wire name, type of one item, whether it repeats or may be absent."""

    __slots__ = ("name", "type", "array", "optional", "version", "fault")

    def __init__(self, name, declared, flags, version, in_localized_fault=False):
        self.name = name
        self.array = is_array(declared)
        self.type = declared.Item if self.array else declared
        self.optional = bool(flags & vmomi.F_OPTIONAL)
        self.version = version
        # Everywhere but inside LocalizedMethodFault itself a fault travels in that wrapper.
        if not in_localized_fault and is_data(self.type) and issubclass(self.type, METHOD_FAULT):
            self.type = LOCALIZED_FAULT


class Method:
    """A method: its parameters in wire order, its result, the faults that it declares."""

    def __init__(self, info):
        self.name = info.wsdlName
        self.version = info.version
        self.parameters = [Property(p.name, p.type, p.flags, p.version) for p in info.params]
        self.result = None
        if info.result is not type(None):
            self.result = Property("returnval", info.result, info.resultFlags, info.version)
            # A list of nothing is an answer, and it has no element on the wire.
            self.result.optional |= self.result.array
        self.faults = tuple(vmomi.GetVmodlType(name) for name in info.faults)


def is_array(kind):
    return isinstance(kind, type) and issubclass(kind, list)


def is_data(kind):
    return kind is not ANY and isinstance(kind, type) and issubclass(kind, DATA)


def is_managed(kind):
    return kind is not ANY and isinstance(kind, type) and issubclass(kind, MANAGED)


def is_enum(kind):
    return isinstance(kind, type) and issubclass(kind, ENUM)


def wire_name(kind):
    """The name that `xsi:type` would carry."""
    if kind is str or (isinstance(kind, type) and kind.__name__ == "Link"):
        return "string"
    return vmomi.GetWsdlName(kind)


@lru_cache(maxsize=None)
def lookup(ns, name):
    """The type of a qualified wire name, or None."""
    if ns == XSD:
        if name in ("Link", "void"):
            return None
    elif ns != VIM25:
        return None
    try:
        return vmomi.GetWsdlType(ns, name)
    except KeyError:
        return None


def lookup_managed(name):
    """The managed type of that wire name, or None."""
    kind = lookup(VIM25, name)
    return kind if is_managed(kind) else None


@lru_cache(maxsize=None)
def data_properties(kind):
    """A data type's properties in wire order, base types first."""
    if kind is LOCALIZED_FAULT:
        infos = DYNAMIC_DATA._GetPropertyList() + kind._propList
    else:
        infos = [p for p in kind._GetPropertyList() if p.name not in _NOT_ON_THE_WIRE]
    return tuple(Property(p.name, p.type, p.flags, p.version, kind is LOCALIZED_FAULT) for p in infos)


@lru_cache(maxsize=None)
def managed_property(kind, name):
    """The property of a managed type, its own or inherited, or None."""
    for base in kind.__mro__:
        info = base.__dict__.get("_propInfo", {}).get(name) if base is not object else None
        if info is not None:
            return Property(info.name, info.type, info.flags, info.version)
    return None


@lru_cache(maxsize=None)
def method(kind, name):
    """The method of a managed type, its own or inherited, or None."""
    for base in kind.__mro__:
        if base is object:
            continue
        for info in base.__dict__.get("_methodInfo", {}).values():
            if info.wsdlName == name:
                return Method(info)
    return None


class Fetch:
    """The one method that every managed object has and no type lists: it reads a single property.

    pyVmomi sends it for each attribute that a program touches.
    """

    name = "Fetch"
    version = vmomi.BASE_VERSION
    parameters = [Property("prop", str, 0, vmomi.BASE_VERSION)]
    faults = ()

    def __init__(self, prop):
        self.prop = prop
        self.result = None
        if prop is not None:
            declared = prop.type.Array if prop.array else prop.type
            self.result = Property("returnval", declared, vmomi.F_OPTIONAL if prop.optional else 0, prop.version)


@lru_cache(maxsize=None)
def method_exists(name):
    """Whether any managed type has a method of that wire name."""
    try:
        vmomi.GetWsdlMethod(VIM25, name)
    except KeyError:
        return False
    return True


def version_of(action):
    """pyVmomi's version for a SOAPAction such as `"urn:vim25/8.0.1.0"`, or None."""
    return vmomi.versionMap.get(action.strip().strip('"').removeprefix("urn:"))


@lru_cache(maxsize=None)
def has(version, since):
    """Whether something that came with `since` exists in `version`."""
    return vmomi.IsChildVersion(version, since)


def type_version(kind):
    """The version that brought a type; None for primitives."""
    return getattr(kind, "_version", None)


def spoken(version):
    """A version as SOAPAction writes it, for messages."""
    return vmomi.versionIdMap.get(version) or version


@lru_cache(maxsize=None)
def property_in_subtypes(kind, name):
    """The property of that name in any data type derived from `kind`, or None."""
    for candidate in vmomi.GetWsdlTypes():
        if is_data(candidate) and candidate is not kind and issubclass(candidate, kind):
            for prop in data_properties(candidate):
                if prop.name == name:
                    return prop
    return None
