"""helm-cleaner diff: what post-render would change, for people."""

from __future__ import annotations

import json
import re

import pytest

from helm_cleaner import post_render
from tests.conftest import Runner
from tests.support import rendered
from tests.support.manifests import CONFIGMAP, DEPLOYMENT, WHOLE, agent_configmap

FULL = CONFIGMAP % WHOLE
STAMPED = DEPLOYMENT.replace("labels: {app: agent}", "annotations: {checksum/agent-config: old}")
CHANGED = """\
--- ConfigMap/rel-agent-config
+++ ConfigMap/rel-agent-config
@@ -6,7 +6,7 @@
 data:
   POLYAXON_AGENT_CLEANER:
     image: polyaxon/polyaxon-init
-    imageTag: 2.15.1
+    imageTag: dev
     imagePullPolicy: IfNotPresent
     resources:
       limits:
@@ -15,3 +15,5 @@
       requests:
         cpu: 100m
         memory: 100Mi
+    nodeSelector:
+      pool: small
--- Deployment/rel-agent
+++ Deployment/rel-agent
@@ -13,7 +13,7 @@
 spec:
   template:
     metadata:
-      annotations: {checksum/agent-config: old}
+      annotations: {checksum/agent-config: SUM}
     spec:
       containers:
       - envFrom: [{configMapRef: {name: rel-agent-config}}]

These workloads restart:
  Deployment/rel-agent  the checksum of the agent's configuration changes
"""
CHANGES = ["--set", "cleaner.imageTag=dev,cleaner.nodeSelector.pool=small"]


def without_sums(text: bytes) -> str:
    return re.sub(r"[0-9a-f]{64}", "SUM", text.decode())


def test_the_section_is_shown_as_yaml(run: Runner) -> None:
    done = run("diff", *CHANGES, stdin=FULL + STAMPED)
    assert (done.code, done.err) == (0, "")
    assert without_sums(done.out) == CHANGED


def test_line_numbers_are_the_streams(run: Runner) -> None:
    stream = "# mine\n" * 9 + FULL + STAMPED
    starts = [
        int(number) for number in re.findall(r"^@@ -(\d+)", run("diff", *CHANGES, stdin=stream).out.decode(), re.M)
    ]
    assert [stream.splitlines()[start - 1] for start in (starts[0], starts[-1])] == ["data:", "spec:"]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "null",
            ["-  POLYAXON_AGENT_CLEANER: null", "+  POLYAXON_AGENT_CLEANER:", "+    image: polyaxon/polyaxon-init"],
        ),
        ("", ["-  POLYAXON_AGENT_CLEANER: null"]),
        ("{}", ["-  POLYAXON_AGENT_CLEANER: {}"]),
        ('{"nodeSelector":{"a":"b"}}', ["     nodeSelector:", "       a: b"]),
        ('{"resources":{"cpu":"1"}}', ["-      cpu: 1", "+        cpu: 1"]),
    ],
)
def test_sections_before(run: Runner, before: str, expected: list[str]) -> None:
    lines = run("diff", stdin=CONFIGMAP % before).out.decode().replace('"', "").splitlines()
    assert set(expected) <= set(lines)


def test_a_section_that_is_added(run: Runner) -> None:
    """As in the charts before v1.14.1."""
    stream = CONFIGMAP.replace("CLEANER", "INIT") % "{}"
    changed = [line for line in run("diff", stdin=stream).out.decode().splitlines() if line.startswith(("-", "+"))]
    assert changed[2:4] == ["+  POLYAXON_AGENT_CLEANER:", "+    image: polyaxon/polyaxon-init"]
    assert not [line for line in changed[2:] if line.startswith("-")]


def test_several_objects_in_a_list(run: Runner) -> None:
    one, two, three = (agent_configmap(text, name) for text, name in (("{}", "one"), (WHOLE, "two"), ("{}", "three")))
    stream = f'{{"apiVersion": "v1", "kind": "List", "items": [\n{one},\n{two},\n{three}]}}\n'
    out = run("diff", stdin=stream).out.decode()
    assert out.startswith("--- ConfigMap/one, ConfigMap/three\t\n+++ ConfigMap/one, ConfigMap/three\t\n")
    assert out.count("+    imagePullPolicy: IfNotPresent\n") == 2


def test_a_checksum_that_is_added_says_why(run: Runner) -> None:
    done = run("diff", stdin=FULL + DEPLOYMENT)
    assert done.out.decode().endswith(
        "\nThese workloads restart:\n"
        "  Deployment/rel-agent  a checksum of the agent's configuration is added (it had none)\n"
    )


def test_nothing_to_change(run: Runner) -> None:
    done = run("diff", "--exit-code", stdin=FULL)
    assert (done.code, done.out, done.err) == (0, b"", "")
    absent = run("diff", "--exit-code", stdin="kind: Secret\n")
    assert (absent.code, absent.out) == (0, b"")
    assert absent.err == "helm-cleaner: no agent ConfigMap in these manifests: nothing to patch\n"


def test_no_rollout(run: Runner) -> None:
    out = run("diff", "--no-rollout", *CHANGES, stdin=FULL + DEPLOYMENT).out.decode()
    assert "Deployment" not in out
    assert "imageTag: dev" in out


@pytest.mark.parametrize(
    ("args", "stdin", "code"),
    [
        ([], "{}", 0),
        (["--exit-code"], "{}", 1),
        (["--exit-code", "-o", "jsonpatch"], "{}", 1),
        (["--set", "cleaner.imagePullPolicy=x"], "{}", 1),
        (["--exit-code", "--set", "cleaner.imagePullPolicy=x"], "{}", 2),
        (["--exit-code"], "{", 2),
        (["-o", "kustomize"], "{}", 2),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else None,
)
def test_exit_codes(run: Runner, args: list[str], stdin: str, code: int) -> None:
    done = run("diff", *args, stdin=CONFIGMAP % stdin)
    assert done.code == code
    assert bool(done.out) == ("error: " not in done.err)


def test_warnings_are_said(run: Runner) -> None:
    done = run("diff", "--set", "cleaner.resources.cpu=50m")
    assert done.code == 0
    assert "warning: cleaner.resources.cpu: read as resources.requests.cpu" in done.err


def test_jsonpatch_holds_the_operations_of_each_object(run: Runner) -> None:
    done = run("diff", "-o", "jsonpatch", stdin=(CONFIGMAP % "null") + STAMPED)
    first, second = json.loads(done.out)
    assert first["target"] == {"apiVersion": "v1", "kind": "ConfigMap", "name": "rel-agent-config", "namespace": None}
    assert [(o["op"], o["path"]) for o in first["patch"]] == [("replace", "/data/POLYAXON_AGENT_CLEANER")]
    assert second["target"]["kind"] == "Deployment"
    path = "/spec/template/metadata/annotations/checksum~1agent-config"
    assert [(o["op"], o["path"]) for o in second["patch"]] == [("replace", path)]


def test_a_terminal_gets_colors(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("helm_cleaner.cli.commands.diff.stdout_is_terminal", lambda: True)
    out = run("diff", *CHANGES, stdin=FULL + STAMPED).out
    assert b"\x1b[31m-    imageTag: 2.15.1\x1b[0m\n\x1b[32m+    imageTag: dev\x1b[0m\n" in out
    assert b"\x1b[36m@@ -6,7 +6,7 @@\x1b[0m\n" in out
    assert without_sums(re.sub(rb"\x1b\[\d*m", b"", out)) == CHANGED


ODD_NAME = '"o\\e[2J\\n--- d\\x9b\\x85\\u202E\\\\ö"'


def test_odd_names_are_quoted_as_git_quotes_them(run: Runner) -> None:
    stream = FULL + STAMPED.replace("rel-agent\n", f"{ODD_NAME}\n")
    out = run("diff", *CHANGES, stdin=stream).out.decode()
    quoted = r'"Deployment/o\033[2J\n--- d\302\233\302\205\342\200\256\\ö"'
    assert out.count(f"--- {quoted}\n+++ {quoted}\n") == 1
    assert "\n  Deployment/o\\x1b[2J\\n--- d\\x9b\\x85\\u202e\\ö  the checksum" in out
    assert not re.search("[\x1b\x9b\x85\u202e]", out)
    as_json = run("diff", "-o", "jsonpatch", *CHANGES, stdin=stream).out.decode()
    assert not re.search("[\x1b\x9b\x85]", as_json)
    assert json.loads(as_json)[1]["target"]["name"] == "o\x1b[2J\n--- d\x9b\x85\u202e\\ö"


@pytest.mark.parametrize("color", [True, False])
def test_a_terminal_is_shown_no_control_characters(run: Runner, monkeypatch: pytest.MonkeyPatch, color: bool) -> None:
    """A pipe gets the exact bytes, as from git, because a patch must apply."""
    stream = (
        (CONFIGMAP % "{}")
        .replace("data:\n", "data:\n  a: b # \x85  c: d # \r  e: f # \u202e\t.\n")
        .replace("\n", "\r\n")
    )
    piped = run("diff", stdin=stream).out.decode()
    assert "   a: b # \x85  c: d # \r  e: f # \u202e\t.\r\n" in piped
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm" if color else "dumb")
    monkeypatch.setattr("helm_cleaner.cli.commands.diff.stdout_is_terminal", lambda: True)
    shown = run("diff", stdin=stream).out.decode()
    assert ("\x1b[32m+" in shown) == color
    assert "   a: b # \\x85  c: d # \\r  e: f # \\u202e\t.\r\n" in shown
    plain = re.sub("\x1b\\[\\d*m", "", shown)
    assert all(c.isprintable() or c in "\t\n\r" for c in plain)
    assert plain.count("\r") == plain.count("\r\n")


def test_a_patched_stream_needs_no_more(run: Runner) -> None:
    stream = rendered.read("polyaxon-v2.15.1-helm3")
    assert run("diff", "--exit-code", stdin=stream).code == 1
    assert run("diff", "--exit-code", stdin=post_render(stream)).code == 0
