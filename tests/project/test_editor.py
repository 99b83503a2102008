"""A values file in an editor: the real language server with our schema, set up with the modeline from the guide."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.section.structure import schema_text
from tests.conftest import COMMAND
from tests.support import language_server
from tests.support.language_server import LanguageServer
from tools import ROOT

pytestmark = pytest.mark.slow

MODELINE = "# yaml-language-server: $schema=values.schema.json"
TEXT = f"""\
{MODELINE}
agent:
  replicas: 2
cleaner:
  imagePullPolicy: always
  imageTag: 2.10
  tolerations:
    - key: gpu
      effect: NoSchedule
  """
POLICY = (4, 4)  # within imagePullPolicy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editor")
    schema = subprocess.run([COMMAND, "schema", "--values"], capture_output=True, check=True).stdout
    (folder / "values.schema.json").write_bytes(schema)
    (folder / "values.yaml").write_text(TEXT)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    command = language_server.program()
    if command is None:
        pytest.skip("no npm here that could fetch the YAML language server")
    with LanguageServer(command, folder) as server:
        yield server


@pytest.fixture(scope="module")
def found(server: LanguageServer) -> list[dict[str, Any]]:
    return server.open("values.yaml")


def test_what_is_wrong_is_underlined(found: list[dict[str, Any]]) -> None:
    lines = TEXT.splitlines()
    marked = {}
    for each in found:
        start, end = each["range"]["start"], each["range"]["end"]
        marked[lines[start["line"]][start["character"] : end["character"]]] = each["message"]
    assert marked.keys() == {"always", "2.10"}
    assert "Always" in marked["always"]


@pytest.mark.usefixtures("found")
def test_hovering_shows_the_fields_text(server: LanguageServer) -> None:
    section = json.loads(schema_text())
    text = section["properties"]["imagePullPolicy"]["description"]
    assert text in server.hover("values.yaml", POLICY).replace("\\", "")


@pytest.mark.usefixtures("found")
def test_the_fields_and_their_values_are_offered(server: LanguageServer) -> None:
    offered = server.complete("values.yaml", (len(TEXT.splitlines()) - 1, 2))
    assert {"image", "affinity", "nodeSelector", "resources", "imagePullSecrets"} <= {*offered}
    assert "imageTag" not in offered, "it is there already"
    values = server.complete("values.yaml", (4, len("  imagePullPolicy: ")))
    assert {"Always", "IfNotPresent", "Never"} <= {*values}


def test_the_modeline_is_the_guides() -> None:
    guide = (ROOT / "docs" / "editor.md").read_text(encoding="utf-8")
    assert f"\n{MODELINE}\ncleaner:\n" in guide
