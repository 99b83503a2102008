"""What post-render makes of the real charts, put to a real API server."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import yaml

from helm_cleaner import polyaxon, post_render
from helm_cleaner.yamltext import manifests
from tests.support.release import Refusal
from tools import STREAMS

PATHS = [path for path in sorted(STREAMS.glob("*.yaml.gz")) if "full-setjson" not in path.name]  # that one is refused


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.name.removesuffix(".yaml.gz"))
def test_the_server_takes_what_was_patched(path: Path, refusal: Refusal) -> None:
    stream = post_render(gzip.decompress(path.read_bytes()), {"cleaner": {"nodeSelector": {"pool": "small"}}})
    patched = [
        yaml.safe_load(stream[slice(*manifests.content(stream, span))])
        for span in manifests.holding(stream, (*polyaxon.HINTS, b"-polyaxon-agent-config"))
    ]
    assert "Deployment" in {each["kind"] for each in patched}
    assert [said for each in patched if (said := refusal(each))] == []
