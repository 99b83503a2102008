"""The Job that Polyaxon runs to delete artifacts, made from a section; each leaf knows its origin.

There is one Job for each batch of deleted runs. Follows Polyaxon's SDK 2.18: `get_batch_cleaner_container` for the
container, `V1DefaultScheduling.get_service_environment` and `CleanerConverter` for the pod. Left out are the command,
which names the runs, and the environment variables and annotations that the SDK adds to every run.
"""

from __future__ import annotations

from helm_cleaner import polyaxon, section
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.polyaxon.job_warnings import warnings
from helm_cleaner.polyaxon.origins import fixed, label, make_list, make_map, make_map_of
from helm_cleaner.polyaxon.scheduling import Scheduling, scheduled, written_at
from helm_cleaner.polyaxon.store import NO_STORE, Store
from helm_cleaner.python_literals import as_text_again, literal
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value, from_data, is_null
from helm_cleaner.values.writing import describe_origin

NAME = "plx-cleaner-agent"  # in CE; elsewhere the agent's UUID stands for `agent`
CONTAINER = "polyaxon-main"
LABELS = {
    "app.kubernetes.io/name": "cleaner",
    "app.kubernetes.io/instance": "agent",
    "app.kubernetes.io/part-of": "polyaxon-runs",
    "app.kubernetes.io/component": "polyaxon-cleaners",
    "app.kubernetes.io/managed-by": "polyaxon",
    "operation.polyaxon.com/uuid": "agent",
}
FROM_SDK = "Polyaxon's own default"
# The SDK's own defaults (polyaxon/_auxiliaries/cleaner.py). The default tag is its version.
_IMAGE = "polyaxon/polyaxon-init"
_PULL_POLICY = "IfNotPresent"
_SHARED_MEMORY = "shm"
_RESOURCES = {"limits": {"cpu": "0.5", "memory": "1000Mi"}, "requests": {"cpu": "0.1", "memory": "80Mi"}}
# The fields of the pod that may be unknown, beside the image.
ACCOUNT, VOLUMES = "serviceAccountName", "volumes"


class Note(NamedTuple):
    """A field of the pod that is not known, and what would tell it."""

    field: str
    text: str


class Job(NamedTuple):
    """A Job. manifest: for `kubectl apply`; notes: the fields of its pod that are not known.

    account: what to show if the pod names no service account; warnings: about the release around it; of_default: the
    fields of the pod that come from the default scheduling, each with its dotted path there; store, release: what it
    was made of.
    """

    manifest: Map
    notes: list[Note]
    account: str
    warnings: list[Diagnostic]
    of_default: dict[str, str]
    store: Store
    release: Release


class Release(NamedTuple):
    """What is known of the release. version: the image's tag if the section has none.

    account: the service account of runs. account_is_known: if there is none, whether it is the namespace's default;
    account_secrets: its pull secrets, as far as they are known; full_name: what the chart's names start with, as in
    plx-polyaxon; is_enterprise: whether its API is Polyaxon EE's; token: the Secret with the agent's token there.
    """

    version: str | None = None
    namespace: str | None = None
    account: Scalar | None = None
    account_is_known: bool = True
    source: str = "values alone"
    account_secrets: tuple[str, ...] = ()
    full_name: str | None = None
    is_enterprise: bool = False
    token: str | None = None


_UNKNOWN = Release()


def release_of(agent: polyaxon.Agent, version: str | None = None, namespace: str | None = None) -> Release:
    """What an agent's ConfigMap says about its release. version: if it has none; namespace: overrides its own."""
    name = agent.data.get(polyaxon.RUNS_ACCOUNT)
    account = label(str(name), "chart") if name else None
    known = Release(agent.version or version, namespace or agent.name.namespace, account, source="these manifests")
    full_name, found, _ = (agent.name.name or "").rpartition("-agent-config")
    return known._replace(full_name=full_name if found else None, is_enterprise=agent.chart == "agent")


def job(cleaner: Map, scheduling: Scheduling, store: Store = NO_STORE, release: Release = _UNKNOWN) -> Job:
    """The Job for a valid section."""
    cleaner, _ = section.to_camel_case(cleaner)
    given = scheduled(cleaner, scheduling)
    labels = make_map_of({key: fixed(value) for key, value in LABELS.items()})
    pod = make_map(
        restartPolicy=fixed("Never"),
        serviceAccountName=release.account,
        imagePullSecrets=_references(given.get("imagePullSecrets")),
        nodeSelector=_selector(given.get("nodeSelector")),
        affinity=_without_nulls(given.get("affinity")),
        tolerations=_without_nulls(given.get("tolerations")),
        containers=make_list(_container(cleaner, store, release.version)),
        volumes=make_list(*store.volumes, _shared_memory()),
    )
    namespace, annotations = fixed(release.namespace) if release.namespace else None, store.annotations or None
    manifest = make_map(
        apiVersion=fixed("batch/v1"),
        kind=fixed("Job"),
        metadata=make_map(name=fixed(NAME), namespace=namespace, labels=labels, annotations=annotations),
        spec=make_map(
            backoffLimit=fixed(1),
            template=make_map(metadata=make_map(labels=labels, annotations=annotations), spec=pod),
        ),
    )
    findings = warnings(cleaner, given, scheduling, store, release.account_secrets)
    of_default = {name: written_at(scheduling, name) for name in given if given[name] is not cleaner.get(name)}
    account = "the namespace's default"
    if not release.account_is_known:
        account = "<release>-polyaxon-runs-sa: --release tells which"
    return Job(manifest, _notes(cleaner, store, release), account, findings, of_default, store, release)


def _notes(cleaner: Map, store: Store, release: Release) -> list[Note]:
    untold = f"{release.source} do not tell"
    notes = []
    if release.version is None and not _is_text(cleaner.get("imageTag")):
        text = f"the image's tag will be the release's version, which {untold}: give --chart-version"
        notes.append(Note("image", text))
    if not release.account_is_known:
        text = f"the service account is left out: it is <release>-polyaxon-runs-sa, which {untold}: give --release"
        notes.append(Note(ACCOUNT, text))
    if not store.kind:
        notes.append(Note(VOLUMES, f"the artifacts store's volumes are left out: {untold} the store"))
    return notes


def _container(cleaner: Map, store: Store, version: str | None) -> Map:
    image, tag, policy = (cleaner.get(name) for name in ("image", "imageTag", "imagePullPolicy"))
    name = image if _is_text(image) else label(_IMAGE, FROM_SDK)
    if not _is_text(tag):
        tag = label(version, "the release's version")
    assert isinstance(name, Scalar)
    assert isinstance(tag, Scalar)
    origins = list(dict.fromkeys(describe_origin(value.origin) for value in (name, tag)))
    origin = origins[0] if len(origins) == 1 else f"{origins[0]}, tag: {origins[1]}"
    whole = f"{name.value}:{tag.value}" if tag.value is not None else name.value
    resources = cleaner.get("resources")
    shared_memory = make_map(name=fixed(_SHARED_MEMORY), mountPath=fixed("/dev/shm"))  # noqa: S108
    return make_map(
        name=fixed(CONTAINER),
        image=label(whole, origin),
        imagePullPolicy=policy if _is_text(policy) else label(_PULL_POLICY, FROM_SDK),
        resources=_quantities(resources) if isinstance(resources, Map) else _default_resources(),
        envFrom=store.env_from or None,
        env=store.env or None,
        volumeMounts=make_list(shared_memory, *store.mounts),
    )


def _default_resources() -> Value:
    return from_data(_RESOURCES, Origin(FROM_SDK, Location("")))


def _quantities(resources: Map) -> Map:
    """Limits and requests as the SDK passes them on: quantities as strings. Claims are lost."""
    result = Map(resources.origin)
    for name in ("limits", "requests"):
        amounts = resources.get(name)
        if amounts is None or is_null(amounts):
            continue
        if isinstance(amounts, Map):
            texts = Map(amounts.origin)
            for key, value in amounts.items():
                texts.put(key, _as_text(value), amounts.keys_at[key])
            amounts = texts
        result.put(name, amounts, resources.keys_at[name])
    return result


def _selector(labels: Value | None) -> Value | None:
    """A nodeSelector, each value as Polyaxon writes what it has read: "1.10" becomes "1.1"."""
    if not isinstance(labels, Map):
        return labels
    result = Map(labels.origin)
    for key, value in labels.items():
        if isinstance(value, Scalar) and isinstance(value.value, str):
            value = Scalar(as_text_again(value.value), value.origin, value.raw)
        result.put(key, value, labels.keys_at[key])
    return result


def _as_text(value: Value) -> Value:
    """A quantity as Python writes it; null becomes the string None."""
    if not isinstance(value, Scalar):
        return value
    if isinstance(value.value, str):
        return Scalar(str(literal(value.value)), value.origin, value.raw)
    return Scalar("None" if value.value is None else section.to_json(value), value.origin)


def _without_nulls(value: Value | None) -> Value | None:
    """Affinity and tolerations as the SDK passes them on, without nulls."""
    if isinstance(value, Seq):
        return Seq(value.origin, [each for each in map(_without_nulls, value) if each is not None])
    if not isinstance(value, Map):
        return None if is_null(value) else value
    result = Map(value.origin)
    for key, item in value.items():
        if (kept := _without_nulls(item)) is not None:
            result.put(key, kept, value.keys_at[key])
    return result


def _is_text(value: Value | None) -> bool:
    """Whether it is a non-empty string: to the SDK, an empty one is missing."""
    return isinstance(value, Scalar) and bool(value.value)


def _references(secrets: Value | None) -> Value | None:
    """Pull secrets as references, as in a pod's spec."""
    if not isinstance(secrets, Seq):
        return None
    return Seq(secrets.origin, [make_map(name=name) for name in secrets])


def _shared_memory() -> Map:
    return make_map(name=fixed(_SHARED_MEMORY), emptyDir=make_map(medium=fixed("Memory")))
