"""The patched real charts on a real API server."""

from __future__ import annotations

import pytest
import yaml

from helm_cleaner import polyaxon, post_render
from helm_cleaner.yamltext.stream import Stream
from tests.support import rendered
from tests.support.release import Refusal


@pytest.mark.parametrize("name", rendered.ACCEPTED)
def test_the_server_takes_what_was_patched(name: str, refusal: Refusal) -> None:
    stream = post_render(rendered.read(name), {"cleaner": {"nodeSelector": {"pool": "small"}}})
    patched = [
        yaml.safe_load(stream[slice(*Stream(stream).body(span))])
        for span in Stream(stream).find((*polyaxon.HINTS, b"-polyaxon-agent-config"))
    ]
    assert "Deployment" in {each["kind"] for each in patched}
    assert [said for each in patched if (said := refusal(each))] == []
