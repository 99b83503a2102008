"""The codes of doctor's findings: why artifacts were not cleaned. Those about the pod are preflight's."""

from __future__ import annotations

from helm_cleaner.codes.code import ClusterCode

_AGENT = "Polyaxon's agent"
_OPERATOR = "Polyaxon's operator"
_KUBELET = "the kubelet, which starts the container"
_CONTROLLER = "the Job controller of Kubernetes"

DOCTOR_CODES = (
    ClusterCode("agent-down", "error", "The agent has no available replica, so no batch of deleted runs is taken.",
                _AGENT, "find out why its pod is not ready, and scale it to 1"),
    ClusterCode("agent-failed", "error", "The agent's log says that it failed to start.", _AGENT,
                "correct what the log names; a pull secret that is a number must be quoted, and be a Secret's name"),
    ClusterCode("operator-down", "error", "The operator has not taken the cleaner's job, or has no available replica.",
                _OPERATOR, "restart the operator, which then takes the job"),
    ClusterCode("foreign-job", "error", "A batch/v1 Job that Polyaxon did not create has the cleaner's name.",
                _OPERATOR, "delete that Job"),
    ClusterCode("finalizer", "error", "The cleaner's job was deleted, but a finalizer keeps it, and its name.",
                _OPERATOR, "restart the operator; if there is none any more, remove the finalizers"),
    ClusterCode("stale-section", "error", "The cleaner's job is not what the agent's ConfigMap says.",
                "Polyaxon's API, which reads the section once, when it starts", "restart the API"),
    ClusterCode("image-pull", "error", "The cleaner's image cannot be pulled.", _KUBELET,
                "correct cleaner.image, imageTag or imagePullSecrets; the chart's own pull secrets do not reach it"),
    ClusterCode("no-bash", "error", "The cleaner's image has no /bin/bash.", _KUBELET,
                "use polyaxon/polyaxon-init, or an image made from it"),
    ClusterCode("failed-twice", "error", "The cleaner failed twice, which is all that it is tried.", _CONTROLLER,
                "raise the memory limit if it was killed for it; use an image with Polyaxon's init command"),
    ClusterCode("deadline", "error", "The cleaner's job was ended at a deadline.", _CONTROLLER,
                "find out what it waited for, or raise the deadline"),
    ClusterCode("refused", "error", "Something else refuses the cleaner's pod: a webhook, a policy, the kubelet.",
                "the API server or the kubelet", "let the policy allow the pods of polyaxon-cleaners"),
    ClusterCode("lost-batch", "error", "A batch of deleted runs did not become a job; it is never tried again.",
                _AGENT, "free the job's name, delete in portions below 200, and find the leftovers"),
    ClusterCode("not-deleted", "error", "The cleaner ended as succeeded, and its log says what it did not delete.",
                "Polyaxon's cleaner, which only logs such an error",
                "give the cleaner the right to delete there, and find the leftovers"),
    ClusterCode("quiet-log", "warning", "The log level hides every line about lost batches.", _AGENT,
                "logLevel: INFO in the chart's values"),
    ClusterCode("unproven", "warning", "The cleaner ended well; only the store knows what it deleted.",
                "Polyaxon's cleaner, which takes a missing folder for a deleted one", "helm-cleaner leftovers"),
)  # fmt: skip
