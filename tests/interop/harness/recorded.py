"""Where the messages of this run are kept until the conformance part reads them."""

import shutil

from . import setup


def fresh(name):
    """An empty folder for the recordings of one server, such as `mock/pyvmomi`."""
    folder = setup.WORK / "recorded" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
