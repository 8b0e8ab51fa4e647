"""The parts of the interop; each is a module with `run(checks, options)`."""

from importlib import import_module


def load(name):
    """The function that runs a part."""
    return import_module(f"{__name__}.{name}").run
