"""The Job of a section as text: a table for people, YAML or JSON for kubectl."""

from __future__ import annotations

import json
from collections.abc import Sequence

from helm_cleaner.output.terminal import paint
from helm_cleaner.polyaxon.job import Job
from helm_cleaner.text import make_printable
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Value, to_data
from helm_cleaner.values.writing import describe_origin, to_yaml, yaml_lines

if TYPE_CHECKING:
    from typing import Any


HEAD = (
    "# What Polyaxon runs to delete artifacts: one job for each batch of deleted runs.\n"
    "# Its command and Polyaxon's own environment variables and annotations are left out.\n"
    "# For kubectl apply --dry-run=server alone: a real Job of this name keeps Polyaxon from creating its own.\n"
)
# The pod's fields that the section can set, and what it means if one is missing.
_POD = {
    "nodeSelector": "none: any node",
    "affinity": "none",
    "tolerations": "none: only nodes without taints",
    "imagePullSecrets": "none, except those of the service account",
}
REHEARSAL_HEAD = (
    "# A rehearsal of what Polyaxon runs to delete artifacts: the same pod, with a command that deletes nothing.\n"
    "# Its labels are others, so that Polyaxon does not take it for the cleaner.\n"
    "# kubectl create -f - runs it; it ends within ten minutes, and is removed an hour later.\n"
)


def format_table(jobs: Sequence[tuple[str, Job]], *, color: bool = False) -> str:
    """A block for each Job, under its title, with a row for each leaf and its origin."""
    return "\n".join(_block(title, job, color=color) for title, job in jobs)


def _block(title: str, job: Job, *, color: bool) -> str:
    spec: Any = job.manifest["spec"]
    template = spec["template"]
    pod = template["spec"]
    container = pod["containers"][0]
    rows: list[tuple[str, str, str]] = []
    for name in ("image", "imagePullPolicy", "resources"):
        rows += _rows(name, container[name])
    for name, absent in _POD.items():
        rows += _rows(name, pod[name]) if name in pod else [(name, absent, "")]
    rows += (
        _rows("serviceAccountName", pod["serviceAccountName"])
        if "serviceAccountName" in pod
        else [("serviceAccountName", job.account, "")]
    )
    for name in ("envFrom", "env", "volumeMounts"):
        rows += _rows(name, container[name]) if name in container else []
    rows += _rows("volumes", pod["volumes"])
    rows += _rows("labels", template["metadata"]["labels"])
    left = max(len(name) for name, _, _ in rows)
    middle = max(len(text) for _, text, origin in rows if origin)
    head = f"{make_printable(title)}: the job that deletes the artifacts of a batch of deleted runs"
    lines = [paint("title", head, color=color), ""]
    for name, text, origin in rows:
        line = f"  {name:{left}}  {text:{middle}}  " if origin else f"  {name:{left}}  {text}"
        lines.append(line + paint("aside", origin, color=color))
    return "\n".join(lines) + "\n"


def _rows(name: str, value: Value) -> list[tuple[str, str, str]]:
    """The lines of a field's value, the first one beside its name, each with its origin."""
    lines = [(make_printable(text), describe_origin(origin) if origin else "") for text, origin in yaml_lines(value)]
    return [(name if index == 0 else "", text, origin) for index, (text, origin) in enumerate(lines)]


def format_yaml(jobs: Sequence[Job], head: str = HEAD) -> str:
    """The Jobs as YAML documents, with the origin of each leaf in a comment."""
    return head + "---\n".join(to_yaml(job.manifest, origins=True) for job in jobs)


def format_json(jobs: Sequence[Job]) -> str:
    """The Job as JSON, or a List of several."""
    items = [to_data(job.manifest) for job in jobs]
    data = items[0] if len(items) == 1 else {"apiVersion": "v1", "kind": "List", "items": items}
    return json.dumps(data, indent=2) + "\n"
