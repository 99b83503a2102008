"""Polyaxon's own reference of the section, and ours."""

from __future__ import annotations

import json
import re

import pytest

from helm_cleaner import post_render, section, values
from helm_cleaner.section.layers import merge_over
from helm_cleaner.section.structure import schema
from helm_cleaner.values import to_data
from tools import ROOT, STREAMS, reference

REFERENCE = STREAMS.parent / "polyaxon-cleaner-reference.txt"


def test_the_schema_knows_the_fields_of_the_reference() -> None:
    fields = ["image", "imageTag", "imagePullPolicy", "resources", "nodeSelector", "affinity", "tolerations"]
    known = [name for name, rule in schema()["properties"].items() if "deprecated" not in rule]
    assert known == [*fields, "imagePullSecrets"]
    assert all(field["description"] for field in schema()["properties"].values())


def examples() -> list[str]:
    """The YAML examples of Polyaxon's own reference."""
    if not REFERENCE.exists():
        return []
    found = re.findall(r"^cleaner:\n(?:[ ].*\n?)+", REFERENCE.read_text(), re.MULTILINE)
    term = "- {weight: 1, podAffinityTerm: {topologyKey: kubernetes.io/hostname}}"
    return [example.replace("...", term) for example in found]  # the dots stand for what a reader would write


@pytest.mark.skipif(not REFERENCE.exists(), reason=f"{REFERENCE} is not here")
def test_the_reference_has_examples() -> None:
    assert len(examples()) == 9


@pytest.mark.parametrize("example", examples(), ids=lambda e: "-".join(re.findall(r"^  (\w+):", e, re.MULTILINE)))
def test_every_example_of_the_reference_takes_effect(example: str) -> None:
    """As Helm renders it into a chart's defaults. Only flat resources mean something else than they say."""
    given = to_data(values.read(example.encode(), "v.yaml").values)["cleaner"]
    result, _ = merge_over(section.defaults("2.15.1"), values.read(example.encode(), "v"), normalized=False)
    assert result is not None
    merged = to_data(result)
    stream = json.dumps(
        {
            "kind": "ConfigMap",
            "metadata": {"name": "cm", "labels": {"app.kubernetes.io/version": "2.15.1"}},
            "data": {"POLYAXON_AGENT_CLEANER": json.dumps(merged)},
        }
    )
    out = json.loads(json.loads(post_render(stream.encode()))["data"]["POLYAXON_AGENT_CLEANER"])
    resources = given.pop("resources", {})
    assert out["resources"]["requests"] == {"cpu": "100m", "memory": "100Mi"} | resources.get("requests", resources)
    assert out["resources"]["limits"] == {"cpu": "1000m", "memory": "2000Mi"}
    assert {key: out[key] for key in given} == given


@pytest.mark.parametrize(("name", "marker"), reference.TABLES)
def test_the_guides_show_what_is_true(name: str, marker: str) -> None:
    """If this fails: make schema."""
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert reference.table_in(page, marker) == reference.TABLES[name, marker]()
