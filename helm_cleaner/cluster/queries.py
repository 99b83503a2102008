"""The commands of kubectl that read a cluster: the one table behind --live, --help, the guides and their roles.

One command for each kind, so that a kind that is not installed, or may not be read, costs only itself. Logs are of the
last day at most.
"""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

PREFLIGHT, DOCTOR = "preflight", "doctor"
NAMESPACE = "NAMESPACE"  # stands for the release's namespace where it is not known yet
_LOG_OPTIONS = ("--since=24h", "--timestamps")
_JSON = ("-o", "json")
# What `--live` reads of secrets: never their data. The right to list them is the right to read them nevertheless.
_NAMES_AND_TYPES = ("-o", "custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,TYPE:.type")


class Query(NamedTuple):
    """A kind to read. kind: kubectl's name for it; group: its API group.

    scope: "namespace" for the release's own, "all" for all of them (and for kinds without one), else a namespace.
    name: the only object to read, "" for all; output: kubectl's options for it.
    commands: who reads it; asked: whether only where the user asks for it.
    """

    kind: str
    group: str
    scope: str
    commands: tuple[str, ...]
    name: str = ""
    output: tuple[str, ...] = _JSON
    asked: bool = False

    @property
    def file(self) -> str:
        """The file that the guides write it to."""
        return f"{self.name or self.kind}.{'json' if self.output == _JSON else 'txt'}"

    @property
    def resource(self) -> str:
        """The kind without its group, as a role names it."""
        return self.kind.removesuffix(f".{self.group}") if self.group else self.kind


QUERIES = (
    Query("nodes", "", "all", (PREFLIGHT,)),
    Query("pods", "", "all", (PREFLIGHT,)),
    Query("namespaces", "", "all", (PREFLIGHT,)),
    Query("limitranges", "", "all", (PREFLIGHT,)),
    Query("resourcequotas", "", "all", (PREFLIGHT,)),
    Query("serviceaccounts", "", "all", (PREFLIGHT,)),
    Query("persistentvolumeclaims", "", "all", (PREFLIGHT,)),
    Query("persistentvolumes", "", "all", (PREFLIGHT,)),
    Query("priorityclasses", "scheduling.k8s.io", "all", (PREFLIGHT,)),
    Query("storageclasses", "storage.k8s.io", "all", (PREFLIGHT,)),
    Query("csinodes", "storage.k8s.io", "all", (PREFLIGHT,)),
    Query("csidrivers", "storage.k8s.io", "all", (PREFLIGHT,)),
    Query("csistoragecapacities", "storage.k8s.io", "all", (PREFLIGHT,)),
    Query("volumeattachments", "storage.k8s.io", "all", (PREFLIGHT,)),
    Query("jobs.polyaxon.com", "polyaxon.com", "all", (PREFLIGHT,)),
    Query("nodepools.karpenter.sh", "karpenter.sh", "all", (PREFLIGHT,)),
    Query("configmaps", "", "kube-system", (PREFLIGHT,), name="cluster-autoscaler-status"),
    Query("secrets", "", "namespace", (PREFLIGHT,), output=_NAMES_AND_TYPES, asked=True),
    Query("jobs.polyaxon.com", "polyaxon.com", "namespace", (DOCTOR,)),
    Query("jobs.batch", "batch", "namespace", (DOCTOR,)),
    Query("pods", "", "namespace", (DOCTOR,)),
    Query("events", "", "namespace", (DOCTOR,)),
    Query("configmaps", "", "namespace", (DOCTOR,)),
    Query("deployments.apps", "apps", "namespace", (DOCTOR,)),
)


def queries_of(command: str, *, asked: bool = False) -> list[Query]:
    """What a command reads. asked: whether what is read only where the user asks for it is included."""
    return [query for query in QUERIES if command in query.commands and (asked or not query.asked)]


def asked_of(command: str) -> list[Query]:
    """What a command reads only where the user asks for it."""
    return [query for query in QUERIES if command in query.commands and query.asked]


def arguments(query: Query, namespace: str = NAMESPACE, context: str | None = None) -> list[str]:
    """The arguments of kubectl for a query."""
    scope = {"namespace": ["-n", namespace], "all": ["-A"]}.get(query.scope, ["-n", query.scope])
    names = [query.name] if query.name else []
    return ["get", query.kind, *names, *scope, *query.output, *_of_context(context)]


def log_arguments(of: str, namespace: str = NAMESPACE, context: str | None = None) -> list[str]:
    """The arguments of kubectl for a log of the last day. of: such as deployment/plx-polyaxon-agent."""
    return ["logs", of, "-n", namespace, *_LOG_OPTIONS, *_of_context(context)]


def namespace_arguments(context: str | None = None) -> list[str]:
    """The arguments of kubectl for the namespace of the user's context, which needs no connection."""
    return ["config", "view", "--minify", "-o", "jsonpath={..namespace}", *_of_context(context)]


def shown(words: Sequence[str]) -> str:
    """A command as one types it."""
    return " ".join(["kubectl", *words])


def loop(command: str, folder: str, namespace: str = NAMESPACE) -> list[str]:
    """The commands for a shell, which write a file for each kind into a folder: a loop, and some by themselves.

    kubectl prints an empty list where it may not read a kind, so that the file must go.
    """
    form: list[Query] = []
    for query in queries_of(command):
        if not query.name and query.output == _JSON and (not form or query.scope == form[0].scope):
            form.append(query)
    lines = [f"mkdir {folder}", "for kind in"]
    for query in form:
        if len(lines[-1]) + len(query.kind) > 104:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {query.kind}"
    lines[-1] += "; do"
    words = arguments(form[0]._replace(kind='"$kind"'), namespace)
    lines.append(f'  {shown(words)} > "{folder}/$kind.json" || rm "{folder}/$kind.json"')
    return [*lines, "done", *single_commands([q for q in queries_of(command) if q not in form], folder, namespace)]


def single_commands(wanted: Sequence[Query], folder: str, namespace: str = NAMESPACE) -> list[str]:
    """The commands for a shell, each of which writes a file into a folder."""
    return [f"{shown(arguments(query, namespace))} > {folder}/{query.file}" for query in wanted]


def rules(command: str, *, asked: bool = False) -> Iterator[dict[str, Any]]:
    """The rules of a role that grants what a command reads, and nothing else: one for each API group and verb."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for query in queries_of(command, asked=asked):
        found.setdefault((query.group, "get" if query.name else "list", query.name), []).append(query.resource)
    if command == DOCTOR:  # kubectl logs looks up the Deployment and the Job, and then their pods
        found["", "get", ""] = ["pods", "pods/log"]
        found["apps", "get", ""] = ["deployments"]
        found["batch", "get", ""] = ["jobs"]
    for (group, verb, name), resources in found.items():
        rule: dict[str, Any] = {"apiGroups": [group], "resources": list(dict.fromkeys(resources))}
        if name:
            rule["resourceNames"] = [name]
        yield {**rule, "verbs": [verb]}


def _of_context(context: str | None) -> list[str]:
    return ["--context", context] if context else []
