"""The code of every finding: of the section, of the place it is in, of the cluster, and of the input."""

from __future__ import annotations

from helm_cleaner.typed import NamedTuple

_K8S = "https://kubernetes.io/docs"
_AFFINITY = f"{_K8S}/concepts/scheduling-eviction/assign-pod-node/"
_TAINTS = f"{_K8S}/concepts/scheduling-eviction/taint-and-toleration/"
_RESOURCES = f"{_K8S}/concepts/configuration/manage-resources-containers/"
_EXTENDED = f"{_K8S}/tasks/configure-pod-container/extended-resource/"
_HUGEPAGES = f"{_K8S}/tasks/manage-hugepages/scheduling-hugepages/"
_QUANTITIES = f"{_K8S}/reference/kubernetes-api/common-definitions/quantity/"
_LABELS = f"{_K8S}/concepts/overview/working-with-objects/labels/"
_NAMES = f"{_K8S}/concepts/overview/working-with-objects/names/"
_IMAGES = f"{_K8S}/concepts/containers/images/"
_REFERENCE = "https://github.com/distribution/reference"
_SDK = "Polyaxon's SDK, which refuses to load the section"
_API = "the Kubernetes API server, which refuses the Job"
_HELM = "Helm, which reads YAML its own way"

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_EXPRESSIONS = f"affinity: {{nodeAffinity: {{{_REQUIRED}: {{nodeSelectorTerms: [{{matchExpressions: [%s]}}]}}}}}}"
_FIELDS = f"affinity: {{nodeAffinity: {{{_REQUIRED}: {{nodeSelectorTerms: [{{matchFields: [%s]}}]}}}}}}"
_TERMS = f"affinity: {{nodeAffinity: {{{_REQUIRED}: {{nodeSelectorTerms: [%s]}}}}}}"
_PODS = f"affinity: {{podAntiAffinity: {{{_REQUIRED}: [{{%s}}]}}}}"
_MANY_LABELS = [f"example.com/rack-{number}: ssd" for number in range(1000, 5500)]


class Code(NamedTuple):
    """A code. severity: error or warning; source: where the rule comes from; bad and good: sections, in YAML."""

    code: str
    severity: str
    reason: str
    source: str
    bad: str
    good: str


CODES = (
    Code("type", "error", "A value of the wrong type, for example a number instead of a string.",
         f"{_SDK}; {_API}", "imageTag: 2.10", 'imageTag: "2.10"'),
    Code("unknown-field", "error", "An unknown field; the agent cannot load its configuration with it.",
         f"{_SDK}; {_API}", "tag: dev", "imageTag: dev"),
    Code("field-name", "warning", "A field in Python's spelling: Polyaxon accepts it, but not next to the chart's own.",
         "Polyaxon's SDK", "image_tag: dev", "imageTag: dev"),
    Code("missing-field", "error", "A required field is missing or null.",
         f"{_API}; {_AFFINITY}", _PODS % "labelSelector: {}",
         _PODS % "topologyKey: kubernetes.io/hostname, labelSelector: {}"),
    Code("pull-policy", "error", "An unknown pull policy.",
         f"{_SDK}; {_IMAGES}", "imagePullPolicy: always", "imagePullPolicy: Always"),
    Code("image", "error", "An invalid image name.",
         f"the kubelet, which cannot parse it; {_REFERENCE}", "image: https://docker.io/polyaxon/polyaxon-init",
         "image: docker.io/polyaxon/polyaxon-init"),
    Code("image-with-tag", "error", "A tag or digest in image: Polyaxon appends imageTag, or its own version.",
         f"Polyaxon's SDK; the kubelet, which cannot parse the result; {_REFERENCE}",
         "image: polyaxon/polyaxon-init:2.15.1", "{image: polyaxon/polyaxon-init, imageTag: 2.15.1}"),
    Code("image-tag", "error", "An invalid image tag.",
         f"the kubelet, which cannot parse it; {_REFERENCE}", "imageTag: 1.0+build", "imageTag: 1.0-build"),
    Code("empty-image", "warning", "An empty string, which is the same as a missing field.",
         "Polyaxon's SDK", 'imageTag: ""', "{}"),
    Code("flat-resources", "warning or error",
         "Resources directly under resources; they are read as requests. An error if requests has other amounts.",
         _SDK, "resources: {cpu: 50m}", "resources: {requests: {cpu: 50m}}"),
    Code("resource-name", "error", "A resource that a container cannot have.",
         f"{_API}; {_RESOURCES}", "resources: {limits: {mem: 1Gi}}", "resources: {limits: {memory: 1Gi}}"),
    Code("quantity", "error", "An invalid or negative quantity.",
         f"{_API}; {_QUANTITIES}", "resources: {limits: {memory: 4000Mb}}", "resources: {limits: {memory: 4000Mi}}"),
    Code("odd-quantity", "warning", "A valid quantity that is probably not intended.",
         _QUANTITIES, "resources: {requests: {memory: 100m}}", "resources: {requests: {memory: 100Mi}}"),
    Code("request-over-limit", "error", "A request that exceeds its limit; either can be a default.",
         f"{_API}; {_RESOURCES}", "resources: {requests: {cpu: 2}, limits: {cpu: 1}}",
         "resources: {requests: {cpu: 1}, limits: {cpu: 1}}"),
    Code("extended-resource", "error", "Extended resources are integers, and the request must equal the limit.",
         f"{_API}; {_EXTENDED}", "resources: {requests: {nvidia.com/gpu: 1}}",
         "resources: {limits: {nvidia.com/gpu: 1}}"),
    Code("hugepages", "error", "Huge pages need whole pages, a limit equal to the request, and cpu or memory.",
         f"{_API}; {_HUGEPAGES}", "resources: {limits: {hugepages-2Mi: 4Mi}}",
         "resources: {limits: {hugepages-2Mi: 4Mi, memory: 1Gi}}"),
    Code("resource-claims", "error", "Claims, which Polyaxon drops: the job would run without its device.",
         f"{_API}; {_K8S}/concepts/scheduling-eviction/dynamic-resource-allocation/",
         "resources: {claims: [{name: gpu}]}", "resources: {limits: {nvidia.com/gpu: 1}}"),
    Code("label-key", "error", "An invalid label or taint key.",
         f"{_API}; {_LABELS}", "nodeSelector: {Example.com/disktype: ssd}",
         "nodeSelector: {example.com/disktype: ssd}"),
    Code("label-value", "error", "An invalid label or taint value.",
         f"{_API}; {_LABELS}", "nodeSelector: {disktype: fast ssd}", "nodeSelector: {disktype: fast-ssd}"),
    Code("toleration-key", "error", "Without a key, a toleration must have the operator Exists.",
         f"{_API}; {_TAINTS}", "tolerations: [{effect: NoSchedule}]",
         "tolerations: [{operator: Exists, effect: NoSchedule}]"),
    Code("toleration-operator", "error", "An unknown toleration operator.",
         f"{_API}; {_TAINTS}", "tolerations: [{key: dedicated, operator: exists}]",
         "tolerations: [{key: dedicated, operator: Exists}]"),
    Code("toleration-value", "error", "A value with the operator Exists, which matches any value.",
         f"{_API}; {_TAINTS}", "tolerations: [{key: dedicated, operator: Exists, value: gpu}]",
         "tolerations: [{key: dedicated, operator: Equal, value: gpu}]"),
    Code("toleration-effect", "error", "An unknown taint effect.",
         f"{_API}; {_TAINTS}", "tolerations: [{key: dedicated, effect: NoScheduled}]",
         "tolerations: [{key: dedicated, effect: NoSchedule}]"),
    Code("toleration-seconds", "error", "tolerationSeconds with an effect other than NoExecute, or out of range.",
         f"{_API}; {_TAINTS}", "tolerations: [{key: dedicated, effect: NoSchedule, tolerationSeconds: 60}]",
         "tolerations: [{key: node.kubernetes.io/not-ready, effect: NoExecute, tolerationSeconds: 60}]"),
    Code("node-terms", "error", "A required node affinity without a term.",
         f"{_API}; {_AFFINITY}", _TERMS % "", _TERMS % "{matchExpressions: [{key: disktype, operator: Exists}]}"),
    Code("selector-operator", "error", "An unknown selector operator.",
         f"{_API}; {_AFFINITY}", _EXPRESSIONS % "{key: disktype, operator: NotExists}",
         _EXPRESSIONS % "{key: disktype, operator: DoesNotExist}"),
    Code("selector-values", "error", "The wrong number of values for the operator.",
         f"{_API}; {_AFFINITY}", _EXPRESSIONS % "{key: disktype, operator: In}",
         _EXPRESSIONS % "{key: disktype, operator: In, values: [ssd]}"),
    Code("match-fields", "error", "matchFields support only metadata.name, with In or NotIn and one node name.",
         f"{_API}; {_AFFINITY}", _FIELDS % "{key: name, operator: In, values: [node-1]}",
         _FIELDS % "{key: metadata.name, operator: In, values: [node-1]}"),
    Code("never-matches", "warning", "A valid affinity that no node can match, alone or together with nodeSelector.",
         f"the Kubernetes scheduler; {_AFFINITY}",
         f"{{nodeSelector: {{disktype: ssd}}, {_EXPRESSIONS % '{key: disktype, operator: In, values: [hdd]}'}}}",
         _EXPRESSIONS % "{key: disktype, operator: In, values: [ssd]}"),
    Code("unknown-platform", "warning", "An architecture or operating system that no node has.",
         f"the Kubernetes scheduler; {_K8S}/reference/labels-annotations-taints/",
         "nodeSelector: {kubernetes.io/arch: x86_64}", "nodeSelector: {kubernetes.io/arch: amd64}"),
    Code("misspelled-name", "warning", "A label, taint or resource that is a letter or two from a well-known one.",
         f"{_K8S}/reference/labels-annotations-taints/",
         "resources: {limits: {nvida.com/gpu: 1}}", "resources: {limits: {nvidia.com/gpu: 1}}"),
    Code("python-literal", "warning", "A text that Polyaxon reads as a number, or as another Python literal.",
         "Polyaxon's SDK (`PolyaxonfileParser`), which parses what it renders",
         "tolerations: [{key: dedicated, operator: Equal, value: '1'}]",
         "tolerations: [{key: dedicated, operator: Exists}]"),
    Code("other-image", "warning", "An image other than polyaxon-init: it needs bash and the Polyaxon CLI.",
         "Polyaxon's SDK, whose job runs `polyaxon clean-artifacts` in bash", "image: busybox",
         "image: registry.example.com/polyaxon/polyaxon-init"),
    Code("short-toleration", "warning", "A NoExecute toleration with seconds, after which the job is evicted.",
         f"Kubernetes' taint eviction; {_TAINTS}",
         "tolerations: [{key: dedicated, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]",
         "tolerations: [{key: dedicated, operator: Exists, effect: NoExecute}]"),
    Code("weight", "error", "A weight that is not from 1 to 100.",
         f"{_API}; {_AFFINITY}", f"affinity: {{nodeAffinity: {{{_PREFERRED}: [{{weight: 0, preference: {{}}}}]}}}}",
         f"affinity: {{nodeAffinity: {{{_PREFERRED}: [{{weight: 1, preference: {{}}}}]}}}}"),
    Code("topology-key", "error", "A topologyKey that is not a valid label key.",
         f"{_API}; {_AFFINITY}", _PODS % 'topologyKey: ""', _PODS % "topologyKey: kubernetes.io/hostname"),
    Code("namespace", "error", "An invalid namespace name.",
         f"{_API}; {_NAMES}", _PODS % "topologyKey: kubernetes.io/hostname, namespaces: [My_Team]",
         _PODS % "topologyKey: kubernetes.io/hostname, namespaces: [my-team]"),
    Code("match-label-keys", "error or warning", "Label keys without a labelSelector, or selected twice.",
         f"{_API}; {_AFFINITY}", _PODS % "topologyKey: kubernetes.io/hostname, matchLabelKeys: [app]",
         _PODS % "topologyKey: kubernetes.io/hostname, matchLabelKeys: [app], labelSelector: {}"),
    Code("pull-secret", "error", "An invalid Secret name.",
         _NAMES, "imagePullSecrets: [My_Secret]", "imagePullSecrets: [my-secret]"),
    Code("secret-reference", "warning", "A pull secret in Kubernetes' form; it is read as its name.",
         _SDK, "imagePullSecrets: [{name: my-secret}]", "imagePullSecrets: [my-secret]"),
    Code("ambiguous-scalar", "warning", "An unquoted word or number that Helm reads as something else.",
         _HELM, "resources: {limits: {cpu: 010}}", "resources: {limits: {cpu: 10}}"),
    Code("too-large", "error", "More JSON than fits into a ConfigMap (1 MiB with all its other keys) or an environment "
         "variable of a container (128 KiB, with its name).",
         "ValidateConfigMap of the Kubernetes API server; MAX_ARG_STRLEN in Linux' execve(2)",
         f"nodeSelector: {{{', '.join(_MANY_LABELS)}}}", "nodeSelector: {disktype: ssd}"),
    Code("duplicate-key", "warning", "A duplicate key; Helm uses the last one.",
         _HELM, "imageTag: a\nimageTag: b", "imageTag: b"),
)  # fmt: skip


class OtherCode(NamedTuple):
    """A code that is not about a value in the section. fix: what to do; bad, good: a file, a command line, or empty."""

    code: str
    severity: str
    reason: str
    fix: str
    bad: str = ""
    good: str = ""


PLACE_CODES = (
    OtherCode("no-section", "warning or error", "There is no section, but something that may be meant for one; with "
              "--require-section, none at all.", "write what the hint says, or name the section's path with --section",
              "claener: {imageTag: dev}", "cleaner: {imageTag: dev}"),
    OtherCode("foreign-section", "warning", "A section with none of the fields of Polyaxon's cleaner, in values that "
              "name no chart: it looks like another chart's.", "nothing, if it is another chart's",
              "cleaner: {schedule: daily}", "cleaner: {imageTag: dev}"),
    OtherCode("not-checked", "warning", "Something that cannot be read, or where the section is not looked for.",
              "give the file that is named, or check the values in a file of their own"),
)  # fmt: skip

# With each of these the exit code is 2, except for internal (3).
INPUT_CODES = (
    OtherCode("file", "error", "A file cannot be read or written.", "correct the name or the permissions"),
    OtherCode("stdin", "error", "stdin is closed or cannot be read.", "pipe something in, or name a file"),
    OtherCode("stdout", "error", "stdout is closed or cannot be written.", "give the output somewhere to go"),
    OtherCode("encoding", "error", "Text that is not UTF-8, which is all that Helm and Kubernetes read.",
              "save the file as UTF-8"),
    OtherCode("yaml", "error", "Text that is not YAML as Helm and Kubernetes read it.", "correct it at the place named",
              "cleaner: {imageTag: dev", "cleaner: {imageTag: dev}"),
    OtherCode("yaml-shape", "error or warning", "YAML that cannot be edited without changing more than the value: an "
              "alias, a merge key, an unusual style.", "write the value out, in plain style",
              "c: &c {cpu: 50m}\ncleaner: {resources: *c}", "cleaner: {resources: {cpu: 50m}}"),
    OtherCode("values", "error", "YAML that is not a values file, or that Helm 3 and Helm 4 read differently.",
              "write one document, a mapping", "- cleaner", "cleaner: {imageTag: dev}"),
    OtherCode("set", "error", "A --set flag that Helm cannot parse.", "follow Helm's grammar: key.sub[0]=value",
              "helm-cleaner merge --set cleaner.imageTag", "helm-cleaner merge --set cleaner.imageTag=dev"),
    OtherCode("json", "error", "A rendered section or scheduling that is not JSON.",
              "check what the chart or another post-renderer made of it"),
    OtherCode("no-manifests", "error", "The input holds no Kubernetes manifests, or nothing at all.",
              "check the command before the pipe; not with helm template --output-dir",
              "helm-cleaner diff values.yaml",
              "helm template plx polyaxon/polyaxon | helm-cleaner diff -f values.yaml"),
    OtherCode("no-target", "error", "The manifests contain no agent ConfigMap, and there is a need for one.",
              "render the CE or Agent chart, with agent.enabled not false"),
    OtherCode("no-name", "error", "A manifest without a name, which a patch cannot select.", "give it a metadata.name"),
    OtherCode("function-config", "error", "A functionConfig with an unknown or wrong field.", "correct the field",
              "functionConfig: {spec: {imageTag: dev}}",
              "functionConfig: {spec: {values: {cleaner: {imageTag: dev}}}}"),
    OtherCode("plugin", "error", "A Helm plugin cannot be installed or removed.", "follow the hint"),
    OtherCode("input", "error", "Input that is nested too deeply or does not fit in memory.", "split it"),
    OtherCode("internal", "error", "A result failed its own verification: a bug in helm-cleaner. Nothing was written.",
              "report it, with the input if you can"),
)  # fmt: skip


class ClusterCode(NamedTuple):
    """A code of explain and preflight: the section does not fit the release or the cluster.

    severity: error or warning; source: where the rule comes from; fix: what to do.
    """

    code: str
    severity: str
    reason: str
    source: str
    fix: str


_SCHEDULER = "the Kubernetes scheduler, which leaves the pod pending"
_REFUSED = "the Kubernetes API server, which refuses the pod"
_KUBELET = "the kubelet, which does not start the container"

CLUSTER_CODES = (
    ClusterCode("no-node", "error or warning", "No node fits the pod; a warning if an autoscaler could add one.",
                f"{_SCHEDULER}; {_AFFINITY}; {_TAINTS}",
                "follow the hint, which names the nearest label, a toleration, "
                "or the largest request that fits"),
    ClusterCode("limit-range", "error", "A LimitRange of the namespace refuses the pod's requests or limits.",
                f"{_REFUSED}; {_K8S}/concepts/policy/limit-range/", "keep cleaner.resources within the LimitRange"),
    ClusterCode("quota", "error", "A ResourceQuota of the namespace has no room for the pod, or requires more fields.",
                f"{_REFUSED}; {_K8S}/concepts/policy/resource-quotas/",
                "set the requests and limits that the quota names, lower them, or raise the quota"),
    ClusterCode("pod-security", "error", "The Pod Security level of the namespace forbids the pod.",
                f"{_REFUSED}; {_K8S}/concepts/security/pod-security-standards/",
                "install into a namespace whose enforce label allows the job; the section has no field for it"),
    ClusterCode("missing-namespace", "error", "The namespace does not exist, or is being deleted.",
                _REFUSED, "create the namespace, or name the release's with -n"),
    ClusterCode("missing-account", "error", "The service account that the job runs as does not exist.",
                f"{_REFUSED}; {_K8S}/concepts/security/service-accounts/",
                "install the chart first, or name the release's namespace with -n"),
    ClusterCode("missing-claim", "error", "A PersistentVolumeClaim of the artifacts store does not exist, or has lost "
                "its volume.", _SCHEDULER, "create the claim"),
    ClusterCode("missing-secret", "error", "A pull secret, or the secret of the artifacts store, does not exist.",
                f"{_KUBELET}; {_IMAGES}", "create the secret in the job's namespace, or correct its name"),
    ClusterCode("secret-type", "error", "A pull secret with a type that is not for pulling images.",
                f"{_KUBELET}; {_IMAGES}", "kubectl create secret docker-registry"),
    ClusterCode("account-pull-secrets", "warning", "The section's pull secrets replace those of the service account.",
                f"{_API}; {_K8S}/tasks/configure-pod-container/configure-service-account/",
                "name them in cleaner.imagePullSecrets as well"),
    ClusterCode("unbound-claim", "warning", "A PersistentVolumeClaim has no volume yet; whether it gets one is not "
                "checked.", _SCHEDULER, "kubectl describe pvc"),
    ClusterCode("unfinished-job", "warning", "A cleaner job has not ended, so Polyaxon cannot create the next one.",
                "haupt, which logs the conflict and drops the batch", "fix what it waits for, and delete the job"),
    ClusterCode("host-path", "warning", "The artifacts store is a folder on a node, and there are several nodes.",
                "Polyaxon's cleaner, which takes a missing folder for a deleted one",
                "use a store that all nodes reach, or pin everything to one node"),
    ClusterCode("chart-pull-secrets", "warning", "The chart's own pull secrets, agent.imagePullSecrets or the global "
                "ones, do not reach the job.", "Polyaxon's SDK, which reads and forgets them",
                "name them in cleaner.imagePullSecrets, or in agent.serviceAccountImagePullSecrets"),
    ClusterCode("empty-affinity", "warning", "affinity: {} keeps the affinity of the default scheduling away.",
                "Polyaxon's SDK, to which it is an affinity", "remove affinity"),
    ClusterCode("store", "error or warning", "An artifacts store that leaves no job, or not the one that is meant.",
                "Polyaxon's SDK, which does not load it, drops a part, or passes on what Kubernetes refuses",
                "write the store as the hint says"),
    ClusterCode("node-os", "warning", "Some nodes that fit do not run Linux.", _SCHEDULER.partition(",")[0],
                "nodeSelector: {kubernetes.io/os: linux}"),
    ClusterCode("node-arch", "warning", "Nodes that fit have an architecture other than amd64.",
                _SCHEDULER.partition(",")[0],
                "use a multi-architecture image, or nodeSelector: {kubernetes.io/arch: amd64}"),
    ClusterCode("absent-label", "warning", "An affinity names a value that no node has, but a similar one exists.",
                f"{_SCHEDULER.partition(',')[0]}; {_AFFINITY}", "correct the value"),
    ClusterCode("absent-taint", "warning", "A toleration names a taint that no node has, but a similar one exists.",
                f"{_SCHEDULER.partition(',')[0]}; {_TAINTS}", "correct the key or the value"),
    ClusterCode("cluster", "error", "The input of --cluster cannot be used.",
                "helm-cleaner", "give what kubectl get -o json prints, unchanged"),
)  # fmt: skip

AnyCode = Code | ClusterCode | OtherCode

GROUPS: dict[str, tuple[AnyCode, ...]] = {
    "the section": CODES,
    "where it is written": PLACE_CODES,
    "the cluster (preflight)": CLUSTER_CODES,
    "the input": INPUT_CODES,
}
BY_NAME: dict[str, AnyCode] = {code.code: code for codes in GROUPS.values() for code in codes}
