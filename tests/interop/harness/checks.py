"""Prints one line per check and counts them."""

import time


class Stop(Exception):
    """A part cannot go on; what failed is already printed."""


class Checks:
    """The pass and fail lines of a run."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self._title = ""
        self._begun = time.monotonic()

    def section(self, title):
        """Begins a group of checks."""
        self._title = title
        print(f"\n--- {title} ({time.monotonic() - self._begun:.0f} s)", flush=True)

    def that(self, name, holds, detail=""):
        """Checks a condition; `detail` is printed when it fails. Gives whether it held."""
        if holds:
            self.passed += 1
            print(f"pass  {name}", flush=True)
        else:
            self.failed.append(f"{self._title}: {name}")
            print(f"FAIL  {name}", flush=True)
            for line in str(detail() if callable(detail) else detail).splitlines():
                print(f"      {line}", flush=True)
        return bool(holds)

    def equal(self, name, got, wanted):
        """Checks that two values agree."""
        return self.that(name, got == wanted, lambda: f"got     {got!r}\nwanted  {wanted!r}")

    def need(self, name, holds, detail=""):
        """A check without which the rest of its part makes no sense."""
        if not self.that(name, holds, detail):
            raise Stop(name)

    def close(self):
        """Prints the closing line; gives the exit code."""
        if self.failed:
            print("\nfailed:")
            for name in self.failed:
                print(f"  {name}")
        print(f"\n{self.passed} passed, {len(self.failed)} failed")
        return 1 if self.failed or not self.passed else 0
