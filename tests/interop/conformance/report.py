"""What a check found: violations, and totals that show how much was looked at."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Violation:
    """One departure from the API, at one point of one message."""

    rule: str
    message: str
    path: str
    text: str

    def __str__(self):
        return f"{self.message}: {self.path}: {self.rule}: {self.text}"


@dataclass
class Report:
    """Collects violations and totals over many messages."""

    violations: list = field(default_factory=list)
    requests: int = 0
    answers: int = 0
    faults: int = 0
    elements: int = 0
    internal: Counter = field(default_factory=Counter)
    damaged: int = 0
    methods: Counter = field(default_factory=Counter)
    types: Counter = field(default_factory=Counter)
    property_paths: set = field(default_factory=set)
    message: str = ""

    def add(self, rule, path, text):
        """Records a violation in the message at hand."""
        self.violations.append(Violation(rule, self.message, path, text))

    @property
    def messages(self):
        """Requests and answers together."""
        return self.requests + self.answers

    def rules(self):
        """How often each rule was broken."""
        return Counter(violation.rule for violation in self.violations)

    def summary(self):
        """The totals as lines of text."""
        methods = ", ".join(f"{name} {count}" for name, count in sorted(self.methods.items()))
        internal = ", ".join(f"{name} {count}" for name, count in sorted(self.internal.items()))
        return [
            f"messages    {self.messages} ({self.requests} requests, {self.answers} answers, {self.faults} of them faults)",
            f"elements    {self.elements}",
            f"types       {len(self.types)} data types and enumerations, {len(self.property_paths)} property paths",
            f"methods     {len(self.methods)}: {methods}",
            f"not checked {sum(self.internal.values())} calls of urn:internalvim25 ({internal or 'none'}),"
            f" {self.damaged} answers damaged on purpose",
            f"violations  {len(self.violations)}",
        ]
