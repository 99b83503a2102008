"""What explain warns of: what would keep the Job from deleting the artifacts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helm_cleaner import polyaxon
from tests.conftest import Runner
from tests.support.manifests import S3, STORE, agent_configmap


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
TERM = "{matchExpressions: [{key: a, operator: In, values: [b]}]}"
IN_B = f"{{nodeAffinity: {{{REQUIRED}: {{nodeSelectorTerms: [{TERM}]}}}}}}"
IN_B_TERM = f"affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0].matchExpressions[0]"
# Values, and the warnings that they lead to: where, and the code.
WARNED: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "the account's pull secrets": (
        f"{S3}agent:\n  serviceAccountImagePullSecrets: [a, b]\ncleaner:\n  imagePullSecrets: [a]\n",
        [("values.yaml:5:21: warning: cleaner.imagePullSecrets", "account-pull-secrets")],
    ),
    "all of the account's pull secrets": (
        f"{S3}agent: {{serviceAccountImagePullSecrets: [a]}}\ncleaner: {{imagePullSecrets: [b, a]}}\n", [],
    ),
    "no account": (
        (f"{S3}rbac: {{enabled: false}}\nagent: {{serviceAccountImagePullSecrets: [a]}}\n"
        "cleaner: {imagePullSecrets: [b]}\n"),
        [],
    ),
    "the chart's pull secrets": (
        f"{S3}imagePullSecrets: [a]\n", [("values.yaml:2:19: warning: imagePullSecrets", "chart-pull-secrets")],
    ),
    "the agent's pull secrets": (
        f"{S3}agent: {{imagePullSecrets: [a]}}\n",
        [("values.yaml:2:27: warning: agent.imagePullSecrets", "chart-pull-secrets")],
    ),
    "the chart's pull secrets, and the account's": (
        f"{S3}imagePullSecrets: [a]\nagent: {{serviceAccountImagePullSecrets: [a]}}\n", [],
    ),
    "an empty affinity": (
        f"{S3}cleaner: {{affinity: {{}}}}\n", [("values.yaml:2:21: warning: cleaner.affinity", "empty-affinity")],
    ),
    "an empty affinity over none": (f"{S3}affinity: null\ncleaner: {{affinity: {{}}}}\n", []),
    "the default store": (
        "{}\n", [("the defaults: warning: defaultArtifactsStore.schema.hostPath", "host-path")],
    ),
    "a folder of a node": (
        "artifactsStore:\n  name: s\n  kind: host_path\n  schema: {hostPath: /a, mountPath: /a}\n",
        [("values.yaml:4:22: warning: artifactsStore.schema.hostPath", "host-path")],
    ),
    "a node by its label": ("cleaner: {nodeSelector: {kubernetes.io/hostname: a}}\n", []),
    "a node by its name": ("affinity: " + IN_B.replace("key: a", "key: kubernetes.io/hostname") + "\n", []),
    "the section against the default scheduling": (
        f"{S3}nodeSelector: {{a: c}}\ncleaner:\n  affinity: {IN_B}\n",
        [(f"values.yaml:4:118: warning: cleaner.{IN_B_TERM}", "never-matches")],
    ),
    "the default scheduling against the section": (
        f"{S3}agent:\n  affinity: {IN_B}\ncleaner: {{nodeSelector: {{a: c}}}}\n",
        [(f"values.yaml:3:118: warning: agent.{IN_B_TERM}", "never-matches")],
    ),
    "a contradiction in the section alone": (
        f"{S3}cleaner:\n  nodeSelector: {{a: c}}\n  affinity: {IN_B}\n",
        [(f"values.yaml:4:118: warning: cleaner.{IN_B_TERM}", "never-matches")],
    ),
    "advice": (f"{S3}cleaner: {{image: busybox}}\n", [("values.yaml:2:18: warning: cleaner.image", "other-image")]),
    "a store that Kubernetes refuses": (
        ("artifactsStore:\n  name: s\n  kind: s3\n  schema: {bucket: b}\n"
        "  secret: {name: a, mountPath: /a, items: [k]}\n"),
        [("values.yaml:5:43: warning: artifactsStore.secret.items", "store")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), WARNED.values(), ids=WARNED)
def test_warnings(run: Runner, values: str, expected: list[tuple[str, str]]) -> None:
    Path("values.yaml").write_text(values)
    args = ("-f", "values.yaml", "--release", "plx", "--chart-version", "2.15.1")
    done = run("explain", "-o", "json", *args, stdin="")
    assert done.code == 0
    assert json.loads(done.out)["kind"] == "Job"
    assert [line for line in done.err.splitlines() if not line.startswith(" ")] == [
        line
        for line in done.err.splitlines()
        for place, code in expected
        if line.startswith(f"{place}: ") and code in line
    ]
    assert done.err.count(": warning: ") == len(expected) == done.err.count("    hint: ")


def test_the_account_among_the_manifests_has_pull_secrets(run: Runner) -> None:
    stream = agent_configmap(
        '{"imagePullSecrets": ["a"]}', **{polyaxon.RUNS_ACCOUNT: "runs", polyaxon.ARTIFACTS_STORE: STORE}
    )
    account = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: %s}\nimagePullSecrets:\n- name: b\n"
    for name, count in (("runs", 1), ("other", 0)):
        err = run("explain", stdin=stream + account % name).err
        assert err.count("replaces those of the service account (b)") == count
    broken = run("explain", stdin=stream + "---\nkind: ServiceAccount\nmetadata: {\n")
    assert broken.code == 0
