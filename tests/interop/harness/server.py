"""Starts a server that announces itself with one line of JSON, and ends it."""

import json
import os
import selectors
import subprocess
import threading
import time
from contextlib import contextmanager

from . import setup

START_SECONDS = 30


class Server:
    """A running server: where it is, how to log in, and what it wrote to standard error."""

    def __init__(self, announcement, process):
        self.url = announcement["url"]
        self.username = announcement["username"]
        self.password = announcement["password"]
        self.thumbprint = announcement.get("thumbprint")
        self.process = process
        self.stderr = []


@contextmanager
def _served(command, environment=None):
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, **(environment or {})},
    )
    try:
        server = Server(json.loads(_first_line(process)), process)
        threading.Thread(target=lambda: server.stderr.extend(process.stderr), daemon=True).start()
        yield server
    finally:
        process.stdin.close()
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _first_line(process):
    """The announcement; a document over several lines is read to its end."""
    selector = selectors.DefaultSelector()
    selector.register(process.stdout, selectors.EVENT_READ)
    text, deadline = "", time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not selector.select(timeout=1):
            continue
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended: {process.stderr.read()}")
        text += line
        try:
            json.loads(text)
        except ValueError:
            continue
        return text
    raise RuntimeError(f"no announcement within {START_SECONDS} s, only {text!r}")


def vcsim(*arguments):
    """govmomi's simulator."""
    return _served([setup.VCSIM, *arguments])


def simulate(*arguments, record=None):
    """esxtool's own simulator, over TLS."""
    environment = {"MOCKS_RECORD_DIR": str(record)} if record else {}
    return _served([setup.ESXTOOL, "simulate", "--tls", "--output", "json", *arguments], environment)
