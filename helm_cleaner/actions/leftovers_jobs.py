"""The Jobs that survey a store and that delete leftovers: the cleaner's pod with another program.

They are named and labeled unlike Polyaxon's own, which blocks a cleaner as long as another Job of its name exists. A
failed pod is not started again, and the Job and its log stay for a day.
"""

from __future__ import annotations

import json

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.in_cluster.program_text import read_program
from helm_cleaner.in_cluster.rules import DAY
from helm_cleaner.polyaxon.origins import fixed, make_list, make_map, make_map_of
from helm_cleaner.polyaxon.store import HOST_PATH
from helm_cleaner.polyaxon.store_location import StoreLocation, locate
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Seq, Value, from_data, to_data
from helm_cleaner.values.writing import to_flow, to_yaml

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.in_cluster.report import Leftover, Report
    from helm_cleaner.polyaxon.job import Job

PART = 200  # folders that one Job deletes
_LONGEST_SURVEY = DAY // 2  # seconds
_PROGRAM = "the program"  # stands for it until the Job is text


class Target(NamedTuple):
    """A release's store. job: what Polyaxon runs on it; name: the release's; where: for comparing with others."""

    job: Job
    name: str
    full_name: str
    where: StoreLocation

    @property
    def store(self) -> dict[str, str]:
        """What a report names the store by."""
        connection = self.job.store.connection
        return {"name": str(to_data(connection["name"])), "kind": self.job.store.kind, "where": self.where.description}


def find_target(job: Job, title: str) -> Target:
    """The store of a Job. InputError if the release or the store is not known well enough."""
    full_name = job.release.full_name
    if not full_name:
        hint = "--release NAME, as in `helm list`"
        message = "whose release is this? The Jobs need the environment of its agent, which has the API's address"
        raise InputError.of("release", message, Location(title), hint)
    where = locate(job.store, job.release.namespace or "")
    if where is None:
        hint = "set artifactsStore in the release's values"
        raise InputError.of("store", "the release has no artifacts store that can be surveyed", Location(title), hint)
    return Target(job, full_name.removesuffix("-polyaxon"), full_name, where)


def make_survey(of: Target) -> str:
    """The Job that surveys a store, as YAML. It mounts the store read-only."""
    config = {**_config(of), "counts_only": of.job.release.is_enterprise}
    metadata = {"generateName": "plx-leftovers-survey-"}
    return _to_yaml(of, metadata, "survey", config, _LONGEST_SURVEY)


def make_deletion(of: Target, report: Report, folders: list[Leftover], part: int, parts: int, older_than: int) -> str:
    """The Job that deletes one part of a report's folders, as YAML."""
    config = {
        **_config(of),
        "namespace": report.namespace,
        "node": report.node if of.job.store.kind == HOST_PATH else "",
        "api": report.api,
        "path": report.store["path"],
        "time": report.time,
        "older_than": older_than,
        "witnesses": report.witnesses,
        "folders": [folder.name for folder in folders],
    }
    # Deleting takes longer the more files there are: 20 a second are few, even for a network file system.
    deadline = 900 + 10 * len(folders) + sum(folder.files for folder in folders) // 20
    metadata = {"name": f"plx-leftovers-{int(report.time):x}-part-{part}-of-{parts}"}
    return _to_yaml(of, metadata, "deletion", config, deadline, report)


def _config(of: Target) -> dict[str, Any]:
    owner = "" if of.job.release.is_enterprise else "default"
    return {
        "release": of.name,
        "owner": owner,
        "store": of.store,
        "connection": to_data(of.job.store.connection),
    }


def _to_yaml(
    of: Target, metadata: dict[str, str], name: str, config: dict[str, Any], deadline: int, report: Report | None = None
) -> str:
    labels = from_data(
        {
            "app.kubernetes.io/name": "leftovers",
            "app.kubernetes.io/instance": of.name,
            "app.kubernetes.io/component": name,
            "app.kubernetes.io/managed-by": "helm-cleaner",
        },
        fixed(None).origin,
    )
    was, spec = of.job.manifest["metadata"], of.job.manifest["spec"]
    assert isinstance(was, Map)
    assert isinstance(spec, Map)
    template = spec["template"]
    assert isinstance(template, Map)
    pod = template["spec"]
    assert isinstance(pod, Map)
    containers = pod["containers"]
    assert isinstance(containers, Seq)
    container = containers[0]
    assert isinstance(container, Map)
    namespace = report.namespace if report else of.job.release.namespace
    annotations = was.get("annotations")
    container = make_map(
        **{
            **container,
            "name": fixed("leftovers"),
            "command": make_list(*map(fixed, ("python3", "-u", "-c"))),
            "args": make_list(fixed(_PROGRAM), fixed(_argument(config))),
            "envFrom": make_list(*_agent_environment(of), *_items(container.get("envFrom"))),
            "env": make_list(*_items(container.get("env")), *_names()),
            "volumeMounts": _mounts(container["volumeMounts"], of) if name == "survey" else container["volumeMounts"],
            "terminationMessagePolicy": fixed("FallbackToLogsOnError"),
        }
    )
    pod = make_map(**{**pod, "containers": make_list(container)})
    if report and of.job.store.kind == HOST_PATH:  # the folder of one node: only there are these folders
        pod = make_map(**{**pod, "nodeSelector": None, "affinity": _on_node(report.node)})
    manifest = make_map(
        apiVersion=fixed("batch/v1"),
        kind=fixed("Job"),
        metadata=make_map(
            **{key: fixed(value) for key, value in metadata.items()},
            namespace=fixed(namespace) if namespace else None,
            labels=labels,
            annotations=annotations,
        ),
        spec=make_map(
            backoffLimit=fixed(0),
            activeDeadlineSeconds=fixed(deadline),
            ttlSecondsAfterFinished=fixed(DAY),
            template=make_map(metadata=make_map(labels=labels, annotations=annotations), spec=pod),
        ),
    )
    return _with_program(to_yaml(manifest), read_program(name))


def _argument(config: dict[str, Any]) -> str:
    """JSON in which Kubernetes finds no $(NAME) to expand."""
    return json.dumps(config).replace("$", "\\u0024")


def _with_program(text: str, source: str) -> str:
    """The YAML with the program as a literal block, as it is to be read."""
    head, line, rest = text.partition(f"- {to_flow(_PROGRAM)}\n")
    assert line
    assert "$" not in source  # Kubernetes expands $(NAME) in arguments
    indent = head.rpartition("\n")[2] + "  "
    return f"{head}- |\n" + "".join(f"{indent}{each}".rstrip() + "\n" for each in source.splitlines()) + rest


def _agent_environment(of: Target) -> list[Map]:
    """Where the agent itself has the API's address from, and in EE its token."""
    found = [
        make_map(configMapRef=make_map(name=fixed(f"{of.full_name}-{name}"))) for name in ("config", "proxies-config")
    ]
    if of.job.release.is_enterprise:
        token = of.job.release.token or f"{of.full_name}-agent-secret"
        found.append(make_map(secretRef=make_map(name=fixed(token), optional=fixed(True))))
    return found


def _names() -> list[Map]:
    """The variables that tell a program where it runs."""
    return [
        make_map(name=fixed(name), valueFrom=make_map(fieldRef=make_map(fieldPath=fixed(path))))
        for name, path in (("POD_NAMESPACE", "metadata.namespace"), ("NODE_NAME", "spec.nodeName"))
    ]


def _mounts(mounts: Value, of: Target) -> Seq:
    """The mounts of the survey, which cannot write into the store."""
    mine = {str(to_data(each["name"])) for each in of.job.store.mounts if isinstance(each, Map)}
    items = []
    for mount in _items(mounts):
        assert isinstance(mount, Map)
        read_only = fixed(True) if str(to_data(mount["name"])) in mine else mount.get("readOnly")
        items.append(make_map_of({**mount, "readOnly": read_only}))
    return make_list(*items)


def _on_node(node: str) -> Value:
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return from_data({"nodeAffinity": required}, fixed(None).origin)


def _items(value: Value | None) -> Seq | tuple[()]:
    return value if isinstance(value, Seq) else ()
