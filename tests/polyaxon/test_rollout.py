"""The checksums of the workloads that use an agent's ConfigMap."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from helm_cleaner import polyaxon
from helm_cleaner.actions.post_render import Options
from helm_cleaner.diagnostics import InputError
from helm_cleaner.polyaxon import rollout
from tests.support.streams import (
    FILLED,
    HASH,
    KEY,
    NAME,
    configmap,
    output,
    stamped,
    workload,
)

METADATA = [
    pytest.param("", stamped(), id="no metadata"),
    pytest.param(
        "    metadata:\n", f'    metadata: {{"annotations": {{"checksum/agent-config": "{HASH}"}}}}\n', id="null"
    ),
    pytest.param(
        "    metadata: {}\n", f'    metadata: {{"annotations": {{"checksum/agent-config": "{HASH}"}}}}\n', id="{}"
    ),
    pytest.param(
        "    metadata:\n      # c\n      name: x\n",
        f"    metadata:\n      # c\n      annotations:\n        checksum/agent-config: {HASH}\n      name: x\n",
        id="no annotations",
    ),
    pytest.param(
        "    metadata:\n      annotations: # c\n      labels: {a: b}\n",
        f'    metadata:\n      annotations: {{"checksum/agent-config": "{HASH}"}} # c\n      labels: {{a: b}}\n',
        id="absent annotations",
    ),
    pytest.param(
        "    metadata:\n      annotations: null\n",
        f'    metadata:\n      annotations: {{"checksum/agent-config": "{HASH}"}}\n',
        id="null annotations",
    ),
    pytest.param(
        "    metadata:\n      annotations: {}\n",
        f'    metadata:\n      annotations: {{"checksum/agent-config": "{HASH}"}}\n',
        id="empty annotations",
    ),
    pytest.param(
        "    metadata:\n      annotations:\n      # c\n        a: b\n",
        f"    metadata:\n      annotations:\n      # c\n        checksum/agent-config: {HASH}\n        a: b\n",
        id="other annotations",
    ),
    pytest.param(
        "    metadata: {annotations: {a: b}}\n",
        f'    metadata: {{annotations: {{"checksum/agent-config": "{HASH}", a: b}}}}\n',
        id="other annotations, flow",
    ),
    pytest.param(
        "    metadata:\n      annotations:\n        checksum/agent-config: old # c\n",
        f"    metadata:\n      annotations:\n        checksum/agent-config: {HASH} # c\n",
        id="old checksum",
    ),
    pytest.param(
        '    metadata:\n      annotations:\n        "checksum/agent-config": "old"\n',
        f'    metadata:\n      annotations:\n        "checksum/agent-config": "{HASH}"\n',
        id="old checksum, quoted",
    ),
    pytest.param(
        "    metadata:\n      annotations:\n        checksum/agent-config: >-\n          old\n",
        f"    metadata:\n      annotations:\n        checksum/agent-config: >-\n          {HASH}\n",
        id="old checksum, folded",
    ),
    pytest.param(
        "    metadata:\n      annotations: !!null |-\n",
        f'    metadata:\n      annotations: {{"checksum/agent-config": "{HASH}"}}\n',
        id="a null in block style",
    ),
    pytest.param(
        "    metadata:\n      annotations: !!null |- # c\n\n",
        f'    metadata:\n      annotations: {{"checksum/agent-config": "{HASH}"}} # c\n\n',
        id="a null in block style, comment",
    ),
    pytest.param(
        "    metadata: &m !!null >-\n        null\n\n",
        f'    metadata: {{"annotations": {{"checksum/agent-config": "{HASH}"}}}}\n\n',
        id="a null in block style, written out",
    ),
]


@pytest.mark.parametrize(("before", "after"), METADATA)
def test_checksums(before: str, after: str) -> None:
    stream, expected = configmap() + workload(before), configmap(f"  {KEY}: '{FILLED}'\n") + workload(after)
    assert output(stream) == expected.encode()
    assert output(stream, Options(rollout=False)) == (configmap(f"  {KEY}: '{FILLED}'\n") + workload(before)).encode()


def test_the_consumer_may_stand_first_and_have_a_checksum_of_its_own() -> None:
    head = "metadata:\n  annotations:\n    checksum/agent-config: {}\n    checksum/other: old"
    before = workload(head=head.format("'old'")) + configmap()
    after = workload(stamped(), head=head.format(f"'{HASH}'")) + configmap(f"  {KEY}: '{FILLED}'\n")
    assert output(before) == after.encode()


def test_a_configmap_that_stays_keeps_checksums_and_gives_missing_ones() -> None:
    old = "    metadata: {annotations: {checksum/agent-config: old}}\n"
    head = "metadata: {annotations: {checksum/agent-config: old}}"
    same = configmap(f"  {KEY}: '{FILLED}'\n")
    stays = same + workload(old, head=head)
    assert output(stays + workload()) == (stays + workload(stamped())).encode()


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_kinds_that_roll(kind: str) -> None:
    expected = configmap(f"  {KEY}: '{FILLED}'\n") + workload(stamped(), kind=kind)
    assert output(configmap() + workload(kind=kind)) == expected.encode()


@pytest.mark.parametrize("kind", ["Job", "CronJob", "ReplicaSet", "Pod", "Operation"])
def test_kinds_that_never_roll(kind: str) -> None:
    old = workload("    metadata: {annotations: {checksum/agent-config: old}}\n", kind=kind)
    assert output(configmap() + old) == (configmap(f"  {KEY}: '{FILLED}'\n") + old).encode()


@pytest.mark.parametrize(
    ("spec", "consumes"),
    [
        pytest.param(f"containers: [{{envFrom: [{{configMapRef: {{name: {NAME}}}}}]}}]", True, id="envFrom"),
        pytest.param(
            f"containers: [{{env: [{{valueFrom: {{configMapKeyRef: {{name: {NAME}, key: a}}}}}}]}}]", True, id="env"
        ),
        pytest.param(f"initContainers: [{{envFrom: [{{configMapRef: {{name: {NAME}}}}}]}}]", True, id="initContainers"),
        pytest.param(f"volumes: [{{configMap: {{name: {NAME}}}}}]", True, id="volume"),
        pytest.param(
            f"volumes: [{{projected: {{sources: [{{configMap: {{name: {NAME}}}}}]}}}}]", True, id="projected volume"
        ),
        pytest.param(f"volumes: [{{configMap: {{name: {NAME}-2}}}}]", False, id="another ConfigMap"),
        pytest.param(f"containers: [{{envFrom: [{{secretRef: {{name: {NAME}}}}}]}}]", False, id="a Secret"),
        pytest.param(f"volumes: [{{secret: {{secretName: {NAME}}}}}]", False, id="a Secret's volume"),
        pytest.param(f"serviceAccountName: {NAME}", False, id="another field"),
        pytest.param(f"containers: [{{args: [--config={NAME}]}}]", False, id="an argument"),
    ],
)
def test_what_consumes(spec: str, consumes: bool) -> None:
    before, after = (workload(metadata, spec=f"      {spec}\n") for metadata in ("", stamped()))
    expected = configmap(f"  {KEY}: '{FILLED}'\n") + (after if consumes else before)
    assert output(configmap() + before) == expected.encode()


def test_a_reference_outside_the_pod_template_is_none() -> None:
    stream = f"---\nkind: Deployment\nspec:\n  configMapRef: {{name: {NAME}}}\n  template: {{}}\n"
    assert output(configmap() + stream) == (configmap(f"  {KEY}: '{FILLED}'\n") + stream).encode()


@pytest.mark.parametrize(
    "metadata",
    [
        "    metadata: x\n",
        "    metadata: []\n",
        "    metadata: {annotations: x}\n",
        "    metadata: {annotations: []}\n",
        "    metadata: {annotations: 5}\n",
    ],
)
def test_metadata_that_is_no_mapping_is_refused(metadata: str) -> None:
    with pytest.raises(InputError) as caught:
        output(configmap() + workload(metadata))
    assert caught.value.diagnostics[0].location.file == "<stdin>"


def test_the_checksum_without_pythons_own_sha256(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = polyaxon.checksum([{"a": "b"}])

    def only_hashlib(name: str) -> Any:
        if name != "hashlib":
            raise ImportError(name)
        return importlib.import_module(name)

    monkeypatch.setattr(rollout, "import_module", only_hashlib)
    rollout._sha256.cache_clear()
    assert polyaxon.checksum([{"a": "b"}]) == expected
