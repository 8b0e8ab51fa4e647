"""Reads esxtool's JSON: judgements and the report of prepare-master-target."""


def _verdicts(judgements):
    return {judgement["rule"]: judgement["verdict"] for judgement in judgements}


class Judged:
    """The document of `check`."""

    def __init__(self, document):
        self.document = document
        self.ready = document["ready"]
        self.moref = document["facts"]["master_target"]["moref"]

    def verdicts(self):
        """Verdict by rule."""
        return _verdicts(self.document["judgements"])


class Prepared:
    """The document of `prepare-master-target`."""

    def __init__(self, document):
        self.document = document

    def planned(self):
        """Ids of the planned steps, in order."""
        return [step["id"] for step in self.document["plan"]["steps"]]

    def results(self):
        """How each step ended."""
        return {step["id"]: step["status"] for step in self.document["steps"]}

    def verdicts_after(self):
        """Verdict by rule, after everything."""
        return _verdicts(self.document["after"]["judgements"])

    def severities_after(self, rule):
        """How much each finding of a rule costs, after everything."""
        judgements = self.document["after"]["judgements"]
        return [finding["severity"] for one in judgements if one["rule"] == rule for finding in one["findings"]]
