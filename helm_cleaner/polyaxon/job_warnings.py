"""Warnings about a Job that its section alone does not show: what the release around it makes of the Job."""

from __future__ import annotations

from helm_cleaner import polyaxon
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.polyaxon.scheduling import Scheduling, written_at
from helm_cleaner.polyaxon.store import HOST_PATH, Store, field, text
from helm_cleaner.section import contradictions, where
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value, to_data

if TYPE_CHECKING:
    from helm_cleaner.paths import Path

_HOSTNAME = "kubernetes.io/hostname"
# What the cluster's own objects tell better than the release.
OF_THE_CLUSTER = ("account-pull-secrets", "host-path")


def warnings(
    cleaner: Map, given: Map, scheduling: Scheduling, store: Store, account_secrets: tuple[str, ...]
) -> list[Diagnostic]:
    """Every warning.

    cleaner: the section; given: its scheduling, filled from the default one; account_secrets: the pull secrets of the
    account that the Job runs as, as far as they are known.
    """
    found = [
        _account_secrets(given, account_secrets),
        _chart_secrets(given, scheduling, account_secrets),
        _empty_affinity(given, scheduling),
        _host_path(given, store),
        *_contradictions(cleaner, given, scheduling),
    ]
    return [each for each in found if each is not None]


def _account_secrets(given: Map, account_secrets: tuple[str, ...]) -> Diagnostic | None:
    secrets = given.get("imagePullSecrets")
    names = to_data(secrets) if isinstance(secrets, Seq) else []
    replaced = [name for name in account_secrets if name not in names]
    if not names or not replaced:
        return None
    message = f"replaces those of the service account ({', '.join(replaced)}): a pod that has its own does not get them"
    hint = f"name them here as well: imagePullSecrets: [{', '.join([*map(str, names), *replaced])}]"
    return _said("account-pull-secrets", (SECTION, "imagePullSecrets"), message, hint, secrets)


def _chart_secrets(given: Map, scheduling: Scheduling, account_secrets: tuple[str, ...]) -> Diagnostic | None:
    names = [str(name) for name in to_data(scheduling.secrets)]
    if "imagePullSecrets" in given or all(name in account_secrets for name in names):
        return None
    message = (
        f"the chart's own imagePullSecrets ({', '.join(names)}) do not reach this job: Polyaxon reads "
        f"{polyaxon.PULL_SECRETS}, but does not pass it on"
    )
    hint = f"write cleaner.imagePullSecrets: [{', '.join(names)}], or agent.serviceAccountImagePullSecrets"
    return _said("chart-pull-secrets", tuple(scheduling.secrets_path.split(".")), message, hint, scheduling.secrets)


def _empty_affinity(given: Map, scheduling: Scheduling) -> Diagnostic | None:
    affinity = given.get("affinity")
    if not isinstance(affinity, Map) or affinity or not scheduling.fields.get("affinity"):
        return None
    message = "{} keeps the default scheduling's affinity away: to Polyaxon it is an affinity"
    return _said("empty-affinity", (SECTION, "affinity"), message, "remove affinity to get the default one", affinity)


def _host_path(given: Map, store: Store) -> Diagnostic | None:
    if store.kind != HOST_PATH or _is_pinned(given):
        return None
    schema = store.connection.get("schema")
    folder = field(schema, "hostPath", "host_path") if isinstance(schema, Map) else None
    message = (
        f"the artifacts store is the folder {text(folder)} of a node: on any other node than the one with the data, "
        "the job deletes nothing and reports success"
    )
    hint = (
        f"use a store that every node reaches or, in a cluster of several nodes, pin the job: nodeSelector {_HOSTNAME}"
    )
    return _said("host-path", (store.path, "schema", "hostPath"), message, hint, folder or store.connection)


def _is_pinned(given: Map) -> bool:
    """Whether one node is named, so that someone has thought of it."""
    selector, affinity = given.get("nodeSelector"), given.get("affinity")
    if isinstance(selector, Map) and _HOSTNAME in selector:
        return True
    return any(leaf in (_HOSTNAME, "metadata.name") for leaf in _keys(affinity))


def _keys(value: Value | None) -> list[str]:
    """The keys of the expressions in an affinity to nodes."""
    if isinstance(value, Seq):
        return [key for each in value for key in _keys(each)]
    if not isinstance(value, Map):
        return []
    key = value.get("key")
    below = [
        found for name, each in value.items() if not name.startswith(("pod", "preferred")) for found in _keys(each)
    ]
    return [str(key.value), *below] if isinstance(key, Scalar) and value.get("operator") else below


def _contradictions(cleaner: Map, given: Map, scheduling: Scheduling) -> list[Diagnostic]:
    """Contradictions between the section and the default scheduling; those in one of the two are reported there."""
    from_both = {name: given.get(name) is cleaner.get(name) for name in ("nodeSelector", "affinity") if name in given}
    if set(from_both.values()) != {True, False}:
        return []
    found = contradictions(given)
    if from_both["affinity"]:
        return found
    return [each._replace(path=written_at(scheduling, each.path.removeprefix(f"{SECTION}."))) for each in found]


def _said(code: str, path: Path, message: str, hint: str, value: Value | None) -> Diagnostic:
    assert value is not None
    return Diagnostic("warning", code, *where(path, message, hint, value))
