"""The release's own objects: which releases there are, whether agent and operator run, and at which level they log."""

from __future__ import annotations

from helm_cleaner.cluster.objects import mapping
from helm_cleaner.cluster.symptoms.finding import Finding
from helm_cleaner.cluster.symptoms.history import conditions
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.cluster.symptoms.history import CleanerJob, History
    from helm_cleaner.cluster.types import Object

_CONFIG, _AGENT_CONFIG = "-polyaxon-config", "-polyaxon-agent-config"
_AGENT, _OPERATOR, _API, _ACCOUNT = "-polyaxon-agent", "-polyaxon-operator", "-polyaxon-api", "-polyaxon-runs-sa"
_LEVEL = "POLYAXON_LOG_LEVEL"


def release_names(history: History) -> list[str]:
    """The releases of the namespace, by their agents' ConfigMaps and Deployments."""
    of_configs = [name.removesuffix(_AGENT_CONFIG) for name in history.configmaps if name.endswith(_AGENT_CONFIG)]
    of_agents = [name.removesuffix(_AGENT) for name in history.deployments if name.endswith(_AGENT)]
    return list(dict.fromkeys([*of_configs, *of_agents]))


def is_of(job: CleanerJob, release: str, others: list[str]) -> bool:
    """Whether a job may be a release's: its pods run as that release's account, or as no other release's."""
    account = pod_spec(job).get("serviceAccountName")
    return account not in [f"{other}{_ACCOUNT}" for other in others if other != release]


def pod_spec(job: CleanerJob) -> Object:
    """The pod that a job runs, as Polyaxon asked for it, or as the operator did; {} if neither is in the input."""
    asked = mapping(mapping(job.operation).get("batchJobSpec"))
    made = mapping(mapping(job.batches[-1].job if job.batches else None).get("spec"))
    return mapping(mapping((asked or made).get("template")).get("spec"))


def log_level(history: History, release: str) -> str | None:
    """The release's log level; None if its ConfigMap is not in the input."""
    config = history.configmaps.get(f"{release}{_CONFIG}")
    if config is None:
        return None
    return str(mapping(config.get("data")).get(_LEVEL) or "WARNING")


def find_agent_config(history: History, release: str) -> Object | None:
    """The agent's ConfigMap; None if it is not in the input."""
    return history.configmaps.get(f"{release}{_AGENT_CONFIG}")


def has_restarted_since(history: History, release: str, time: str) -> bool:
    """Whether every pod of the API was created after a time. False without any in the input."""
    pods = [pod for name, pod in history.pods.items() if name.startswith(f"{release}{_API}-")]
    return bool(pods) and all(str(pod["metadata"].get("creationTimestamp") or "") > time for pod in pods)


def diagnose_deployments(history: History, release: str) -> list[Finding]:
    """Whether the agent and the operator are there without an available replica."""
    found = []
    for name, code, what in (
        (f"{release}{_AGENT}", "agent-down", "the agent {}, so no batch is taken"),
        (f"{release}{_OPERATOR}", "operator-down", "the operator {}, so no job gets a pod"),
    ):
        deployment = history.deployments.get(name)
        if deployment is None or mapping(deployment.get("status")).get("availableReplicas"):
            continue
        replicas = mapping(deployment.get("spec")).get("replicas")
        failing = [each for each in mapping(deployment.get("status")).get("conditions") or () if each.get("message")]
        message = what.format("is scaled to 0" if replicas == 0 else "does not run")
        evidence = f"{name}: {replicas if replicas is not None else 1} wanted, none available"
        words = [str(each["message"]) for each in failing if each.get("type") == "Available"]
        time = next(
            (str(each.get("lastTransitionTime") or "") for each in failing if each.get("type") == "Available"), ""
        )
        if words and not any(each.get("type") == "Available" for each in conditions(deployment)):
            evidence += f" ({words[0]})"
        found.append(Finding("error", code, f"deployment/{name}", message, evidence, time, subject=name))
    return found
