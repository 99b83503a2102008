"""Whether a Job's pod will run in a cluster, on which nodes, and if not, why."""

from __future__ import annotations

from functools import partial

from helm_cleaner.cluster import (
    autoscaling,
    existence,
    limit_ranges,
    node_selectors,
    pod,
    pod_security,
    preemption,
    quotas,
    scheduling,
    unfinished_jobs,
    warnings,
)
from helm_cleaner.cluster.amounts import NotQuantity
from helm_cleaner.cluster.groups import ReasonGroup, group_reasons
from helm_cleaner.cluster.not_checked import find_not_checked
from helm_cleaner.cluster.snapshot import ClusterSnapshot, object_error
from helm_cleaner.cluster.types import ClusterWarning, NodeVerdict, NotChecked, Refusal
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.paths import to_dotted
from helm_cleaner.polyaxon.job import ACCOUNT, VOLUMES, Job
from helm_cleaner.text import pluralize, shorten
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Origin, Seq, Value, to_data
from helm_cleaner.values.writing import describe_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_cleaner.cluster.types import Object
    from helm_cleaner.diagnostics import Severity
    from helm_cleaner.paths import Path

NO_NODE = "no-node"
# The fields of a pod that may not be known, and the kinds that say nothing about them then.
_KINDS_ABOUT = {ACCOUNT: "serviceaccounts", VOLUMES: "persistentvolumeclaims"}


class Verdict(NamedTuple):
    """The verdict on a Job.

    verdict: fits, maybe, no-node or refused; groups: the reasons why nodes do not fit, with the values that cause them;
    findings: errors and warnings, each with its place in the section.
    """

    title: str
    namespace: str
    verdict: str
    nodes: list[NodeVerdict]
    groups: list[tuple[ReasonGroup, str]]
    admission: list[Refusal]
    findings: list[Diagnostic]
    not_checked: list[NotChecked]

    @property
    def exit_code(self) -> int:
        """0 if the job runs, or could run."""
        return 0 if self.verdict in ("fits", "maybe") else 1


def check(title: str, job: Job, snapshot: ClusterSnapshot, namespace: str, *, autoscaler: bool = True) -> Verdict:
    """The verdict on a Job in a namespace. autoscaler: whether nodes that could be added count.

    InputError if the input contains no nodes, and nothing refuses the pod before it would need one; or if one of its
    objects cannot be used.
    """
    unknown = {_KINDS_ABOUT[note.field]: note.text for note in job.notes if note.field in _KINDS_ABOUT}
    for kind in unknown:
        snapshot = snapshot.without(kind)  # else a pod without an account would be judged as one with the default one
    bare = pod.make_pod(to_data(job.manifest), namespace)
    whole = pod.admit(bare, snapshot.in_namespace("limitranges", namespace), snapshot.all("priorityclasses"))
    refusals = _check_admission(whole, snapshot, namespace)
    refusals += limit_ranges.check_requests(bare, whole, refusals)
    nodes = scheduling.schedule(whole, snapshot) if "nodes" in snapshot.kinds else []
    if not nodes and not refusals:
        hint = "kubectl get nodes -o json; helm-cleaner preflight --help has all commands"
        raise InputError.of(
            "cluster", "contains no nodes, so where the pod fits cannot be checked", Location(snapshot.file), hint
        )
    fitting = [each.node for each in nodes if not each.reasons]
    is_settled = bool(fitting or refusals or not nodes)
    scaling = autoscaling.find_expansions(whole, snapshot) if autoscaler and not is_settled else None
    preemptions = [] if is_settled else preemption.find_preemptions(whole, snapshot, nodes)
    groups = group_reasons(nodes)
    findings = [_finding("error", each.code, _describe(each), each.hint, job, each.path) for each in refusals]
    if nodes and not fitting:
        findings.append(_no_node(nodes, groups, _ways_out(scaling, preemptions), job))
    findings += [
        _finding("warning", *each[:3], job, each.path) for each in _warnings(whole, snapshot, fitting, namespace)
    ]
    missing = [each for each in find_not_checked(whole, snapshot) if each.what not in unknown]
    missing += [NotChecked(kind, why) for kind, why in unknown.items()]
    missing += node_selectors.find_not_checked(whole, snapshot, nodes)
    for group in scaling.unknown if scaling else ():
        missing.append(NotChecked("node group", f"which nodes {group} would add: it has none to infer them from"))
    could = bool(preemptions or (scaling and scaling.could))
    return Verdict(
        title,
        namespace,
        "refused" if refusals else "fits" if fitting else "maybe" if could else NO_NODE,
        nodes,
        [(group, _asked_by(job, group.path)) for group in groups],
        refusals,
        findings,
        missing,
    )


def _ways_out(scaling: autoscaling.Autoscaling | None, preemptions: Sequence[preemption.Preemption]) -> str:
    """What could make room for a pod that fits no node; "" for nothing."""
    ways = []
    for each in preemptions[:1]:
        victims, more = each.victims, len(preemptions) - 1
        first = f"{victims[0]['metadata']['namespace']}/{victims[0]['metadata']['name']}"
        pods = first if len(victims) == 1 else f"{first} and {len(victims) - 1} more"
        others = f", and there are {pluralize(more, 'such node')} more" if more else ""
        ways.append(
            f"evicting pods of lower priority ({pods}) could make room on {each.node['metadata']['name']}{others}"
        )
    if scaling and scaling.could:
        first_way, *others_too = scaling.could
        condition = f" {first_way.condition}" if first_way.condition else ""
        too = f", and so could {', '.join(each.what for each in others_too)}" if others_too else ""
        ways.append(f"{first_way.what} could add one{condition}{too}")
    return "; ".join(ways)


def _describe(refusal: Refusal) -> str:
    """The message, with the object that refuses the pod. A message about a missing object names it already."""
    if refusal.kind in (limit_ranges.KIND, quotas.KIND):
        return f"{refusal.kind} {refusal.name}: {refusal.message}"
    return refusal.message


def _check_admission(whole: Object, snapshot: ClusterSnapshot, namespace: str) -> list[Refusal]:
    """Everything that refuses the pod, not only the first reason, where the API server would stop."""
    refusals = existence.check(whole, snapshot)
    by_kind: tuple[tuple[str, Callable[[Object], list[Refusal]]], ...] = (
        ("limitranges", partial(limit_ranges.check, whole)),
        ("resourcequotas", quotas.check_counts),
        ("resourcequotas", partial(quotas.check, whole)),
    )
    for kind, refuse in by_kind:
        for each in snapshot.in_namespace(kind, namespace):
            try:
                refusals += refuse(each)
            except NotQuantity as e:
                raise object_error(each, snapshot.file, str(e)) from None
    labels = snapshot.namespace_labels().get(namespace)
    return refusals + (pod_security.check(whole, namespace, labels) if labels else [])


def _warnings(whole: Object, snapshot: ClusterSnapshot, fitting: list[Object], namespace: str) -> list[ClusterWarning]:
    nodes = snapshot.all("nodes")
    return [
        *unfinished_jobs.find_unfinished(namespace, snapshot),
        *warnings.check_pods(snapshot),
        *warnings.check_host_paths(whole, nodes),
        *warnings.check_platforms(fitting),
        *warnings.check_absent(whole, nodes),
        *existence.find_warnings(whole, snapshot),
    ]


def _no_node(nodes: list[NodeVerdict], groups: list[ReasonGroup], ways_out: str, job: Job) -> Diagnostic:
    """The finding that no node fits: an error, or a warning if there are ways out."""
    message = scheduling.format_message(nodes)
    foremost = next((group for group in groups if _place(job, group.path)[0].file), groups[0])
    if ways_out:
        message = f"no current node fits; {ways_out}: {message}"
        return _finding("warning", NO_NODE, message, "", job, foremost.path)
    hint = "; ".join(dict.fromkeys(group.hint for group in groups if group.hint))
    return _finding("error", NO_NODE, f"no node fits: {message}", hint, job, foremost.path)


def _finding(severity: Severity, code: str, message: str, hint: str, job: Job, path: Path) -> Diagnostic:
    location, _ = _place(job, path)
    return Diagnostic(severity, code, _written_at(job, path), shorten(message), shorten(hint), location)


def _place(job: Job, path: Path) -> tuple[Location, Origin | None]:
    """Where a field of the pod's spec, or its parent, is written; no file if nobody wrote it."""
    origin = None
    for value in _down(job, path):
        if value.origin.kind:
            origin = value.origin
    return (origin.location if origin is not None else Location("")), origin


def _down(job: Job, path: Path) -> list[Value]:
    """The values on the way to a field, as far as they exist."""
    value: Value | None = job.manifest
    way = []
    for step in ("spec", "template", "spec", *path):
        value = _entry(value, step)
        if value is None:
            break
        way.append(value)
    return way[3:]


def _entry(value: Value | None, step: str | int) -> Value | None:
    if isinstance(value, Map) and isinstance(step, str):
        return value.get(step)
    return value[step] if isinstance(value, Seq) and isinstance(step, int) and step < len(value) else None


def _written_at(job: Job, path: Path) -> str:
    """The field of the section, or of the default scheduling, behind a field of the pod's spec; "" if there is none."""
    if path[:3] == ("containers", 0, "resources"):
        return to_dotted((SECTION, *path[2:]))
    if path[:1] == ("imagePullSecrets",):
        path = path[:2]
    elif path[:1] not in (("nodeSelector",), ("affinity",), ("tolerations",)):
        return ""
    first = str(path[0])
    return job.of_default.get(first, f"{SECTION}.{first}") + to_dotted(path).removeprefix(first)


def _asked_by(job: Job, path: Path) -> str:
    """Where the requirement that a group of nodes does not meet comes from; "" if that is unknown."""
    _, origin = _place(job, path)
    return describe_origin(origin) if origin is not None else ""
