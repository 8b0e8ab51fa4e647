"""Writes vim25.txt: the facts of the vim25 API for the types listed in types.txt.

The facts are asked of pyVmomi, which carries every type with its properties in wire order, their
optionality and the version that brought them. Run it after a change to types.txt, with the pinned
pyVmomi (tests/interop/requirements.txt):

    python make_schema.py > vim25.txt
"""

import pathlib
import sys

from pyVmomi import VmomiSupport as support, vim, vmodl  # noqa: F401  (loads the types)

NAMESPACE = "urn:vim25"
BASELINE = (6, 7)


def since(version):
    """The dotted version a fact came with, or nothing when every supported server has it."""
    text = support.versionIdMap.get(version, "")
    numbers = tuple(int(part) for part in text.split(".") if part.isdigit())
    return f" @{text}" if numbers > BASELINE and numbers[:3] != (6, 7, 0) else ""


def name_of(kind):
    return support.GetWsdlName(kind)


def declared(kind, flags):
    """A property's type as the wire shows it: `T` or `T[]`, with `?` when it may be absent."""
    text = name_of(kind.Item) + "[]" if issubclass(kind, list) else name_of(kind)
    if kind is object:
        text = "anyType"
    return text + (" ?" if flags & support.F_OPTIONAL else "")


def element(kind):
    return kind.Item if isinstance(kind, type) and issubclass(kind, list) else kind


def load(name):
    try:
        return support.GetWsdlType(NAMESPACE, name)
    except KeyError:
        sys.exit(f"types.txt names an unknown type: {name}")


def all_types():
    names = {name for (namespace, name) in support._wsdlDefMap if namespace == NAMESPACE}
    names |= {name for (namespace, name) in support._wsdlTypeMap if namespace == NAMESPACE}
    return names


def base(kind):
    return kind.__bases__[0]


def closure(wanted):
    every, found, queue = None, {}, []
    for line in wanted:
        name = line.split("#")[0].strip()
        if not name:
            continue
        kind = load(name.rstrip("+"))
        queue.append(kind)
        if name.endswith("+"):
            every = every or [load(n) for n in sorted(all_types()) if not n.startswith("ArrayOf")]
            queue += [k for k in every if isinstance(k, type) and issubclass(k, kind)]
    while queue:
        kind = queue.pop()
        name = name_of(kind)
        if name in found:
            continue
        found[name] = kind
        if issubclass(kind, (support.DataObject, support.ManagedObject)):
            if base(kind) not in (support.DataObject, support.ManagedObject):
                queue.append(base(kind))
            used = [element(p.type) for p in kind._propInfo.values()]
            if issubclass(kind, support.ManagedObject):
                for method in kind._methodInfo.values():
                    used += [element(p.type) for p in method.params]
            queue += [k for k in used if isinstance(k, type) and issubclass(k, support.Enum)]
    return found


def show(name, kind):
    if issubclass(kind, support.Enum):
        print("enum", name, *kind.values)
        return
    parent = name_of(base(kind))
    if issubclass(kind, support.ManagedObject):
        print(f"managed {name} : {parent}")
    else:
        print(f"data {name} : {parent}{since(kind._version)}")
    for prop in kind._propInfo.values():
        if prop.name in ("dynamicType", "dynamicProperty"):
            continue
        print(f"  {prop.name} {declared(prop.type, prop.flags)}{since(prop.version)}")
    if not issubclass(kind, support.ManagedObject):
        return
    for method in kind._methodInfo.values():
        result = "-" if method.methodResult is support.NoneType else declared(method.methodResult, 0)
        if method.wsdlName.endswith("_Task"):
            result = "Task"
        print(f"  call {method.wsdlName} -> {result} priv {method.privId or '-'}{since(method.version)}")
        for param in method.params:
            print(f"    {param.name} {declared(param.type, param.flags)}{since(param.version)}")


def main():
    types = pathlib.Path(__file__).with_name("types.txt").read_text(encoding="utf-8").splitlines()
    print("# Written by make_schema.py from types.txt: facts of the vim25 API in wire order.")
    print("# `?` may be absent, `[]` repeats, `@` the version that brought it (none: 6.7 has it).")
    found = closure(types)
    for name in sorted(found):
        if name not in ("DynamicData", "DataObject", "ManagedObject"):
            show(name, found[name])


main()
