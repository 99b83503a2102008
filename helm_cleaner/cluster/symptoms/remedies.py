"""What to do about each finding, with the commands."""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from helm_cleaner.cluster.symptoms.finding import Finding


class Remedy(NamedTuple):
    """What to do, and the commands for it, in order."""

    text: str
    commands: tuple[str, ...] = ()


# {n} is the namespace, {r} the release, {j} the job, {s} the finding's subject, {o} its object, {k} the object's kind.
_ARGUMENTS = "kubectl get jobs.polyaxon.com {j} -n {n} -o jsonpath='{{.batchJobSpec.template.spec.containers[0].args}}'"
_DELETE = "kubectl delete jobs.polyaxon.com {j} -n {n} --timeout=60s"
_RESTART_API = "kubectl rollout restart deployment/{r}-polyaxon-api -n {n}"
_RESTART_OPERATOR = "kubectl rollout restart deployment/{r}-polyaxon-operator -n {n}"
_PREFLIGHT = "helm-cleaner preflight -f values.yaml -n {n} --live"
_REHEARSAL = "helm-cleaner explain -f values.yaml --release {r} -n {n} --rehearsal | kubectl create -f -"
_LEFTOVERS = "helm get manifest {r} -n {n} | helm-cleaner leftovers survey -n {n}"
_CHANGE = "After a change of the section: restart the API, note this job's paths (nothing else deletes them), delete it"
_AFTER_CHANGE = (_RESTART_API, _ARGUMENTS, _DELETE)
_REMEDIES = {
    "agent-down": Remedy(
        "find out why its pod is missing or not ready, or scale it up",
        (
            "kubectl describe deployment/{r}-polyaxon-agent -n {n}",
            "kubectl logs -n {n} deployment/{r}-polyaxon-agent --previous",
            "kubectl scale deployment/{r}-polyaxon-agent -n {n} --replicas=1",
        ),
    ),
    "agent-failed": Remedy(
        "correct what the log names (a pull secret that is a number, for example), and restart the API and the agent",
        ("kubectl rollout restart deployment/{r}-polyaxon-api deployment/{r}-polyaxon-agent -n {n}",),
    ),
    "operator-down": Remedy(
        "restart the operator: it takes the job then, and no batch is lost",
        ("kubectl logs -n {n} deployment/{r}-polyaxon-operator --since=24h", _RESTART_OPERATOR),
    ),
    "foreign-job": Remedy(
        "delete that Job; the operator then creates its own",
        ("kubectl delete jobs.batch {j} -n {n}",),
    ),
    "finalizer": Remedy(
        "restart the operator, which removes its finalizer; where there is no operator any more, remove it yourself",
        (
            _RESTART_OPERATOR,
            'kubectl patch {k} {j} -n {n} --type=merge -p \'{{"metadata":{{"finalizers":null}}}}\'',
        ),
    ),
    "stale-section": Remedy(
        "restart the API, which reads the section when it starts; note this job's paths, and delete it (nothing else "
        "deletes its batch)",
        _AFTER_CHANGE,
    ),
    "no-node": Remedy(
        f"once a node fits, the pod runs; preflight names the line to change. {_CHANGE}",
        (_PREFLIGHT, *_AFTER_CHANGE),
    ),
    "missing-claim": Remedy(
        "create the claim, or make its volume available: the pod then starts by itself",
        ("kubectl get pvc -n {n}", "kubectl describe pvc {s} -n {n}"),
    ),
    "missing-secret": Remedy(
        "create it: the pod then starts by itself. Or correct its name in artifactsStore",
        ("kubectl get secrets,configmaps -n {n}",),
    ),
    "missing-account": Remedy(
        "create the service account: the pod is then created", ("kubectl get serviceaccounts -n {n}",)
    ),
    "quota": Remedy(
        f"raise the quota, or lower cleaner.resources. {_CHANGE}",
        ("kubectl describe resourcequotas -n {n}", *_AFTER_CHANGE),
    ),
    "limit-range": Remedy(
        f"keep cleaner.resources within the LimitRange. {_CHANGE}",
        ("kubectl describe limitranges -n {n}", *_AFTER_CHANGE),
    ),
    "pod-security": Remedy(
        "the section has no field for it: let the namespace enforce a level that allows the pod, or use a store "
        "that is not a hostPath",
        ("kubectl get namespace {n} --show-labels",),
    ),
    "refused": Remedy(
        "let the policy allow pods with the label app.kubernetes.io/component: polyaxon-cleaners",
        ("kubectl describe {o} -n {n}",),
    ),
    "image-pull": Remedy(
        "correct cleaner.image, imageTag or imagePullSecrets; the chart's own pull secrets do not reach this job. "
        + _CHANGE,
        (_REHEARSAL, *_AFTER_CHANGE),
    ),
    "no-bash": Remedy(
        "use polyaxon/polyaxon-init, or an image made from it. After the change, try it, and restart the API",
        (_REHEARSAL, _RESTART_API),
    ),
    "failed-twice": Remedy(
        "raise the memory limit if it was killed for memory; otherwise try image and node with a rehearsal. After a "
        "change, restart the API",
        (_REHEARSAL, _RESTART_API),
    ),
    "deadline": Remedy(
        "find out what the pod waited for, or raise the deadline, which an admission policy sets", (_PREFLIGHT,)
    ),
    "lost-batch": Remedy(
        "nothing tries it again: find and remove what was lost. From now on delete fewer than 200 runs at a time, two "
        "minutes apart, while no job is there",
        ("kubectl get jobs.polyaxon.com -n {n} -l app.kubernetes.io/component=polyaxon-cleaners", _LEFTOVERS),
    ),
    "not-deleted": Remedy(
        "make the store writable, and let its account delete there; then find and remove what was left", (_LEFTOVERS,)
    ),
    "unfinished-job": Remedy(
        "see what it waits for: a sidecar that never ends, a slow store, a volume", ("kubectl describe {o} -n {n}",)
    ),
    "quiet-log": Remedy("set logLevel: INFO in the chart's values, upgrade, and delete another run"),
    "unproven": Remedy("if the artifacts are still there, a survey finds them", (_LEFTOVERS,)),
}


def remedy(finding: Finding, namespace: str, release: str) -> Remedy:
    """What to do about a finding, with the commands for it."""
    known = _REMEDIES[finding.code]
    names = {
        "n": namespace,
        "r": release or "RELEASE",
        "j": finding.job or "plx-cleaner-agent",
        "s": finding.subject,
        "o": finding.object,
        "k": finding.object.partition("/")[0].replace("job.batch", "jobs.batch"),
    }
    commands = [command for command in known.commands if finding.subject or "{s}" not in command]
    return Remedy(known.text, tuple(command.format(**names) for command in commands))
