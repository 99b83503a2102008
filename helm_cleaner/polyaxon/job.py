"""The Job that a section means: what Polyaxon runs to delete a run's artifacts, each leaf with where it comes from.

As Polyaxon's SDK makes it: `get_default_cleaner_container` for the container, `V1DefaultScheduling
.get_service_environment` for the pod, as they are in 2.18. What the section has no say in (the command, the artifacts
store's volume, the run's labels) is not here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from helm_cleaner import polyaxon, section
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.section.excerpt import where_key
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value, from_data, is_null, plain
from helm_cleaner.values.writing import describe

NAME = "plx-cleaner-run"  # with the run's UUID in place of `run`
CONTAINER = "polyaxon-main"
FROM_SCHEDULING = "default scheduling"
FROM_SDK = "Polyaxon's own default"
# What the SDK takes where the section has nothing (polyaxon/_auxiliaries/cleaner.py). The tag is its own version.
_IMAGE = "polyaxon/polyaxon-init"
_PULL_POLICY = "IfNotPresent"
_RESOURCES = {"limits": {"cpu": "0.5", "memory": "1000Mi"}, "requests": {"cpu": "0.1", "memory": "80Mi"}}
_SCHEDULED = ("nodeSelector", "affinity", "tolerations", "imagePullSecrets")


class Job(NamedTuple):
    """A Job. manifest: as `kubectl apply` takes it; notes: what is not in it, though one might think so."""

    manifest: Map
    notes: list[str]


class Scheduling(NamedTuple):
    """The default scheduling. fields: those that it has; path: where they are, dotted.

    secrets: the default pull secrets, which Polyaxon keeps apart from it; secrets_path: where they are.
    """

    fields: Map
    secrets: Seq
    path: str
    secrets_path: str


def scheduling_of(agent: polyaxon.Agent) -> Scheduling:
    """The default scheduling in an agent's ConfigMap.

    InputError where it is no JSON, no mapping or, of the pull secrets, no list: the agent could not load it.
    """
    fields = _parsed(agent, polyaxon.SCHEDULING, {}, "a mapping")
    secrets = _parsed(agent, polyaxon.PULL_SECRETS, [], "a list")
    assert isinstance(fields, Map)
    assert isinstance(secrets, Seq)
    return Scheduling(fields, secrets, polyaxon.SCHEDULING, polyaxon.PULL_SECRETS)


def _parsed(agent: polyaxon.Agent, key: str, absent: Any, what: str) -> Value:
    """What a key of the agent's ConfigMap holds in JSON; what is of another type than `absent` is refused."""
    location = Location(agent.name.name or "ConfigMap")
    text = agent.data.get(key, absent)
    try:
        data = section.from_json(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, type(absent)):
        hint = "see the global scheduling in the chart's values; with this the agent's configuration does not load"
        raise InputError.of("json", f"must be {what} in JSON", location, hint, key)
    return from_data(data, Origin(FROM_SCHEDULING, location))


def scheduling_in(values: Map) -> Scheduling:
    """The default scheduling that the charts make of a release's values: what stands at their top and is not empty."""
    fields, secrets = Map(values.origin), values.get("imagePullSecrets")
    for name in _SCHEDULED[:3]:
        value = values.get(name)
        if value is not None and plain(value):
            fields.put(name, _from_scheduling(value), values.keys_at[name])
    return Scheduling(fields, secrets if isinstance(secrets, Seq) else Seq(values.origin), "", "imagePullSecrets")


def _from_scheduling(value: Value) -> Value:
    """The value with the default scheduling as its origin, and where that is written."""
    origin = Origin(f"{FROM_SCHEDULING} ({describe(value.origin)})", value.origin.location)
    if isinstance(value, Scalar):
        return Scalar(value.value, origin, value.raw)
    if isinstance(value, Seq):
        return Seq(origin, [_from_scheduling(item) for item in value])
    result = Map(origin)
    for key, item in value.items():
        result.put(key, _from_scheduling(item), value.keys_at[key])
    return result


def judge(scheduling: Scheduling) -> list[Diagnostic]:
    """What is wrong with the default scheduling, on which the Job may fall back: the section's rules hold.

    Of the pull secrets, which do not get that far, only what the agent could not load.
    """
    fields, secrets = Map(scheduling.fields.origin), Map(scheduling.fields.origin)
    found = []
    for name, meant in zip(scheduling.fields, _regular(scheduling), strict=True):
        value, at = scheduling.fields[name], scheduling.fields.keys_at[name]
        if meant in _SCHEDULED:
            fields.put(name, value, at)
        else:
            message, hint = f"unknown field; allowed: {', '.join(_SCHEDULED)}", f"remove {name}"
            found.append(Diagnostic("error", "unknown-field", *where_key((SECTION, name), message, hint, value, at)))
    secrets.put("imagePullSecrets", scheduling.secrets, scheduling.secrets.origin)
    found = [
        d._replace(path=(scheduling.path + d.path.removeprefix(SECTION)).removeprefix("."))
        for d in section.check(fields) + found
    ]
    return found + [
        d._replace(path=scheduling.secrets_path + d.path.removeprefix(f"{SECTION}.imagePullSecrets"))
        for d in section.check(secrets)
        if d.code == "type"
    ]


def _regular(scheduling: Scheduling) -> Map:
    """The fields as the charts call them; Polyaxon takes Python's names as well, as in the section."""
    return section.in_camel_case(scheduling.fields)[0]


def scheduled(cleaner: Map, scheduling: Scheduling) -> Map:
    """The scheduling fields of the section, each from the default scheduling where the section has none."""
    result = Map(cleaner.origin)
    sources = (cleaner, _regular(scheduling))
    for name in _SCHEDULED:
        for source in sources:
            if _counts(name, value := source.get(name)):
                assert value is not None
                result.put(name, value, source.keys_at[name])
                break
    return result


def _counts(name: str, value: Value | None) -> bool:
    """Whether the SDK takes a field for given: an empty mapping or list is as none, but for `affinity: {}`.

    Of that the SDK makes an object, and objects are true in Python: it keeps the default affinity away.
    """
    if is_null(value):
        return False
    return name == "affinity" or not isinstance(value, (Map, Seq)) or bool(value)


def job(cleaner: Map, scheduling: Scheduling, agent: polyaxon.Agent | None = None, version: str | None = None) -> Job:
    """The Job of a section that has been checked.

    agent: the ConfigMap that holds it, for its namespace and the account that runs have. version: the release's, which
    is the image's tag where the section has none.
    """
    cleaner, _ = section.in_camel_case(cleaner)
    given = scheduled(cleaner, scheduling)
    notes: list[str] = []
    if version is None and not _is_text(cleaner.get("imageTag")):
        source = "values alone" if agent is None else "these manifests"
        notes.append(f"the image's tag will be the release's version, which {source} do not tell")
    pod = _map(
        restartPolicy=_fixed("Never"),
        serviceAccountName=_account(agent),
        imagePullSecrets=_references(given.get("imagePullSecrets")),
        nodeSelector=given.get("nodeSelector"),
        affinity=given.get("affinity"),
        tolerations=given.get("tolerations"),
        containers=Seq(_fixed(None).origin, [_container(cleaner, version)]),
    )
    if scheduling.secrets and "imagePullSecrets" not in given:
        names = ", ".join(plain(scheduling.secrets))
        notes.append(
            f"the chart's own imagePullSecrets ({names}) do not reach this job: Polyaxon reads "
            f"{polyaxon.PULL_SECRETS} and does not hand it on; name them in cleaner.imagePullSecrets"
        )
    if "affinity" in given and not given["affinity"] and scheduling.fields.get("affinity"):
        notes.append("affinity: {} keeps the default scheduling's affinity away; without the field it would be taken")
    metadata = _map(name=_fixed(NAME), namespace=_namespace(agent))
    manifest = _map(
        apiVersion=_fixed("batch/v1"),
        kind=_fixed("Job"),
        metadata=metadata,
        spec=_map(backoffLimit=_fixed(1), template=_map(spec=pod)),
    )
    return Job(manifest, notes)


def _container(cleaner: Map, version: str | None) -> Map:
    image, tag, policy = (cleaner.get(name) for name in ("image", "imageTag", "imagePullPolicy"))
    name = image if _is_text(image) else Scalar(_IMAGE, Origin(FROM_SDK, Location("")))
    if not _is_text(tag):
        tag = Scalar(version, Origin("the release's version", Location("")))
    assert isinstance(name, Scalar)
    assert isinstance(tag, Scalar)
    origins = list(dict.fromkeys(describe(value.origin) for value in (name, tag)))
    told = origins[0] if len(origins) == 1 else f"{origins[0]}, tag: {origins[1]}"
    whole = f"{name.value}:{tag.value}" if tag.value is not None else name.value
    resources = cleaner.get("resources")
    return _map(
        name=_fixed(CONTAINER),
        image=Scalar(whole, Origin(told, Location(""))),
        imagePullPolicy=policy if _is_text(policy) else Scalar(_PULL_POLICY, Origin(FROM_SDK, Location(""))),
        resources=from_data(_RESOURCES, Origin(FROM_SDK, Location(""))) if is_null(resources) else resources,
    )


def _is_text(value: Value | None) -> bool:
    """Whether a text is given: the SDK takes an empty one for none."""
    return isinstance(value, Scalar) and bool(value.value)


def _references(secrets: Value | None) -> Value | None:
    """Pull secrets as a pod has them."""
    if not isinstance(secrets, Seq):
        return None
    return Seq(secrets.origin, [_map(name=name) for name in secrets])


def _account(agent: polyaxon.Agent | None) -> Value | None:
    name = agent.data.get(polyaxon.RUNS_ACCOUNT) if agent else None
    return Scalar(str(name), Origin("chart", Location(""))) if name else None


def _namespace(agent: polyaxon.Agent | None) -> Value | None:
    return _fixed(agent.name.namespace) if agent and agent.name.namespace else None


def _fixed(value: str | int | None) -> Scalar:
    """What every such Job has, and nobody need be told where it comes from."""
    return Scalar(value, Origin("", Location("")))


def _map(**entries: Value | None) -> Map:
    """A mapping of what is there, in this order."""
    origin = _fixed(None).origin
    result = Map(origin)
    for key, value in entries.items():
        if value is not None:
            result.put(key, value, origin)
    return result
