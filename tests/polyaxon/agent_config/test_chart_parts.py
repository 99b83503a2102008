"""The values that the charts render into the agent's ConfigMap, and what is said about them."""

from __future__ import annotations

import pytest

from helm_cleaner import values
from helm_cleaner.polyaxon import agent_config, chart_values
from helm_cleaner.polyaxon.agent_config import facts
from helm_cleaner.values import Map

END = "; the agent does not start"
SAME = '"default-artifacts-store" is the name of defaultArtifactsStore too, and connections must have different names'
BOTH = "Polyaxon takes image_tag for imageTag, but not both, and the chart's defaults have imageTag"
FLAG = "must be true or false, found "
SAID = {
    "the charts' defaults": ("{}", []),
    "a pull policy": (
        "sidecar: {imagePullPolicy: always}",
        ["1:28 sidecar.imagePullPolicy: \"always\" is not one of Always, IfNotPresent, Never"],
    ),
    "null, which Helm renders as null": ("init:\n", ["1:6 init: must be a mapping, found null"]),
    "a number as Helm reads it": (
        "init: {imageTag: 2.10}", ["1:18 init.imageTag: must be a string, found the number 2.1"],
    ),
    "a whole number with a fraction": ("sidecar: {sleepInterval: 10.0}", []),
    "a default's other name": (
        "init: {image_tag: a}",
        [f"1:8 init.image_tag: {BOTH}"],
    ),
    "the agent's scheduling before the global one": (
        "nodeSelector: {a: 1}\nagent: {nodeSelector: {b: 2}}",
        ["2:27 agent.nodeSelector.b: must be a string, found the number 2"],
    ),
    "the global scheduling": ("tolerations: [a]", ["1:15 tolerations[0]: must be a mapping, found \"a\""]),
    "pull secrets": (
        "imagePullSecrets: [{name: a}]", ["1:20 imagePullSecrets[0]: must be a string, found a mapping"],
    ),
    "an empty store, so the default one": ("artifactsStore: {}", []),
    "the default store": (
        "defaultArtifactsStore: {kind: pvc}", ["1:31 defaultArtifactsStore.kind: \"pvc\" is not a kind of connection"],
    ),
    "a name of the store's": (
        "connections: [{name: default-artifacts-store, kind: s3}]",
        [f"1:22 connections[0].name: {SAME}"],
    ),
    "a flag": ("agent: {watchCluster: maybe}", [f"1:23 agent.watchCluster: {FLAG}\"maybe\""]),
    "a flag of null": ("agent: {watchCluster: }", [f"1:23 agent.watchCluster: {FLAG}\"\""]),
    "a flag that is rendered if it is true": ("agent: {enableHealthChecks: false}", []),
    "an interval": (
        "agent: {executorRefreshInterval: 5m}",
        ["1:34 agent.executorRefreshInterval: must be an integer, found \"5m\""],
    ),
    "an interval that Go prints with an exponent": (
        "agent: {executorRefreshInterval: 1000000}",
        ["1:34 agent.executorRefreshInterval: must be an integer, found \"1e+06\""],
    ),
    "an interval in quotes": ("agent: {executorRefreshInterval: '1000000'}", []),
    "a proxy without the flag": ("proxy: {enabled: true}", [f"1:8 proxy.useInOps: {FLAG}\"\""]),
    "a proxy with the flag": ("proxy: {enabled: true, useInOps: false}", []),
    "no proxy": ("proxy: {enabled: false, useInOps: maybe}", []),
    "namespaces": (
        "agent: {additionalNamespaces: a}", ["1:31 agent.additionalNamespaces: must be a list of strings, found \"a\""],
    ),
    "no agent in an organization": ("{agent: {enabled: false}, organizationKey: a, sidecar: 5}", []),
    "no agent in CE, where the API loads it": (
        "{agent: {enabled: false}, sidecar: 5}", ["1:36 sidecar: must be a mapping, found the number 5"],
    ),
}  # fmt: skip


def said(text: str) -> list[str]:
    read = values.read(f"{text}\n".encode(), "v.yaml").values
    merged = chart_values.release_values(read, chart_values.defaults())
    found = agent_config.check_values(merged, read)
    assert all(d.severity == "error" and d.message.endswith(END) for d in found)
    return [f"{d.location.line}:{d.location.column} {d.path}: {d.message.removesuffix(END)}" for d in found]


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID)
def test_what_is_said(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_only_a_notifier_that_is_given_is_warned_of() -> None:
    text = b"notifier: {image: polyaxon/polyaxon-events-handlers, imagePullPolicy: IfNotPresent}\n"
    read = values.read(text, "v.yaml").values
    assert agent_config.check_values(chart_values.release_values(read, chart_values.defaults()), read) == []
    read = values.read(b"notifier: {imageTag: dev}\n", "v.yaml").values
    (found,) = agent_config.check_values(chart_values.release_values(read, chart_values.defaults()), read, ["plx"])
    assert (found.severity, found.code, found.path) == ("warning", "unused-field", "plx.notifier.imageTag")


def test_scheduling_that_kubernetes_refuses_in_the_pods_of_all_runs() -> None:
    read = values.read(b"nodeSelector: {a: b c}\nagent: {tolerations: [{effect: x}]}\n", "v.yaml").values
    found = agent_config.check_values(chart_values.release_values(read, chart_values.defaults()), read)
    assert [(d.severity, d.code, d.path) for d in found] == [
        ("warning", "label-value", "nodeSelector.a"),
        ("warning", "toleration-effect", "agent.tolerations[0].effect"),
        ("warning", "toleration-key", "agent.tolerations[0].key"),
    ]


def test_without_defaults_what_is_missing_is_not_judged() -> None:
    read = values.read(b"sidecar: {imagePullPolicy: always}\n", "v.yaml").values
    merged = chart_values.release_values(read, None)
    assert isinstance(merged, Map)
    assert [d.path for d in agent_config.check_values(merged, read)] == ["sidecar.imagePullPolicy"]


def test_the_keys_are_those_that_are_rendered() -> None:
    keys = {entry.key.partition(".")[0] for entry in facts.load_entries().values() if entry.key}
    assert keys <= agent_config.KEYS
    assert {
        "nodeSelector",
        "affinity",
        "tolerations",
        "imagePullSecrets",
        "defaultArtifactsStore",
    } == agent_config.KEYS - keys
