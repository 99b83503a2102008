"""helm-cleaner explain: the Job that a section means. That it is Polyaxon's own is for tests/polyaxon to say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner import polyaxon
from tests.conftest import COMMAND, Runner
from tests.support import cases
from tests.support.manifests import CONFIGMAP, S3, STORE, agent_configmap

VALUES = """\
nodeSelector: {pool: all}
tolerations:
  - {key: dedicated, operator: Exists}
imagePullSecrets: [regcred]
cleaner:
  resources:
    requests: {cpu: 50m}
  imagePullSecrets: [mine, yours]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("values.yaml").write_text(VALUES)


def test_values_alone(run: Runner) -> None:
    done = run("explain", "-f", "values.yaml", "--set", "cleaner.imageTag=dev", "--release", "plx", stdin="")
    assert (done.code, done.err.count("warning"), done.err.count("[host-path]")) == (0, 1, 1)
    assert (
        done.out.decode()
        == """\
values alone: the job that deletes the artifacts of a batch of deleted runs

  image               polyaxon/polyaxon-init:dev                   default, tag: --set
  imagePullPolicy     IfNotPresent                                 default
  resources           limits:
                        cpu: 1000m                                 default
                        memory: 2000Mi                             default
                      requests:
                        cpu: 50m                                   values.yaml:7
                        memory: 100Mi                              default
  nodeSelector        pool: all                                    default scheduling (values.yaml:1)
  affinity            podAffinity:
                        preferredDuringSchedulingIgnoredDuringExecution:
                          - weight: 100                            default scheduling (default)
                            podAffinityTerm:
                              labelSelector:
                                matchExpressions:
                                  - key: type                      default scheduling (default)
                                    operator: In                   default scheduling (default)
                                    values:
                                      - polyaxon-core              default scheduling (default)
                              topologyKey: kubernetes.io/hostname  default scheduling (default)
  tolerations         - key: dedicated                             default scheduling (values.yaml:3)
                        operator: Exists                           default scheduling (values.yaml:3)
  imagePullSecrets    - name: mine                                 values.yaml:8
                      - name: yours                                values.yaml:8
  serviceAccountName  plx-polyaxon-runs-sa                         --release
  volumeMounts        - name: shm
                        mountPath: /dev/shm
                      - name: default-artifacts-store              artifacts store (default)
                        mountPath: /artifactsStore                 artifacts store (default)
  volumes             - name: default-artifacts-store              artifacts store (default)
                        hostPath:
                          path: /tmp/artifactsStore                artifacts store (default)
                      - name: shm
                        emptyDir:
                          medium: Memory
  labels              app.kubernetes.io/name: cleaner
                      app.kubernetes.io/instance: agent
                      app.kubernetes.io/part-of: polyaxon-runs
                      app.kubernetes.io/component: polyaxon-cleaners
                      app.kubernetes.io/managed-by: polyaxon
                      operation.polyaxon.com/uuid: agent
"""
    )


def test_a_stream_as_yaml(run: Runner) -> None:
    stream = agent_configmap(
        '{"nodeSelector": {}, "image": "mine/polyaxon-init"}',
        **{
            polyaxon.SCHEDULING: '{"nodeSelector":{"a.b/c":"true"}}',
            polyaxon.RUNS_ACCOUNT: "runs",
            polyaxon.ARTIFACTS_STORE: STORE,
        },
    )
    done = run("explain", "-o", "yaml", stdin=stream)
    assert (done.code, done.err) == (0, "")
    assert (
        done.out.decode()
        == """\
# What Polyaxon runs to delete artifacts: one job for each batch of deleted runs.
# Its command and Polyaxon's own environment variables and annotations are left out.
# For kubectl apply --dry-run=server alone: a real Job of this name keeps Polyaxon from creating its own.
apiVersion: batch/v1
kind: Job
metadata:
  name: plx-cleaner-agent
  labels:
    app.kubernetes.io/name: cleaner
    app.kubernetes.io/instance: agent
    app.kubernetes.io/part-of: polyaxon-runs
    app.kubernetes.io/component: polyaxon-cleaners
    app.kubernetes.io/managed-by: polyaxon
    operation.polyaxon.com/uuid: agent
spec:
  backoffLimit: 1
  template:
    metadata:
      labels:
        app.kubernetes.io/name: cleaner
        app.kubernetes.io/instance: agent
        app.kubernetes.io/part-of: polyaxon-runs
        app.kubernetes.io/component: polyaxon-cleaners
        app.kubernetes.io/managed-by: polyaxon
        operation.polyaxon.com/uuid: agent
    spec:
      restartPolicy: Never
      serviceAccountName: runs  # chart
      nodeSelector:
        a.b/c: "true"  # default scheduling
      containers:
        - name: polyaxon-main
          image: mine/polyaxon-init:2.15.1  # chart, tag: default
          imagePullPolicy: IfNotPresent  # default
          resources:
            limits:
              cpu: 1000m  # default
              memory: 2000Mi  # default
            requests:
              cpu: 100m  # default
              memory: 100Mi  # default
          volumeMounts:
            - name: shm
              mountPath: /dev/shm
            - name: pv  # artifacts store
              mountPath: /plx  # artifacts store
      volumes:
        - name: pv  # artifacts store
          persistentVolumeClaim:
            claimName: plx-pvc  # artifacts store
        - name: shm
          emptyDir:
            medium: Memory
"""
    )


def test_json_is_the_yaml(run: Runner) -> None:
    as_yaml, as_json = (run("explain", "-o", form, "-f", "values.yaml") for form in ("yaml", "json"))
    assert json.loads(as_json.out) == yaml.safe_load(as_yaml.out)


def test_several_agents(run: Runner) -> None:
    stream = agent_configmap("{}") + "---\n" + agent_configmap('{"imageTag": "two"}', name="other", namespace="ns")
    done = run("explain", "-o", "json", stdin=stream)
    both = json.loads(done.out)
    assert both["kind"] == "List"
    assert [item["metadata"].get("namespace") for item in both["items"]] == [None, "ns"]
    assert list(yaml.safe_load_all(run("explain", "-o", "yaml", stdin=stream).out)) == both["items"]
    table = run("explain", stdin=stream).out.decode()
    assert [line for line in table.splitlines() if not line.startswith("  ")] == [
        "rel-agent-config: the job that deletes the artifacts of a batch of deleted runs", "", "",
        "other: the job that deletes the artifacts of a batch of deleted runs", "",
    ]  # fmt: skip


def test_snake_case_in_the_default_scheduling_is_read_as_the_sdk_reads_it(run: Runner) -> None:
    scheduling = {polyaxon.SCHEDULING: '{"node_selector":{"a":"b"},"image_pull_secrets":["c"]}'}
    done = run("explain", "-o", "json", stdin=agent_configmap("{}", **scheduling))
    pod = json.loads(done.out)["spec"]["template"]["spec"]
    assert (pod["nodeSelector"], pod["imagePullSecrets"]) == ({"a": "b"}, [{"name": "c"}])
    assert "warning: POLYAXON_AGENT_DEFAULT_SCHEDULING.node_selector: read as nodeSelector" in done.err


def test_nothing_of_the_input_moves_a_terminals_cursor(run: Runner) -> None:
    odd = '"a\\u001b[2J\\n\\u009b"'
    stream = agent_configmap("{}", **{polyaxon.PULL_SECRETS: f"[{odd}]", polyaxon.RUNS_ACCOUNT: "a\x1b[2J\x9b"})
    stream = stream.replace('"rel-agent-config"', odd)
    for form in ([], ["-o", "yaml"], ["-o", "json"]):
        done = run("explain", *form, stdin=stream)
        assert done.code == 0
        assert "(a\\x1b[2J\\n\\x9b) do not reach this job" in done.err
        assert all(c.isprintable() or c == "\n" for c in done.out.decode() + done.err)


def test_without_defaults_it_is_the_sdks(run: Runner) -> None:
    done = run("explain", "--no-defaults", "-o", "yaml", stdin=CONFIGMAP % "{}")
    assert (
        "image: polyaxon/polyaxon-init:2.15.1  # Polyaxon's own default, tag: the release's version\n"
        in done.out.decode()
    )
    assert "cpu: 0.5  # Polyaxon's own default\n" in done.out.decode().replace('"', "")


def test_snake_case_is_read_as_the_sdk_reads_it(run: Runner) -> None:
    done = run("explain", "--no-defaults", "-o", "json", stdin=CONFIGMAP % '{"image_tag": "dev"}')
    assert json.loads(done.out)["spec"]["template"]["spec"]["containers"][0]["image"] == "polyaxon/polyaxon-init:dev"


NOTES: dict[str, tuple[list[str], str, str]] = {
    "the tag": (["-f", "values.yaml"], "", "values alone: the image's tag will be the release's version"),
    "the tag, in manifests": (
        [],
        "kind: ConfigMap\ndata: {POLYAXON_AGENT_CLEANER: '{}'}\n",
        "ConfigMap: the image's tag will be the release's version, which these manifests do not tell",
    ),
    "the account": (["-f", "values.yaml"], "", "values alone: the service account is left out"),
    "the store": (["-f", "values.yaml", "--no-defaults"], "", "values alone: the artifacts store's volumes are left"),
}


@pytest.mark.parametrize(("args", "stdin", "expected"), NOTES.values(), ids=NOTES)
def test_notes(run: Runner, args: list[str], stdin: str, expected: str) -> None:
    done = run("explain", *args, stdin=stdin)
    assert done.code == 0
    assert f"helm-cleaner: {expected}" in done.err


@pytest.mark.parametrize("values", ["imagePullSecrets: [a]", "nodeSelector: {}", "tolerations: []"])
def test_what_makes_no_difference_needs_no_note(run: Runner, values: str) -> None:
    Path("values.yaml").write_text(f"{S3}cleaner: {{imageTag: dev, {values}}}\n")
    assert run("explain", "-f", "values.yaml", "--release", "plx", stdin="").err == ""


def test_the_job_is_the_sdks_whether_from_manifests_or_from_values(run: Runner) -> None:
    """Cases: values, the ConfigMap that the real chart rendered from them, and the Job that the SDK made of it."""
    pod_fields = ("nodeSelector", "affinity", "tolerations", "imagePullSecrets", "serviceAccountName")
    for line in cases.lines("jobs.jsonl"):
        case = json.loads(line)
        wanted, release = case["job"], ["--release", "plx", "--chart-version", "2.15.1"]
        Path("values.yaml").write_text(case["values"])
        for done in (
            run("explain", "-o", "json", stdin=case["configmap"]),
            run("explain", "-o", "json", "-f", "values.yaml", *release, stdin=""),
        ):
            template = json.loads(done.out)["spec"]["template"]
            pod, container = template["spec"], template["spec"]["containers"][0]
            assert {n: pod.get(n) or None for n in pod_fields} == {n: wanted["pod"].get(n) for n in pod_fields}
            assert by_name(pod["volumes"]) == by_name(wanted["pod"]["volumes"])
            assert by_name(container.pop("volumeMounts")) == by_name(wanted["container"].pop("volumeMounts"))
            assert container == wanted["container"]
            assert template["metadata"]["labels"] == wanted["labels"]
            wanted = json.loads(line)["job"]


def by_name(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: str(item["name"]))


OF_VALUES: dict[str, tuple[str, list[str], str, Any]] = {
    "the agent's comes first": (
        "{nodeSelector: {a: b}, agent: {nodeSelector: {c: d}}}",
        [],
        "nodeSelector",
        {"c": "d"},
    ),
    "but not if it is empty": ("{nodeSelector: {a: b}, agent: {nodeSelector: {}}}", [], "nodeSelector", {"a": "b"}),
    "a null takes the default affinity away": ("affinity: null", [], "affinity", None),
    "no defaults": ("{}", ["--no-defaults"], "affinity", None),
    "the account": ("{}", ["--release", "a"], "serviceAccountName", "a-polyaxon-runs-sa"),
    "a long name": ("{}", ["--release", "a" * 62], "serviceAccountName", "a" * 62 + "-runs-sa"),
    "no accounts": ("rbac: {enabled: false}", ["--release", "a"], "serviceAccountName", None),
    "a chart's own defaults": ("{}", ["--defaults", "chart.yaml"], "nodeSelector", {"of": "chart"}),
    "values over them": ("nodeSelector: {of: null, a: b}", ["--defaults", "chart.yaml"], "nodeSelector", {"a": "b"}),
}


@pytest.mark.parametrize(("values", "args", "name", "expected"), OF_VALUES.values(), ids=OF_VALUES)
def test_of_values(run: Runner, values: str, args: list[str], name: str, expected: Any) -> None:
    Path("values.yaml").write_text(values)
    Path("chart.yaml").write_text("nodeSelector: {of: chart}\ncleaner: {image: of/chart}\n")
    done = run("explain", "-o", "json", "-f", "values.yaml", *args, stdin="")
    pod = json.loads(done.out)["spec"]["template"]["spec"]
    assert pod.get(name) == expected
    assert pod["containers"][0]["image"] == ("of/chart" if "chart.yaml" in args else "polyaxon/polyaxon-init")


def test_the_namespace_and_the_version_are_told(run: Runner) -> None:
    done = run("explain", "-o", "json", "-n", "plx", "--chart-version", "2.9", stdin=CONFIGMAP % "{}")
    made = json.loads(done.out)
    assert made["metadata"]["namespace"] == "plx"
    done = run("explain", "-o", "json", "-f", "values.yaml", "--chart-version", "2.9", stdin="")
    assert json.loads(done.out)["spec"]["template"]["spec"]["containers"][0]["image"] == "polyaxon/polyaxon-init:2.9"


def test_a_rehearsal_is_of_the_same_pod(run: Runner) -> None:
    stream = agent_configmap('{"nodeSelector": {"a": "b"}}', namespace="ns", **{polyaxon.ARTIFACTS_STORE: STORE})
    real = json.loads(run("explain", "-o", "json", stdin=stream).out)
    done = run("explain", "--rehearsal", stdin=stream)
    assert done.out.decode().startswith("# A rehearsal of what Polyaxon runs to delete artifacts: the same pod")
    rehearsed = yaml.safe_load(done.out)
    assert json.loads(run("explain", "--rehearsal", "-o", "json", stdin=stream).out) == rehearsed
    (container,) = rehearsed["spec"]["template"]["spec"]["containers"]
    assert container.pop("command")[:2] == ["/bin/bash", "-c"]
    assert rehearsed["spec"]["template"]["spec"] == real["spec"]["template"]["spec"]
    metadata, spec = rehearsed["metadata"], rehearsed["spec"]
    assert (metadata["generateName"], metadata["namespace"]) == ("plx-cleaner-rehearsal-", "ns")
    labels = rehearsed["spec"]["template"]["metadata"]["labels"]
    assert metadata["labels"] == labels
    assert not {*labels.items()} & {*real["metadata"]["labels"].items()}  # nobody takes it for the cleaner
    assert "name" not in metadata
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"], spec["ttlSecondsAfterFinished"]) == (0, 600, 3600)


@pytest.mark.parametrize(
    ("service", "has_cli", "code", "last"),
    [
        ("init", True, 0, "the cleaner can start here; nothing was deleted"),
        ("init", False, 1, "the image has no Polyaxon CLI: polyaxon is not on the PATH, {path}"),
        ("", True, 1, "the image cannot clean: POLYAXON_SERVICE is not init but ''"),
        ("sidecar", True, 1, "the image cannot clean: POLYAXON_SERVICE is not init but 'sidecar'"),
    ],
)
def test_the_rehearsals_command_says_what_is_missing(
    service: str, has_cli: bool, code: int, last: str, run: Runner, tmp_path: Path
) -> None:
    manifest = json.loads(run("explain", "--rehearsal", "-o", "json", stdin=CONFIGMAP % "{}").out)
    _, *options = manifest["spec"]["template"]["spec"]["containers"][0]["command"]
    if has_cli:
        (tmp_path / "polyaxon").write_text("#!/bin/sh\n")
        (tmp_path / "polyaxon").chmod(0o755)
    bash = shutil.which("bash")
    assert bash is not None
    env = {"PATH": str(tmp_path), "POLYAXON_SERVICE": service}
    done = subprocess.run([bash, *options], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.splitlines()[-1] == last.format(path=tmp_path)


REFUSED: dict[str, tuple[list[str], str, int, str]] = {
    "a bad section": (["--set", "cleaner.imagePullPolicy=x"], CONFIGMAP % "{}", 1, "--set: error: cleaner.imagePull"),
    "a bad section in values alone": (["--set", "cleaner.image=A"], "", 1, "--set: error: cleaner.image"),
    "a section that is no mapping": ([], CONFIGMAP % "5", 1, "rel-agent-config: error: cleaner: must be a mapping"),
    "bad default scheduling": (
        [], agent_configmap("{}", **{polyaxon.SCHEDULING: '{"nodeSelector":{"gpu":true}}'}), 1,
        "rel-agent-config: error: POLYAXON_AGENT_DEFAULT_SCHEDULING.nodeSelector.gpu: must be a string",
    ),
    "bad default scheduling in values": (["--set", "nodeSelector.gpu=true"], "", 1, "--set: error: nodeSelector.gpu: "),
    "default scheduling that is no JSON": (
        [], agent_configmap("{}", **{polyaxon.SCHEDULING: "{"}), 1,
        "rel-agent-config: error: POLYAXON_AGENT_DEFAULT_SCHEDULING: is not JSON",
    ),
    "a field of the section's in default scheduling": (
        [], agent_configmap("{}", **{polyaxon.SCHEDULING: '{"imageTag":"a"}'}), 1,
        "POLYAXON_AGENT_DEFAULT_SCHEDULING.imageTag: unknown field; allowed: nodeSelector, affinity,",
    ),
    "default scheduling of numbers that JSON has not": (
        [], agent_configmap("{}", **{polyaxon.SCHEDULING: '{"tolerations":[{"tolerationSeconds":NaN}]}'}), 1,
        "POLYAXON_AGENT_DEFAULT_SCHEDULING: is not JSON: NaN is not a JSON number",
    ),
    "two names of one field": (
        [], agent_configmap("{}", **{polyaxon.SCHEDULING: '{"node_selector":{},"nodeSelector":{}}'}), 1,
        "POLYAXON_AGENT_DEFAULT_SCHEDULING.node_selector: Polyaxon takes node_selector for nodeSelector, but not both",
    ),
    "default scheduling in values that is none": (
        ["--set", "nodeSelector=a"], "", 1, "--set: error: nodeSelector: must be a mapping, found",
    ),
    "bad default scheduling of the agent's in values": (
        ["--set", "agent.nodeSelector.gpu=true"], "", 1, "--set: error: agent.nodeSelector.gpu: must be a string",
    ),
    "a store that is no mapping": (
        [], agent_configmap("{}", **{polyaxon.ARTIFACTS_STORE: "[]"}), 1,
        "rel-agent-config: error: POLYAXON_AGENT_ARTIFACTS_STORE: must be a mapping, found a list",
    ),
    "a chart's defaults with manifests": (
        ["--defaults", "values.yaml"], CONFIGMAP % "{}", 2, "--defaults goes with values, not with manifests",
    ),
    "references in the chart's pull secrets": (
        [], agent_configmap("{}", **{polyaxon.PULL_SECRETS: '[{"name":"a"}]'}), 1,
        "rel-agent-config: error: POLYAXON_AGENT_DEFAULT_IMAGE_PULL_SECRETS[0]: must be a string, found a mapping",
    ),
    "references in the chart's pull secrets in values": (
        ["--set", "imagePullSecrets[0].name=a"], "", 1, "--set: error: imagePullSecrets[0]: must be a string",
    ),
    "default scheduling of null": (
        [], agent_configmap("{}", **{polyaxon.SCHEDULING: "null"}), 1, "must be a mapping, found null",
    ),
    "pull secrets that are no list": (
        [], agent_configmap("{}", **{polyaxon.PULL_SECRETS: '"a"'}), 1, "must be a list of names, found",
    ),
    "no agent": ([], "kind: Secret\n", 2, "<stdin>: error: no agent ConfigMap in these manifests"),
    "no YAML": ([], CONFIGMAP % "{}" + "}\n", 2, "<stdin>:8:1: error: not YAML"),
    "nothing": ([], "", 2, "helm-cleaner explain: error: nothing to explain\n    hint: helm template"),
    "nothing piped in, though it is named": (["-", "-f", "values.yaml"], "", 2, "<stdin>: error: the input is empty"),
    "no such file": (["manifests.yaml"], "", 2, "manifests.yaml: error: cannot be read"),
    "no such format": (["-o", "xml"], CONFIGMAP % "{}", 2, "invalid choice: 'xml'"),
}  # fmt: skip


@pytest.mark.parametrize(("args", "stdin", "code", "expected"), REFUSED.values(), ids=REFUSED)
def test_refusals(run: Runner, args: list[str], stdin: str, code: int, expected: str) -> None:
    done = run("explain", *args, stdin=stdin)
    assert (done.code, done.out) == (code, b"")
    assert expected in done.err


def test_an_empty_file_is_not_explained_as_values_alone(run: Runner) -> None:
    Path("manifests.yaml").write_text("\n")
    done = run("explain", "manifests.yaml", "-f", "values.yaml")
    assert (done.code, done.out) == (2, b"")
    assert "manifests.yaml: error: the input is empty [no-manifests]" in done.err


@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, None], ids=["/dev/null", "closed"])
def test_values_alone_where_nothing_is_piped_in(stdin: Any) -> None:
    command = [COMMAND, "explain", "-f", "values.yaml"]
    if stdin is None:
        command = ["sh", "-c", '"$@" <&-', "sh", *command]
    done = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("values alone: ")


def test_a_file_of_manifests_leaves_stdin_to_values(run: Runner) -> None:
    Path("manifests.yaml").write_text(CONFIGMAP % "{}")
    done = run("explain", "manifests.yaml", "-f", "-", stdin="cleaner: {imageTag: piped}\n")
    assert "polyaxon/polyaxon-init:piped" in done.out.decode()
    assert "default, tag: -:1" in done.out.decode()


def test_a_terminal_gets_colors(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("helm_cleaner.cli.commands.explain.stdout_is_terminal", lambda: True)
    assert b"\x1b[2mdefault\x1b[0m" in run("explain").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b" not in run("explain").out


def test_a_section_of_null_is_explained_as_the_defaults(run: Runner) -> None:
    assert run("explain", "--set", "cleaner=null", stdin="").out == run("explain", "-f", os.devnull, stdin="").out
