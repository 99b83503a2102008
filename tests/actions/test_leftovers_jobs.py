from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from helm_cleaner.actions import leftovers_jobs, post_render
from helm_cleaner.actions.jobs import ReleaseOptions, of_manifests
from helm_cleaner.actions.leftovers_jobs import Target, find_target
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.in_cluster.program_text import read_program
from helm_cleaner.in_cluster.report import Report, parse
from helm_cleaner.in_cluster.rules import DAY
from helm_cleaner.polyaxon import job as polyaxon_job
from helm_cleaner.yamltext.stream import Stream
from tests.support import reports
from tests.support.job_runs import container_of

HOST = {"name": "artifacts", "kind": "host_path", "schema": {"hostPath": "/data", "mountPath": "/artifacts"}}
CLAIM = {"name": "artifacts", "kind": "volume_claim", "schema": {"volumeClaim": "pvc", "mountPath": "/artifacts"}}


def target_of(connection: dict[str, Any] | None = None, section: str = "{}", **options: str) -> Target:
    stream = reports.manifests(connection, **options).replace("CLEANER: '{}'", f"CLEANER: '{section}'").encode()
    ((title, job),) = of_manifests(Stream(stream), post_render.Options(None), ReleaseOptions()).jobs
    return find_target(job, title)


def report_of(**changes: Any) -> Report:
    found = parse(reports.write(reports.leftovers(3), **changes), "r")
    assert not isinstance(found, Diagnostic)
    return found


def deletion(of: Target, report: Report | None = None) -> str:
    found = report or report_of()
    return leftovers_jobs.make_deletion(of, found, found.folders, 2, 3, 7 * DAY)


def pod_of(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text)["spec"]["template"]["spec"])


def both(of: Target) -> list[str]:
    return [leftovers_jobs.make_survey(of), deletion(of)]


def test_nothing_of_it_is_polyaxons_cleaner() -> None:
    """While a Job of the cleaner's name or labels exists, Polyaxon cannot create the next one."""
    for text in both(target_of()):
        found = yaml.safe_load(text)
        name = found["metadata"].get("name") or found["metadata"]["generateName"]
        assert name.startswith("plx-leftovers-")
        for metadata in (found["metadata"], found["spec"]["template"]["metadata"]):
            assert not set(metadata["labels"].items()) & set(polyaxon_job.LABELS.items())
            assert "operation.polyaxon.com/uuid" not in metadata["labels"]


def test_it_runs_once_and_its_log_stays_a_day() -> None:
    for text in both(target_of()):
        spec = yaml.safe_load(text)["spec"]
        assert (spec["backoffLimit"], spec["ttlSecondsAfterFinished"]) == (0, 86_400)
        assert spec["template"]["spec"]["restartPolicy"] == "Never"
        assert spec["activeDeadlineSeconds"] > 600


def test_the_deadline_grows_with_the_folders_and_files() -> None:
    def deadline(report: Report) -> int:
        return int(yaml.safe_load(deletion(target_of(), report))["spec"]["activeDeadlineSeconds"])

    few = report_of()
    more = few._replace(folders=few.folders * 10)
    large = few._replace(folders=[each._replace(files=1_000_000) for each in few.folders])
    assert deadline(few) < deadline(more) < deadline(large)


def test_the_pod_is_the_cleaners() -> None:
    section = json.dumps({
        "image": "registry.local/init", "imageTag": "1", "imagePullPolicy": "Always", "imagePullSecrets": ["pull"],
        "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "k", "operator": "Exists"}],
        "resources": {"limits": {"memory": "1Gi"}},
    })  # fmt: skip
    of = target_of(section=section)
    cleaner = pod_of(json.dumps(_plain(of)))
    for text in both(of):
        pod = pod_of(text)
        (container,), (wanted,) = pod.pop("containers"), cleaner["containers"]
        assert pod == {key: value for key, value in cleaner.items() if key != "containers"}
        for name in ("image", "imagePullPolicy", "resources"):
            assert container[name] == wanted[name]
        assert container["envFrom"][-1] == {"secretRef": {"name": "s3"}}


def _plain(of: Target) -> Any:
    from helm_cleaner.values import to_data

    return to_data(of.job.manifest)


def test_the_agents_environment_has_the_apis_address() -> None:
    for text in both(target_of()):
        names = [each["configMapRef"]["name"] for each in container_of(text)["envFrom"][:2]]
        assert names == ["plx-polyaxon-config", "plx-polyaxon-proxies-config"]


def test_in_ee_the_token_is_in_it_and_nothing_is_listed() -> None:
    text = leftovers_jobs.make_survey(target_of(chart="agent"))
    container = container_of(text)
    assert {"secretRef": {"name": "plx-polyaxon-agent-secret", "optional": True}} in container["envFrom"]
    config = json.loads(container["args"][1])
    assert (config["counts_only"], config["owner"]) == (True, "")


@pytest.mark.parametrize("connection", [HOST, CLAIM])
def test_the_survey_cannot_write_into_the_store(connection: dict[str, Any]) -> None:
    (mount,) = (each for each in container_of(leftovers_jobs.make_survey(target_of(connection)))["volumeMounts"]
                if each["mountPath"] == "/artifacts")  # fmt: skip
    assert mount["readOnly"] is True
    (mount,) = (each for each in container_of(deletion(target_of(connection)))["volumeMounts"]
                if each["mountPath"] == "/artifacts")  # fmt: skip
    assert not mount.get("readOnly")


def test_a_folder_of_a_node_is_cleaned_on_that_node() -> None:
    """On a node it has itself, whatever its labels are, and wherever the section sends the cleaner."""
    pod = pod_of(deletion(target_of(HOST, section='{"nodeSelector": {"disk": "ssd"}}')))
    (term,) = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term == {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1"]}]}
    assert "nodeSelector" not in pod
    assert json.loads(container_of(deletion(target_of(HOST)))["args"][1])["node"] == "node-1"
    assert json.loads(container_of(deletion(target_of(CLAIM)))["args"][1])["node"] == ""


def test_the_deleting_job_knows_what_the_report_says() -> None:
    report = report_of()
    config = json.loads(container_of(deletion(target_of(), report))["args"][1])
    assert config["folders"] == [folder.name for folder in report.folders]
    assert config["witnesses"] == report.witnesses
    assert (config["time"], config["api"], config["namespace"]) == (report.time, report.api, "polyaxon")
    assert (config["path"], config["older_than"]) == ("s3://bucket/plx", 7 * 86_400)
    assert config["connection"] == reports.CONNECTION


def test_the_program_stands_in_the_job_as_it_is() -> None:
    of = target_of()
    assert container_of(leftovers_jobs.make_survey(of))["args"][0] == read_program("survey")
    assert container_of(deletion(of))["args"][0] == read_program("deletion")
    for name in ("survey", "deletion"):
        compile(read_program(name), name, "exec")
        assert "helm_cleaner" not in read_program(name)
        assert len(read_program(name)) < 100_000  # Linux takes 128 KiB as one argument


def test_kubernetes_expands_nothing_in_the_arguments() -> None:
    """$(NAME) in an argument is a variable to Kubernetes, and $$ a $."""
    connection = {**reports.CONNECTION, "env": {"name": "X", "value": "$(PATH) $$(PATH)"}}
    for text in both(target_of(connection)):
        args = container_of(text)["args"]
        assert not any("$" in each for each in args)
        assert json.loads(args[1])["connection"] == connection


def test_without_the_releases_name_there_is_no_job() -> None:
    stream = reports.manifests().replace("plx-polyaxon-agent-config", "config").encode()
    ((title, job),) = of_manifests(Stream(stream), post_render.Options(None), ReleaseOptions()).jobs
    with pytest.raises(InputError, match="whose release is this"):
        find_target(job, title)
