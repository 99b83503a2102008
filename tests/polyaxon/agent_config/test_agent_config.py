"""What is said about the agent's configuration: of the cases, as Polyaxon's SDK judges them, and of single values."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.polyaxon import agent_config, chart_defaults, find_agents
from tests.support import cases

CASES = [json.loads(line) for line in gzip.decompress(cases.path("agents.jsonl.gz").read_bytes()).splitlines()]
P = "POLYAXON_AGENT_"


def check(data: dict[str, str], version: str | None = "2.15.1") -> list[Diagnostic]:
    metadata = {"name": "cm", "labels": {"app.kubernetes.io/version": version} if version else {}}
    data = {"POLYAXON_AGENT_CLEANER": "{}", **data}
    (agent,) = find_agents({"kind": "ConfigMap", "metadata": metadata, "data": data})
    return agent_config.check(agent)


def entry(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def test_every_case_is_judged_as_the_sdk_does() -> None:
    assert len(CASES) >= 100
    wrong = []
    for case in CASES:
        found = {entry(d.path) for d in check(case["data"]) if d.severity == "error"}
        blamed = {name for group in case["blames"] for name in group}
        is_right = case["loads"] == (not found) and all(found.intersection(group) for group in case["blames"])
        if not is_right or found - blamed - set(case["free"]):
            wrong.append((found, case["blames"], {name: case["data"][name] for name in case["what"]}))
    assert wrong == []


def said(name: str, value: Any, version: str | None = "2.15.1") -> list[tuple[str, str, str, str]]:
    text = value if isinstance(value, str) else json.dumps(value)
    return [(d.severity, d.path.removeprefix(P), d.message, d.hint) for d in check({name: text}, version)]


STORE = {"name": "a", "kind": "s3"}
END = "; the agent does not start"
NOT_A_POLICY = '"always" is not one of Always, IfNotPresent, Never'
SAID: dict[str, tuple[str, Any, list[tuple[str, str, str]]]] = {
    "a pull policy": (
        "SIDECAR", {"imagePullPolicy": "always"},
        [("SIDECAR.imagePullPolicy", NOT_A_POLICY,
          "write imagePullPolicy: Always (sidecar.imagePullPolicy in the chart's values)")],
    ),
    "a number for a tag": (
        "INIT", {"imageTag": 2.1},
        [("INIT.imageTag", "must be a string, found the number 2.1",
          'write it in quotes: imageTag: "2.1" (init.imageTag in the chart\'s values)')],
    ),
    "an integer in quotes": (
        "SIDECAR", {"sleepInterval": "10"},
        [("SIDECAR.sleepInterval", 'must be an integer or a reference such as {{ globals.name }}, found "10"',
          "write sleepInterval: 10 (sidecar.sleepInterval in the chart's values)")],
    ),
    "a misspelled field": (
        "INIT", {"imagetag": "a"},
        [("INIT.imagetag", "unknown field; allowed: image, imageTag, imagePullPolicy, resources",
          "did you mean imageTag? (init.imagetag in the chart's values)")],
    ),
    "Python's spelling beside the chart's": (
        "INIT", {"image_tag": "a", "imageTag": "b"},
        [("INIT.image_tag", "Polyaxon takes image_tag for imageTag, but not both",
          "keep imageTag alone (init.image_tag in the chart's values)")],
    ),
    "references as pull secrets": (
        "DEFAULT_IMAGE_PULL_SECRETS", [{"name": "a"}],
        [("DEFAULT_IMAGE_PULL_SECRETS[0]", "must be a string, found a mapping",
          "write a in its place (agent.imagePullSecrets[0] in the chart's values)")],
    ),
    "a text of pull secrets": (
        "DEFAULT_IMAGE_PULL_SECRETS", '"a, b"',
        [("DEFAULT_IMAGE_PULL_SECRETS", 'must be a list of names, found "a, b"',
          "write imagePullSecrets: [a, b] (agent.imagePullSecrets in the chart's values)")],
    ),
    "a connection without a name": (
        "CONNECTIONS", [{"kind": "git"}],
        [("CONNECTIONS[0].name", "is missing",
          "for example name: artifacts (connections[0].name in the chart's values)")],
    ),
    "another word for a kind": (
        "ARTIFACTS_STORE", {**STORE, "kind": "pvc"},
        [("ARTIFACTS_STORE.kind", '"pvc" is not a kind of connection',
          "write kind: volume_claim (artifactsStore.kind in the chart's values)")],
    ),
    "a secret's name alone": (
        "ARTIFACTS_STORE", {**STORE, "secret": "creds"},
        [("ARTIFACTS_STORE.secret",
          'must be a mapping with a name, or a reference such as {{ globals.name }}, found "creds"',
          "write secret: {name: creds} (artifactsStore.secret in the chart's values)")],
    ),
    "not JSON": (
        "INIT", "{",
        [("INIT", "is not JSON: Expecting property name enclosed in double quotes",
          "the chart must render JSON here, from init in its values")],
    ),
    "an empty text": (
        "CONNECTIONS", "",
        [("CONNECTIONS", "must be JSON, found an empty text",
          "the chart must render JSON here, from connections in its values")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "value", "expected"), SAID.values(), ids=SAID)
def test_what_is_said(name: str, value: Any, expected: list[tuple[str, str, str]]) -> None:
    assert said(P + name, value) == [("error", path, message + END, hint) for path, message, hint in expected]


def test_names_are_compared_only_if_store_and_connections_load() -> None:
    connections = [{"name": "a", "kind": "git"}, {"name": "A", "kind": "git"}]
    both = {f"{P}ARTIFACTS_STORE": json.dumps(STORE), f"{P}CONNECTIONS": json.dumps(connections)}
    (found,) = check(both)
    assert found.path == f"{P}CONNECTIONS[0].name"
    assert found.message == f'"a" is the name of artifactsStore too, and connections must have different names{END}'
    assert check({f"{P}CONNECTIONS": json.dumps(connections[:1] * 2)}) == []
    broken = {**both, f"{P}ARTIFACTS_STORE": json.dumps({**STORE, "kind": "S3"})}
    assert [d.path for d in check(broken)] == [f"{P}ARTIFACTS_STORE.kind"]


VERSIONS = {
    "of the charts' newest": ("2.15.1", {"foo": 1}, "error", END),
    "newer than the SDK": (
        "2.99.0", {"foo": 1}, "warning", "; the chart is newer than Polyaxon 2.18.0, which does not know it",
    ),
    "newer than the SDK, but wrong": ("2.99.0", {"imagePullPolicy": "always"}, "error", END),
    "before 2.0": ("1.20.0", {"foo": 1}, "warning", "; Polyaxon 2 does not start with it"),
    "unknown": (None, {"imagePullPolicy": "always"}, "warning", "; the chart's version is unknown"),
    "no number": ("main", {"imagePullPolicy": "always"}, "warning", "; the chart's version is unknown"),
    "before the field": ("2.11.3", {"noConnections": True}, "error", f"Polyaxon has this field since 2.12 only{END}"),
    "of a pre-release": ("v2.12.0-rc1", {"imagePullPolicy": "always"}, "error", END),
}  # fmt: skip


@pytest.mark.parametrize(("version", "sidecar", "severity", "end"), VERSIONS.values(), ids=VERSIONS)
def test_an_error_only_where_the_sdk_is_known(version: str | None, sidecar: Any, severity: str, end: str) -> None:
    ((found, _, message, _),) = said(f"{P}SIDECAR", sidecar, version)
    assert found == severity
    assert message.endswith(end)


def test_a_field_that_the_version_has() -> None:
    assert said(f"{P}SIDECAR", {"noConnections": "{{ x }}"}, "2.12.0") == []


WARNED: dict[str, tuple[str, Any, str, str]] = {
    "flat resources of the sidecar": (
        "SIDECAR", {"resources": {"cpu": "50m", "memory": "1Gi"}}, "flat-resources",
        "cpu and memory are not read: resources belong under requests or limits; every run's sidecar is without limits",
    ),
    "flat resources beside limits": (
        "SIDECAR", {"resources": {"limits": {"cpu": 1}, "cpu": "50m"}}, "flat-resources",
        "cpu is not read: resources belong under requests or limits",
    ),
    "a quantity": (
        "INIT", {"resources": {"limits": {"memory": "4000Mb"}}}, "quantity",
        '"4000Mb" is not a valid quantity: must be a number',
    ),
    "a request over its limit": (
        "SIDECAR", {"resources": {"requests": {"cpu": 2}, "limits": {"cpu": 1}}}, "request-over-limit",
        "requests.cpu 2 exceeds limits.cpu 1; Kubernetes refuses the pods of all runs",
    ),
    "an image with a tag": (
        "INIT", {"image": "a:b", "imageTag": "c"}, "image-with-tag",
        '"a:b" is not a valid image name: Polyaxon appends a tag, and this image already has one',
    ),
    "default scheduling": (
        "DEFAULT_SCHEDULING", {"nodeSelector": {"a": "b c"}}, "label-value",
        'invalid label value: "b c" contains a space',
    ),
    "a notifier": (
        "NOTIFIER", {"image": "a", "hpa": {}}, "unused-field", "nothing in Polyaxon reads the notifier's image and hpa",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "value", "code", "message"), WARNED.values(), ids=WARNED)
def test_warnings(name: str, value: Any, code: str, message: str) -> None:
    (found,) = check({P + name: json.dumps(value)})
    assert (found.severity, found.code) == ("warning", code)
    assert found.message.startswith(message)
    assert found.message.endswith(("limits", "hpa", "the pods of all runs"))


def test_an_image_to_which_no_tag_is_appended() -> None:
    assert said(f"{P}INIT", {"image": "a:b", "imageTag": ""}) == []


def test_the_charts_defaults_are_not_checked_again() -> None:
    (data,) = [case["data"] for case in CASES if case["what"] == ["POLYAXON_AGENT_RUNS_SA"]][:1]
    assert chart_defaults.custom_entries(data, "2.15.1") == {}
    assert check(data) == []
    assert list(chart_defaults.custom_entries(data, "2.15.2")) == [
        f"{P}ARTIFACTS_STORE", f"{P}SIDECAR", f"{P}INIT", f"{P}NOTIFIER",
    ]  # fmt: skip
