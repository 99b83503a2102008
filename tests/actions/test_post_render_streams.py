"""post-render over what real Helm pipes for the real charts."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from helm_cleaner import polyaxon, post_render
from helm_cleaner.diagnostics import SectionError
from helm_cleaner.names import KEY
from helm_cleaner.yamltext import loaders
from helm_cleaner.yamltext.stream import Stream
from tests.support import rendered

REFUSED = {"full-setjson": "cleaner.priorityClassName"}
CHANGED_KEYS = (KEY.encode(), polyaxon.CHECKSUM.encode())


def without_changes(text: bytes) -> list[bytes]:
    return [line for line in text.splitlines(keepends=True) if not line.strip().startswith(CHANGED_KEYS)]


def section(text: bytes) -> Any:
    spans = Stream(text).find(polyaxon.HINTS)
    documents = [yaml.safe_load(text[slice(*span)].removeprefix(b"---\n")) for span in spans]
    found = [d["data"][KEY] for d in documents if d["kind"] == "ConfigMap" and "POLYAXON_SET_AGENT" in d["data"]]
    assert len(found) <= 1
    return json.loads(found[0]) if found else None


@pytest.mark.parametrize("name", rendered.NAMES)
def test_only_the_key_and_checksums_change_and_only_once(name: str) -> None:
    before = rendered.read(name)
    refused = next((field for part, field in REFUSED.items() if part in name), None)
    if refused:
        with pytest.raises(SectionError) as e:
            post_render(before)
        assert refused in {d.path for d in e.value.diagnostics}
        return
    after = post_render(before)
    assert without_changes(after) == without_changes(before)
    assert post_render(after) == after
    found = section(after)
    assert found is None if "agent-disabled" in name else set(found["resources"]) == {"limits", "requests"}


@pytest.mark.parametrize("name", [name for name in rendered.NAMES if "2.15.1-helm4" in name])
def test_a_value_option_reaches_every_consumer(name: str) -> None:
    before = rendered.read(name)
    after = post_render(before, {"cleaner": {"imageTag": "dev", "nodeSelector": {"pool": "small"}}})
    found = section(after)
    assert (found["imageTag"], found["nodeSelector"]) == ("dev", {"pool": "small"})
    checksums = {line.split()[1] for line in after.splitlines() if line.strip().startswith(b"checksum/agent-config")}
    assert len(checksums) == 1
    assert checksums.isdisjoint(line.split()[-1] for line in before.splitlines() if line.strip())


@pytest.mark.parametrize("name", [name for name in rendered.NAMES if "2.15.1-helm4" in name])
def test_without_libyaml_it_is_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, values = rendered.read(name), {"cleaner": {"imageTag": "dev"}}
    fast = post_render(before, values)
    monkeypatch.setattr(loaders, "Loader", loaders._PureLoader)
    assert post_render(before, values) == fast
