"""The lexical forms of XML Schema's simple types, as far as the vSphere API uses them."""

import base64
import binascii
import re
from datetime import datetime

from pyVmomi import VmomiSupport as vmomi

_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_FLOAT = re.compile(r"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN)\Z")
_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?\Z"
)


def _integer(bits):
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1

    def check(text):
        return bool(_INTEGER.match(text)) and low <= int(text) <= high

    return check


def _date_time(text):
    match = _DATE_TIME.match(text)
    if not match:
        return False
    try:
        datetime(*(int(part) for part in match.groups()[:6]))
    except ValueError:
        return False
    return True


def _base64(text):
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


_CHECKS = {
    bool: lambda text: text in ("true", "false", "0", "1"),
    vmomi.byte: _integer(8),
    vmomi.short: _integer(16),
    int: _integer(32),
    vmomi.long: _integer(64),
    float: lambda text: bool(_FLOAT.match(text)),
    vmomi.double: lambda text: bool(_FLOAT.match(text)),
    datetime: _date_time,
    vmomi.binary: _base64,
}

# Names of things of the API: never empty.
_NAMES = {type, vmomi.ManagedMethod, vmomi.PropertyPath}


def is_valid(kind, text):
    """Whether `text` is a value of the primitive type `kind`."""
    if kind in _NAMES:
        return bool(text.strip())
    check = _CHECKS.get(kind)
    return check is None or check(text.strip())


# On the wire these three are plain strings, and `xsi:type` says so.
STRINGS = {str, vmomi.Link, *_NAMES}
