"""post-render over what real Helm pipes for the real charts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner import polyaxon, post_render
from helm_cleaner.diagnostics import SectionError
from helm_cleaner.names import KEY
from helm_cleaner.yamltext import loaders, manifests
from tools import STREAMS

PATHS = sorted(STREAMS.glob("*.yaml.gz"))
REFUSED = {"full-setjson": "cleaner.priorityClassName"}
CHANGED_KEYS = (KEY.encode(), polyaxon.CHECKSUM.encode())

pytestmark = pytest.mark.skipif(not PATHS, reason=f"{STREAMS} is not here")


def load(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def without_changes(text: bytes) -> list[bytes]:
    return [line for line in text.splitlines(keepends=True) if not line.strip().startswith(CHANGED_KEYS)]


def section(text: bytes) -> Any:
    spans = manifests.holding(text, polyaxon.HINTS)
    documents = [yaml.safe_load(text[slice(*span)].removeprefix(b"---\n")) for span in spans]
    found = [d["data"][KEY] for d in documents if d["kind"] == "ConfigMap" and "POLYAXON_SET_AGENT" in d["data"]]
    assert len(found) <= 1
    return json.loads(found[0]) if found else None


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.name.removesuffix(".yaml.gz"))
def test_only_the_key_and_checksums_change_and_only_once(path: Path) -> None:
    before = load(path)
    refused = next((field for part, field in REFUSED.items() if part in path.name), None)
    if refused:
        with pytest.raises(SectionError) as e:
            post_render(before)
        assert refused in {d.path for d in e.value.diagnostics}
        return
    after = post_render(before)
    assert without_changes(after) == without_changes(before)
    assert post_render(after) == after
    found = section(after)
    assert found is None if "agent-disabled" in path.name else set(found["resources"]) == {"limits", "requests"}


@pytest.mark.parametrize("path", [p for p in PATHS if "2.15.1-helm4" in p.name], ids=lambda p: p.name)
def test_a_value_option_reaches_every_consumer(path: Path) -> None:
    before = load(path)
    after = post_render(before, {"cleaner": {"imageTag": "dev", "nodeSelector": {"pool": "small"}}})
    found = section(after)
    assert (found["imageTag"], found["nodeSelector"]) == ("dev", {"pool": "small"})
    checksums = {line.split()[1] for line in after.splitlines() if line.strip().startswith(b"checksum/agent-config")}
    assert len(checksums) == 1
    assert checksums.isdisjoint(line.split()[-1] for line in before.splitlines() if line.strip())


@pytest.mark.parametrize("path", [p for p in PATHS if "2.15.1-helm4" in p.name], ids=lambda p: p.name)
def test_without_libyaml_it_is_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, values = load(path), {"cleaner": {"imageTag": "dev"}}
    fast = post_render(before, values)
    monkeypatch.setattr(loaders, "Loader", loaders._PureLoader)
    assert post_render(before, values) == fast
