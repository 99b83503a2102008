"""The JSON Schema of whole values files, beside what validate says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import event, given

from helm_cleaner import values
from helm_cleaner.polyaxon import agent_config, chart_values
from helm_cleaner.polyaxon.agent_config.values_schema import extend_schema
from helm_cleaner.section.structure import values_schema
from tests.polyaxon.agent_config.test_agent_config import P
from tests.polyaxon.agent_config.test_sdk import configmaps

PUBLISHED = extend_schema(values_schema())
SCHEMA = jsonschema.Draft202012Validator(PUBLISHED)
KEYS = {"SIDECAR": "sidecar", "INIT": "init", "NOTIFIER": "notifier", "CONNECTIONS": "connections"}


def errors(data: dict[str, Any]) -> list[str]:
    read = values.read(json.dumps(data).encode(), "v.yaml").values
    found = agent_config.check_values(chart_values.release_values(read, chart_values.defaults()), read)
    return [d.path for d in found if d.severity == "error"]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)
    assert "x-" not in json.dumps(PUBLISHED["$defs"]["agent.sidecar"])


DATA: dict[str, tuple[dict[str, Any], bool]] = {
    "nothing": ({}, True),
    "a pull policy": ({"sidecar": {"imagePullPolicy": "always"}}, False),
    "null": ({"init": None}, False),
    "no store": ({"artifactsStore": {}}, True),
    "a store": ({"artifactsStore": {"name": "a", "kind": "s3"}}, True),
    "a kind": ({"artifactsStore": {"name": "a", "kind": "S3"}}, False),
    "a name": ({"connections": [{"kind": "s3"}]}, False),
    "references": ({"agent": {"imagePullSecrets": [{"name": "a"}]}}, False),
    "a flag": ({"agent": {"watchCluster": "On"}}, True),
    "no flag": ({"agent": {"watchCluster": "maybe"}}, False),
    "an interval": ({"agent": {"executorRefreshInterval": 300}}, True),
    "a long interval": ({"agent": {"executorRefreshInterval": 1_000_000}}, False),
    "a reference": ({"sidecar": {"sleepInterval": "{{ x }}"}}, True),
    "no reference": ({"sidecar": {"sleepInterval": "10"}}, False),
    "what the agent does not load": ({"agent": {"x": 1}, "gateway": 5, "tmux": {"image": 1}}, True),
}


@pytest.mark.parametrize(("data", "is_valid"), DATA.values(), ids=DATA)
def test_values(data: dict[str, Any], is_valid: bool) -> None:
    assert SCHEMA.is_valid(data) == is_valid
    assert (not errors(data)) == is_valid


@given(configmaps())
def test_it_accepts_nothing_that_validate_refuses(entries: dict[str, str]) -> None:
    """Except for names that are there twice. It also refuses the spellings of Python, which validate need not."""
    data = {}
    for name, text in entries.items():
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if name.removeprefix(P) in KEYS and value:
            data[KEYS[name.removeprefix(P)]] = value
    found = [path for path in errors(data) if not path.endswith(".name")]
    event(f"refused: {bool(found)}")
    assert not found or not SCHEMA.is_valid(data)
