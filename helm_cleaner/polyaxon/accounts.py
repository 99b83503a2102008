"""The pull secrets of the account that runs have, to which a pod without its own falls back."""

from __future__ import annotations

from helm_cleaner import polyaxon
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.polyaxon import Agent

NEEDLES = (b"kind: ServiceAccount", b'"ServiceAccount"')  # what a document with a ServiceAccount contains


def pull_secrets_of(agent: Agent, documents: list[Any]) -> tuple[str, ...]:
    """The names of the account's pull secrets in rendered manifests; none if the account is not among them."""
    name, found = agent.data.get(polyaxon.RUNS_ACCOUNT), []
    for document in documents:
        for _, kind, item in polyaxon.iter_objects(document):
            if kind == "ServiceAccount" and polyaxon.name_of(item).name == name:
                secrets = item.get("imagePullSecrets")
                found += [each.get("name") for each in secrets or () if isinstance(each, dict)]
    return tuple(each for each in found if isinstance(each, str))


def pull_secrets_in(values: Map) -> tuple[str, ...]:
    """The names that the charts give the account, in a release's values: `agent.serviceAccountImagePullSecrets`."""
    agent = values.get("agent")
    secrets = agent.get("serviceAccountImagePullSecrets") if isinstance(agent, Map) else None
    items = secrets if isinstance(secrets, Seq) else ()
    return tuple(str(each.value) for each in items if isinstance(each, Scalar) and each.value)
