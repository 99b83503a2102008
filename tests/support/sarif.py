"""The JSON Schema of SARIF 2.1.0, out of Microsoft's package on npm."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tools.programs import TOOLS

PACKAGE = "@microsoft/sarif-multitool-linux@5.7.0"
FILE = TOOLS / "sarif-2.1.0.json"


def schema() -> Any | None:
    """The schema, fetched into .tools once; None where npm is not there or cannot fetch it."""
    if not FILE.exists() and not _fetch():
        return None
    return json.loads(FILE.read_text(encoding="utf-8-sig"))


def _fetch() -> bool:
    npm = shutil.which("npm")
    if npm is None:
        return False
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        done = subprocess.run(
            [npm, "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, timeout=300, check=False
        )
        packages = list(Path(folder).glob("*.tgz"))
        if done.returncode or not packages:
            return False
        with tarfile.open(packages[0]) as archive:
            member = archive.extractfile("package/sarif-2.1.0.json")
            assert member is not None
            fresh = Path(folder, "schema")
            fresh.write_bytes(member.read())
            fresh.replace(FILE)
    return True
