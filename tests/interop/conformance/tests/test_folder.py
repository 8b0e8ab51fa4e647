"""Whole folders: the totals are true, and the exit code follows the violations."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

from ..__main__ import main
from .messages import ACTION, RECONFIGURE, RECONFIGURE_ANSWER, envelope, spoil


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def record(self, stem, request, answer, **meta):
        path = Path(self.folder.name)
        facts = {"method": "ReconfigVM_Task", "soap_action": ACTION, "status": 200, "injected": False, **meta}
        (path / f"{stem}-meta.json").write_text(json.dumps(facts))
        (path / f"{stem}-request.xml").write_bytes(envelope(request))
        if answer is not None:
            (path / f"{stem}-response.xml").write_bytes(envelope(answer))

    def run_check(self, *options):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = main([self.folder.name, *options])
        return code, output.getvalue()

    def test_clean(self):
        self.record("000001", RECONFIGURE, RECONFIGURE_ANSWER)
        self.record("000002", RECONFIGURE, None, injected=True)
        code, output = self.run_check()
        self.assertEqual(code, 0, output)
        self.assertIn("messages    3 (2 requests, 1 answers", output)
        self.assertIn("1 answers damaged on purpose", output)
        self.assertIn("ReconfigVM_Task 2", output)
        self.assertIn("violations  0", output)

    def test_violation_fails(self):
        self.record("000001", spoil(RECONFIGURE, "<numCPUs>", "<numCPUs>x"), RECONFIGURE_ANSWER)
        code, output = self.run_check()
        self.assertEqual(code, 1)
        self.assertIn("000001: ReconfigVM_Task/spec/numCPUs: bad-value", output)
        self.assertIn("violations  1", output)

    def test_one_side_may_be_left_out(self):
        spoilt = spoil(RECONFIGURE, "<numCPUs>", "<numCPUs>x")
        self.record("000001", spoilt, spoil(RECONFIGURE_ANSWER, '"Task"', '"Folder"'))
        self.assertIn("violations  2", self.run_check()[1])
        self.assertIn("reference-type-unfit", self.run_check("--answers-only")[1])
        self.assertIn("violations  1", self.run_check("--answers-only")[1])
        self.assertIn("bad-value", self.run_check("--requests-only")[1])
        self.assertIn("violations  1", self.run_check("--requests-only")[1])

    def test_nothing_recorded_fails(self):
        self.assertEqual(self.run_check()[0], 1)

    def test_minimum(self):
        self.record("000001", RECONFIGURE, RECONFIGURE_ANSWER)
        self.assertEqual(self.run_check("--minimum", "3")[0], 1)


if __name__ == "__main__":
    unittest.main()
