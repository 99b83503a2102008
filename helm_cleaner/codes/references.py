"""The sources that codes refer to: documentation, and what refuses a value."""

from __future__ import annotations

K8S = "https://kubernetes.io/docs"
AFFINITY = f"{K8S}/concepts/scheduling-eviction/assign-pod-node/"
TAINTS = f"{K8S}/concepts/scheduling-eviction/taint-and-toleration/"
RESOURCES = f"{K8S}/concepts/configuration/manage-resources-containers/"
EXTENDED = f"{K8S}/tasks/configure-pod-container/extended-resource/"
HUGEPAGES = f"{K8S}/tasks/manage-hugepages/scheduling-hugepages/"
QUANTITIES = f"{K8S}/reference/kubernetes-api/common-definitions/quantity/"
LABELS = f"{K8S}/concepts/overview/working-with-objects/labels/"
NAMES = f"{K8S}/concepts/overview/working-with-objects/names/"
IMAGES = f"{K8S}/concepts/containers/images/"
REFERENCE = "https://github.com/distribution/reference"
SDK = "Polyaxon's SDK, which refuses to load the section"
API = "the Kubernetes API server, which refuses the Job"
HELM = "Helm, which reads YAML its own way"
