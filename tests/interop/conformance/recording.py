"""Reads what the recorders of the mock and of vcsim leave in a folder.

An exchange is three files of one stem: `STEM-request.xml`, `STEM-response.xml`
(absent where none was given or where it was damaged on purpose) and
`STEM-meta.json` with `method`, `soap_action`, `status`, `injected`.
"""

import json
from pathlib import Path

_META = "-meta.json"


def exchanges(folder):
    """Yields (stem, meta, request bytes, answer bytes or None), in the order of names."""
    for meta_path in sorted(Path(folder).rglob(f"*{_META}")):
        stem = meta_path.name[: -len(_META)]
        meta = json.loads(meta_path.read_text(encoding="utf-8"))
        request = meta_path.with_name(f"{stem}-request.xml")
        answer = meta_path.with_name(f"{stem}-response.xml")
        yield stem, meta, request.read_bytes(), answer.read_bytes() if answer.exists() else None
