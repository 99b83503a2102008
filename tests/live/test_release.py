"""The life of a release on a real API server: what is stored, what restarts, what a bad section leaves behind."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_helm_charts.k8s.deployment import wait_for_deployments_to_run

from helm_cleaner import merge, polyaxon
from tests.conftest import Runner
from tests.live.conftest import FACTS, ONE_EDITION, Kubectl, cluster_files
from tests.live.verdicts import outcome
from tests.support.objects import Objects as Server
from tests.support.objects import condition, named, wait
from tests.support.release import Objects, Release, agent, consumers, expected_checksum, section, templates
from tools import CHART

pytestmark = pytest.mark.helm

THEIR_MANAGERS = ("kube-controller-manager", "kubelet", "kwok")
NO_HOOKS = "--no-hooks"  # where they do not matter: Helm waits seconds for their Jobs
CHANGED = ("--set", "cleaner.resources.requests.cpu=50m")
# Each with what the user reads. The chart's schema sees the second one too, and is told not to look.
BAD = {
    "a request over its limit": (
        ("--set", "cleaner.resources.requests.cpu=2"),
        "error: cleaner.resources.requests.cpu: requests.cpu 2 exceeds limits.cpu 1000m",
    ),
    "a typo": (
        ("--set", "cleaner.imagePullPolicy=always", "--skip-schema-validation"),
        'error: cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never',
    ),
}


def pod_checksums(objects: Objects) -> dict[tuple[str, str], Any]:
    """The checksum of each pod template, or None."""
    return {
        key: (template["metadata"].get("annotations") or {}).get(polyaxon.CHECKSUM)
        for key, template in templates(objects).items()
    }


def objects_of(rendered: subprocess.CompletedProcess[str]) -> Objects:
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(rendered.stdout) if each}


def written(objects: Objects) -> dict[tuple[str, str], Any]:
    """Who but the cluster's own controllers wrote what to an object, and when; with what it holds."""
    return {
        key: (
            [each["metadata"]["uid"], each.get("spec"), each.get("data")],
            [entry for entry in each["metadata"]["managedFields"] if entry["manager"] not in THEIR_MANAGERS],
        )
        for key, each in objects.items()
    }


@ONE_EDITION
def test_what_is_stored(release: Release, values_file: Path) -> None:
    """The merged section, the checksum of all its consumers, and the chart's own objects; nothing after uninstall."""
    rendered = objects_of(release.run("template", release.name, release.chart, *release.always, "-f", values_file))
    release.deploy("install", "-f", values_file, NO_HOOKS)
    assert release.revisions() == ["deployed"]
    stored = release.objects()
    hooks = {key for key, each in rendered.items() if "helm.sh/hook" in (each["metadata"].get("annotations") or {})}
    assert stored.keys() == rendered.keys() - hooks

    given = yaml.safe_load(values_file.read_text()) or {}
    assert section(stored) == merge(given.get("cleaner"), version=agent(stored).version)
    # The chart's own checksum stays where its section is right already; a consumer that has none gets one anyhow.
    theirs = pod_checksums(rendered) if agent(rendered).section == agent(stored).section else {}
    ours = {key: theirs.get(key) or expected_checksum(stored) for key in consumers(stored)}
    assert ours
    assert pod_checksums(stored) == dict.fromkeys(templates(stored)) | ours

    release.run("uninstall", release.name, NO_HOOKS)
    assert release.revisions() == []
    assert release.objects() == {}


def test_upgrade_and_rollback(release: Release) -> None:
    release.deploy("install", NO_HOOKS)
    first = release.objects()

    release.deploy("upgrade", NO_HOOKS)
    assert templates(release.objects()) == templates(first), "an unchanged section rolls nothing"

    release.deploy("upgrade", *CHANGED, NO_HOOKS)
    second = release.objects()
    assert section(second)["resources"]["requests"]["cpu"] == "50m"
    rolled = {key for key, template in templates(second).items() if template != templates(first)[key]}
    assert rolled == consumers(second), "a changed section rolls every consumer, and nothing else"
    assert {key for key in first if key[0] == "ConfigMap" and first[key]["data"] != second[key]["data"]} == {
        ("ConfigMap", agent(second).name.name)
    }

    release.deploy("upgrade", *CHANGED, NO_HOOKS)
    assert templates(release.objects()) == templates(second), "nor does one that was changed before"

    release.run("rollback", release.name, "1", NO_HOOKS)
    assert section(release.objects()) == section(first)
    assert templates(release.objects()) == templates(first)
    assert release.revisions() == ["superseded"] * 4 + ["deployed"]


@ONE_EDITION
@pytest.mark.parametrize(("options", "message"), BAD.values(), ids=list(BAD))
def test_a_bad_section_leaves_nothing_behind(release: Release, options: tuple[str, ...], message: str) -> None:
    refused = release.deploy("install", *options, check=False)
    assert refused.returncode != 0
    assert message in refused.stderr
    assert release.revisions() == []
    assert release.objects() == {}

    release.deploy("install", NO_HOOKS)
    before = release.objects()
    refused = release.deploy("upgrade", *options, check=False)
    assert refused.returncode != 0
    assert message in refused.stderr
    assert release.revisions() == ["deployed"]
    assert written(release.objects()) == written(before), "nothing was written to"


def test_hooks_are_left_alone(release: Release) -> None:
    """A hook's Job may use the ConfigMap: its pod template is immutable, so it gets no checksum."""
    release.deploy("install", *CHANGED)
    rendered = objects_of(release.run("template", release.name, release.chart, *release.always, *CHANGED))
    stored = objects_of(release.run("get", "hooks", release.name))
    assert stored
    for key, job in stored.items():
        # Newer Helms note the template's file on what a post-renderer gets, and forget to remove it from hooks.
        job["metadata"]["annotations"].pop("postrenderer.helm.sh/postrender-filename", None)
        assert job == rendered[key]
    release.run("uninstall", release.name)  # for which the hook's Job must run
    assert release.objects() == {}


@ONE_EDITION
def test_what_the_notes_say_to_try(release: Release) -> None:
    if release.chart != CHART:
        pytest.skip("the notes are those of our own chart")
    notes = release.deploy("install").stdout.partition("NOTES:\n")[2]
    assert f"polyaxon-cleaner-demo 2.15.1 is installed as {release.name}" in notes
    commands = re.findall(r"^  helm ((?:.*\\\n)*.*)$", notes, re.MULTILINE)
    outcomes = []
    for command in commands:
        words = [str(CHART) if word == "CHART" else word for word in shlex.split(command.replace("\\\n", " "))]
        done = release.run(*words, check=False)
        outcomes.append((done.returncode, *re.findall(r"error: (cleaner\.[\w.]+)", done.stderr)))
    assert outcomes == [(0,), (1, "cleaner.resources.requests.cpu"), (1, "cleaner.imagePullPolicy")]
    assert section(release.objects())["resources"]["requests"]["cpu"] == "50m"


@ONE_EDITION
def test_pods_run_and_roll(release: Release) -> None:
    for command in (("install",), ("upgrade", *CHANGED)):
        release.deploy(*command)
        names = [name for kind, name in templates(release.objects()) if kind == "Deployment"]
        wait_for_deployments_to_run(release.client, names, release.namespace, timeout_sec=300)
    release.run("uninstall", release.name)


def test_the_job_and_the_rehearsal_of_the_release_run(
    release: Release, objects: Server, kubectl: Kubectl, run: Runner, tmp_path: Path
) -> None:
    """The Job made from the manifests in the cluster runs where preflight says, under its account."""
    where = ("-n", release.namespace)
    release.deploy("install", "--set", "cleaner.nodeSelector.kubernetes\\.io/os=linux")
    manifests = release.run("get", "manifest", release.name).stdout
    printed = [run("explain", *where, *options, stdin=manifests) for options in (("-o", "yaml"), ("--rehearsal",))]
    assert [each.code for each in printed] == [0, 0]
    for each in yaml.safe_load_all(printed[0].out):  # a chart that names an account may leave making it to others
        account = each["spec"]["template"]["spec"].get("serviceAccountName", "default")
        if objects.get(named("ServiceAccount", account, release.namespace)) is None:
            objects.create(named("ServiceAccount", account, release.namespace))
    facts = cluster_files(kubectl(*FACTS), tmp_path / "cluster")
    judged = run("preflight", *where, "--cluster", str(facts), "-o", "json", stdin=manifests)
    assert judged.code == 0, judged.out
    fitting = {node["name"] for node in json.loads(judged.out)["nodes"] if node["fits"]}
    job: dict[str, Any] = {}
    for each in printed:
        job = json.loads(kubectl("create", *where, "-o", "json", "-f", "-", stdin=each.out))
        became = outcome(objects, job)
        assert became.how == "bound", became
        assert became.said in fitting
    wait("the rehearsal to end", lambda: condition(objects.get(job) or {}, "Complete").get("status") == "True")
