"""The Job of a section on a real API server, which accepts what we accept and refuses what we refuse."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from typing import Any

import pytest
import yaml

from helm_cleaner import codes, polyaxon, section, values
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.polyaxon import job, scheduling
from helm_cleaner.section.rendered import empty_section
from helm_cleaner.values import Map
from tests.conftest import Runner
from tests.live.conftest import Kubectl
from tests.support import cases
from tests.support.manifests import agent_configmap
from tests.support.release import Refusal

# What we refuse though neither the API server nor Polyaxon's SDK does, and who would.
OTHERS = {
    "image": "the kubelet cannot parse the name: the pod never starts (InvalidImageName)",
    "image-tag": "the kubelet cannot parse the name: the pod never starts (InvalidImageName)",
    "image-with-tag": "the kubelet cannot parse image:tag:tag: the pod never starts (InvalidImageName)",
    "resource-claims": "Polyaxon drops them without a word: the pod runs without its devices",
    "too-large": "Linux starts no container with an environment variable of that size: the agent's own pod fails",
    "pull-secret": "no Secret can have this name, so the kubelet never finds it",
}


def parsed(data: dict[str, Any]) -> Map:
    value = section.parse_rendered(json.dumps(data), "cm")
    assert isinstance(value, Map)
    return value


def check(data: dict[str, Any]) -> list[Diagnostic]:
    return [d for d in section.check(parsed(data)) if d.severity == "error"]


def job_of(data: dict[str, Any]) -> dict[str, Any]:
    """The Job's manifest, with no default scheduling to fall back on."""
    nothing = scheduling.scheduling_in(empty_section("cm"))
    manifest: dict[str, Any] = values.to_data(job.job(parsed(data), nothing, release=job.Release("2.15.1")).manifest)
    return manifest


def refused_by_sdk(sdk: Any, data: dict[str, Any]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sdk.V1PolyaxonCleaner.from_dict(data)
        except (ValueError, TypeError) as e:  # a field that its models do not know is a TypeError
            return str(e)
    return ""


def test_what_passes_is_taken(refusal: Refusal) -> None:
    sections = [json.loads(line)["section"] for line in cases.lines("sections.jsonl")]
    passed = [data for data in sections if not check(data)]
    assert len(passed) > 60
    assert [(data, said) for data in passed if (said := refusal(job_of(data)))] == []


def test_what_is_refused_would_have_been(refusal: Refusal, sdk: Any) -> None:
    sections = [json.loads(line)["section"] for line in cases.lines("sections.jsonl")]
    judged: Counter[bool] = Counter()
    for data in sections:
        if found := {d.code for d in check(data)}:
            refused = bool(refusal(job_of(data)) or refused_by_sdk(sdk, data))
            assert refused or found <= OTHERS.keys(), (data, found)
            judged[refused] += 1
    assert judged[True] > 20


@pytest.mark.parametrize("code", [c for c in codes.CODES if "error" in c.severity], ids=lambda c: c.code)
def test_the_examples_of_each_code(refusal: Refusal, sdk: Any, code: codes.Code) -> None:
    bad, good = (yaml.safe_load(text) for text in (code.bad, code.good))
    assert refusal(job_of(good)) == ""
    assert refused_by_sdk(sdk, good) == ""
    refused = refusal(job_of(bad)) or refused_by_sdk(sdk, bad)
    assert bool(refused) is (code.code not in OTHERS)


STREAM = agent_configmap(
    '{"nodeSelector": {"pool": "small"}, "imagePullSecrets": ["regcred"]}',
    **{
        polyaxon.RUNS_ACCOUNT: "runs",
        polyaxon.ARTIFACTS_STORE: json.dumps(
            {
                "name": "pv",
                "kind": "volume_claim",
                "schema": {"volumeClaim": "pvc", "mountPath": "/plx"},
                "secret": {"name": "s", "mountPath": "/s"},
                "configMap": {"name": "c", "items": ["KEY"]},
            }
        ),
        polyaxon.SCHEDULING: '{"affinity": {"nodeAffinity": {}}, "tolerations": [{"operator": "Exists"}]}',
    },
)


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("stream", [STREAM, STREAM + "---\n" + STREAM.replace("rel-", "two-")], ids=["one", "two"])
def test_kubectl_takes_what_explain_prints(kubectl: Kubectl, run: Runner, form: str, stream: str) -> None:
    printed = run("explain", "-o", form, stdin=stream)
    assert printed.code == 0
    said = kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=printed.out)
    assert set(said.decode().splitlines()) == {"job.batch/plx-cleaner-agent created (server dry run)"}


@pytest.mark.parametrize("stream", [STREAM, STREAM + "---\n" + STREAM.replace("rel-", "two-")], ids=["one", "two"])
def test_kubectl_creates_a_rehearsal(kubectl: Kubectl, run: Runner, stream: str) -> None:
    printed = run("explain", "--rehearsal", stdin=stream)
    assert printed.code == 0
    said = kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=printed.out)
    lines = said.decode().splitlines()
    assert len(lines) == stream.count(polyaxon.RUNS_ACCOUNT)
    assert all(line.startswith("job.batch/plx-cleaner-rehearsal-") for line in lines)
