"""What Polyaxon's own SDK makes of what we let through."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import manifests, polyaxon, post_render, section, yamltext
from tests.support import STREAMS

CASES = STREAMS.parent / "cases" / "sections.jsonl"

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of its own dependencies


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not here")
def test_it_loads_every_section_that_passes(sdk: Any) -> None:
    loaded = 0
    for line in CASES.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)["section"]
        value = section.parse(json.dumps(data), "cm")
        assert value is not None
        if not section.check(value):
            assert sdk.V1PolyaxonCleaner.from_dict(data) is not None
            loaded += 1
    assert loaded > 100


@pytest.mark.parametrize("path", sorted(STREAMS.glob("*.yaml.gz")), ids=lambda p: p.name)
def test_it_loads_the_configuration_of_every_patched_stream(path: Path, sdk: Any) -> None:
    if "full-setjson" in path.name:
        pytest.skip("is refused")
    stream = post_render(gzip.decompress(path.read_bytes()), {"cleaner": {"nodeSelector": {"pool": "small"}}})
    for span in manifests.holding(stream, polyaxon.HINTS):
        for agent in polyaxon.agents(yamltext.compose(stream[slice(*span)].decode(), path.name).data):
            config = sdk.AgentConfig.from_dict(agent.data)
            assert config.cleaner.node_selector == {"pool": "small"}
            assert config.cleaner.resources
