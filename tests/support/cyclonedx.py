"""The JSON Schema of CycloneDX 1.6, out of the package of CycloneDX's Python library."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tools.programs import TOOLS

PACKAGE = "cyclonedx-python-lib==11.12.0"
FOLDER = TOOLS / "cyclonedx-1.6"
_FILES = {
    "bom-1.6.SNAPSHOT.schema.json": "bom-1.6.schema.json",
    "spdx.SNAPSHOT.schema.json": "spdx.schema.json",
    "jsf-0.82.SNAPSHOT.schema.json": "jsf-0.82.schema.json",
}


def validator() -> jsonschema.Draft7Validator | None:
    """Validates bills of materials; the schema is fetched into .tools once. None if the package is not available."""
    if not FOLDER.exists() and not _fetch():
        return None
    schemas = {name: json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in _FILES.values()}
    resources = [(schema["$id"], Resource.from_contents(schema, DRAFT7)) for schema in schemas.values()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return jsonschema.Draft7Validator(schemas["bom-1.6.schema.json"], registry=registry)


def _fetch() -> bool:
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as name:
        folder = Path(name)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", name, PACKAGE]
        done = subprocess.run(command, capture_output=True, timeout=300, check=False)
        wheels = list(folder.glob("*.whl"))
        if done.returncode or not wheels:
            return False
        fresh = folder / "schemas"
        fresh.mkdir()
        with zipfile.ZipFile(wheels[0]) as files:
            for member in files.namelist():
                if target := _FILES.get(member.rpartition("/")[2]):
                    # The library keeps its copies under names of its own, and refers to them by these.
                    text = files.read(member).decode().replace(".SNAPSHOT.schema.json", ".schema.json")
                    (fresh / target).write_text(text, encoding="utf-8")
        fresh.rename(FOLDER)
    return True
