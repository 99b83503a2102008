"""Polyaxon's own SDK beside our judge: it loads exactly those ConfigMaps about which there is no error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from helm_cleaner.polyaxon.agent_config import facts
from tests.polyaxon.agent_config.test_agent_config import P, check, entry

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of its own dependencies

WORDS = [
    "", "a", "10", "true", "On", "no", " true", "maybe", "{{ a }}", "{{}}", "x{{ y }}", "1.0", "Always", "always", "s3",
    "S3", "420", "0o644", '["a"]', "a,b",
]  # fmt: skip
SCALARS = st.one_of(
    st.sampled_from([None, True, False, 0, 1, 2, -1, 0.0, 1.0, 0.5, 10.0, 420, 2**63, 2**64]), st.sampled_from(WORDS)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda below: st.one_of(
        st.lists(below, max_size=2),
        st.dictionaries(st.sampled_from(["name", "a", "limits", "Limits", "key", "cpu"]), below, max_size=2),
    ),
    max_leaves=4,
)
FIELDS = sorted(
    {
        spelled
        for rule in facts.load_facts()["$defs"].values()
        for name, each in rule.get("properties", {}).items()
        for spelled in (name, facts.to_python_name(name, each), name.lower(), name.capitalize(), name.upper())
    }
    | {"foo", "tag", "cpu"}
)
CONTAINER = {"image": "a", "imageTag": "b", "imagePullPolicy": "Always", "resources": {"limits": {"cpu": "1"}}}
SCHEDULING = {
    "nodeSelector": {"a": "b"},
    "affinity": {"nodeAffinity": {}},
    "tolerations": [{"key": "a", "operator": "Exists", "tolerationSeconds": 5}],
    "imagePullSecrets": ["a"],
}
CONNECTION = {
    "name": "c", "kind": "s3", "description": "d", "tags": ["t"], "isAlias": True, "schema": {"bucket": "s3://b"},
    "secret": {
        "name": "s", "mountPath": "/m", "hostPath": "/h", "items": ["k"], "defaultMode": "420", "isRequested": True,
    },
    "configMap": {"name": "s"}, "env": [["A", "b"]], "annotations": {"a": "b"},
}  # fmt: skip
GOOD: dict[str, Any] = {
    "SIDECAR": {
        **CONTAINER,
        "sleepInterval": 10,
        "syncInterval": "{{ x }}",
        "monitorLogs": True,
        "noConnections": "no",
    },
    "INIT": CONTAINER,
    "NOTIFIER": {**CONTAINER, **SCHEDULING, "hpa": {}},
    "DEFAULT_SCHEDULING": SCHEDULING,
    "DEFAULT_IMAGE_PULL_SECRETS": ["a"],
    "ARTIFACTS_STORE": {**CONNECTION, "name": "store"},
    "CONNECTIONS": [CONNECTION, {**CONNECTION, "name": "d"}],
}
TEXTS = {
    "POLYAXON_WATCH_CLUSTER": WORDS,
    "POLYAXON_SINGLE_NAMESPACE": WORDS,
    f"{P}ENABLE_HEALTH_CHECKS": WORDS,
    f"{P}USE_PROXY_ENV_VARS_IN_OPS": WORDS,
    f"{P}EXECUTOR_REFRESH_INTERVAL": [" 5 ", "+5", "-5", "5.0", "5.5", "1_0", "1e2", "5m", "5.", "", "٣", *WORDS],
    "POLYAXON_ADDITIONAL_NAMESPACES": ['["a"]', "[]", "[1]", "null", *WORDS],
    f"{P}TMUX": WORDS,
    f"{P}RUNS_SA": WORDS,
}


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """A value of which one part is another, is missing, or has another name."""
    if isinstance(value, dict) and value and draw(st.sampled_from([True, True, True, False])):
        key = draw(st.sampled_from(sorted(value)))
        rest = {name: item for name, item in value.items() if name != key}
        how = draw(st.sampled_from(["below", "below", "below", "without", "more", "renamed", "set"]))
        if how == "below":
            return {**value, key: draw(mutated(value[key]))}
        if how == "without":
            return rest
        name = draw(st.sampled_from(FIELDS))
        if how == "more":
            return {**value, name: draw(ANYTHING)}
        return {**rest, name: value[key]} if how == "renamed" else {**value, key: draw(ANYTHING)}
    if isinstance(value, list) and value and draw(st.booleans()):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], draw(mutated(value[at])), *value[at + 1 :]]
    return draw(ANYTHING)


@st.composite
def configmaps(draw: st.DrawFn) -> dict[str, str]:
    """The data of an agent's ConfigMap, in which one or two entries are mutated."""
    names = draw(st.lists(st.sampled_from(sorted(GOOD)), min_size=1, max_size=3, unique=True))
    data = {}
    for name in names:
        value = draw(mutated(GOOD[name])) if draw(st.booleans()) else GOOD[name]
        text = json.dumps(value)
        if draw(st.integers(0, 15)) == 0:
            text = draw(
                st.sampled_from([text[:-1], f" {text}\n", f"{text} x", "", "null", "NaN", f"\ufeff{text}", '"\\ud800"'])
            )
        data[P + name] = text
    if draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(sorted(TEXTS)))
        data[name] = draw(st.sampled_from(TEXTS[name]))
    return data


def refused(sdk: Any, data: dict[str, str]) -> bool:
    """Whether the SDK refuses to load it."""
    try:
        sdk.AgentConfig.from_dict(dict(data))
    except Exception:  # the SDK raises errors of pydantic, and of the Kubernetes client's models
        return True
    return False


@given(configmaps())
def test_an_error_is_what_the_sdk_refuses(sdk: Any, data: dict[str, str]) -> None:
    found = [d for d in check(data) if d.severity == "error"]
    event(f"refused: {bool(found)}")
    assert refused(sdk, data) == bool(found), found
    for name in data:  # and an entry is to blame where it is refused by itself
        if refused(sdk, {name: data[name]}):
            assert name in {entry(d.path) for d in found}
    for d in found:
        assert d.message
        assert d.hint
