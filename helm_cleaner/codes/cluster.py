"""The codes of findings about the Job in a cluster."""

from __future__ import annotations

from helm_cleaner.codes.code import ClusterCode
from helm_cleaner.codes.references import AFFINITY, API, IMAGES, K8S, TAINTS

_SCHEDULER = "the Kubernetes scheduler, which leaves the pod pending"
_REFUSED = "the Kubernetes API server, which refuses the pod"
_KUBELET = "the kubelet, which does not start the container"

CLUSTER_CODES = (
    ClusterCode("no-node", "error or warning", "No node fits the pod; a warning if an autoscaler or the eviction "
                "of other pods could make room.",
                f"{_SCHEDULER}; {AFFINITY}; {TAINTS}",
                "follow the hint, which names the nearest label, a toleration, "
                "or the largest request that fits"),
    ClusterCode("limit-range", "error", "A LimitRange of the namespace refuses the pod's requests or limits.",
                f"{_REFUSED}; {K8S}/concepts/policy/limit-range/", "keep cleaner.resources within the LimitRange"),
    ClusterCode("quota", "error", "A ResourceQuota of the namespace has no room for the pod, or requires more fields.",
                f"{_REFUSED}; {K8S}/concepts/policy/resource-quotas/",
                "set the requests and limits that the quota names, lower them, or raise the quota"),
    ClusterCode("pod-security", "error", "The Pod Security level of the namespace forbids the pod.",
                f"{_REFUSED}; {K8S}/concepts/security/pod-security-standards/",
                "install into a namespace whose enforce label allows the job; the section has no field for it"),
    ClusterCode("missing-namespace", "error", "The namespace does not exist, or is being deleted.",
                _REFUSED, "create the namespace, or name the release's with -n"),
    ClusterCode("missing-account", "error", "The service account that the job runs as does not exist.",
                f"{_REFUSED}; {K8S}/concepts/security/service-accounts/",
                "install the chart first, or name the release's namespace with -n"),
    ClusterCode("missing-claim", "error", "A PersistentVolumeClaim of the artifacts store does not exist, has lost "
                "its volume, is being deleted, or gets none.", _SCHEDULER, "create the claim, or a volume for it"),
    ClusterCode("missing-secret", "error", "A pull secret, or the secret of the artifacts store, does not exist.",
                f"{_KUBELET}; {IMAGES}", "create the secret in the job's namespace, or correct its name"),
    ClusterCode("missing-configmap", "error", "A ConfigMap of the artifacts store does not exist.", _KUBELET,
                "create the ConfigMap in the job's namespace, or correct its name"),
    ClusterCode("secret-type", "error", "A pull secret with a type that is not for pulling images.",
                f"{_KUBELET}; {IMAGES}", "kubectl create secret docker-registry"),
    ClusterCode("account-pull-secrets", "warning", "The section's pull secrets replace those of the service account.",
                f"{API}; {K8S}/tasks/configure-pod-container/configure-service-account/",
                "name them in cleaner.imagePullSecrets as well"),
    ClusterCode("unbound-claim", "warning", "A PersistentVolumeClaim has no volume yet, and is expected to get "
                "one.", _SCHEDULER, "kubectl describe pvc"),
    ClusterCode("unfinished-job", "warning", "A cleaner job has not ended, so Polyaxon cannot create the next one.",
                "haupt, which logs the conflict and drops the batch", "fix what it waits for, and delete the job"),
    ClusterCode("host-path", "warning", "The artifacts store is a folder on a node, and there are several nodes.",
                "Polyaxon's cleaner, which takes a missing folder for a deleted one",
                "use a store that all nodes reach, or pin everything to one node"),
    ClusterCode("chart-pull-secrets", "warning", "The chart's own pull secrets, agent.imagePullSecrets or the global "
                "ones, do not reach the job.", "Polyaxon's SDK, which reads and forgets them",
                "name them in cleaner.imagePullSecrets, or in agent.serviceAccountImagePullSecrets"),
    ClusterCode("empty-affinity", "warning", "affinity: {} replaces the default affinity with none.",
                "Polyaxon's SDK, to which it is an affinity", "remove affinity"),
    ClusterCode("store", "error or warning", "An artifacts store that keeps the job from running or from deleting.",
                "Polyaxon's SDK, which does not load it, drops a part, or passes on what Kubernetes refuses",
                "write the store as the hint says"),
    ClusterCode("no-pods", "warning", "The input lists no pods at all, as kubectl does where it may not list them.",
                "kubectl, which prints an empty list and exits with 1", "kubectl auth can-i list pods -A"),
    ClusterCode("node-os", "warning", "Some nodes that fit do not run Linux.", _SCHEDULER.partition(",")[0],
                "nodeSelector: {kubernetes.io/os: linux}"),
    ClusterCode("node-arch", "warning", "Nodes that fit have an architecture other than amd64.",
                _SCHEDULER.partition(",")[0],
                "use a multi-architecture image, or nodeSelector: {kubernetes.io/arch: amd64}"),
    ClusterCode("absent-label", "warning", "An affinity names a value that no node has, but a similar one exists.",
                f"{_SCHEDULER.partition(',')[0]}; {AFFINITY}", "correct the value"),
    ClusterCode("absent-taint", "warning", "A toleration names a taint that no node has, but a similar one exists.",
                f"{_SCHEDULER.partition(',')[0]}; {TAINTS}", "correct the key or the value"),
    ClusterCode("cluster", "error", "The input of --cluster cannot be used.",
                "helm-cleaner", "give what kubectl get -o json prints, unchanged"),
)  # fmt: skip
