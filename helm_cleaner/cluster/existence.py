"""Objects that the pod refers to and that do not exist.

Follows the admission plugins NamespaceLifecycle (k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle) and
ServiceAccount (plugin/pkg/admission/serviceaccount: a pod without pull secrets gets the account's) and
pkg/credentialprovider/secrets/secrets.go (the types of a pull secret).
"""

from __future__ import annotations

from helm_cleaner.cluster import claims
from helm_cleaner.cluster.nearest import did_you_mean
from helm_cleaner.cluster.types import DOES_NOT_START, IS_NOT_PULLED, ClusterWarning, Refusal
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object
    from helm_cleaner.paths import Path

PULL_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


def check(pod: Object, snapshot: ClusterSnapshot) -> list[Refusal]:
    """What is missing, for the kinds that the input contains."""
    namespace = pod["metadata"]["namespace"]
    found = list(_namespace(namespace, snapshot))
    if found:
        return found  # without a namespace nothing in it can exist
    return [
        *_account(pod, namespace, snapshot),
        *claims.check(pod, snapshot),
        *_secrets(pod, namespace, snapshot),
        *_needed(pod, namespace, snapshot),
    ]


def _namespace(namespace: str, snapshot: ClusterSnapshot) -> Iterator[Refusal]:
    if "namespaces" not in snapshot.kinds:
        return
    there = snapshot.get("namespaces", namespace)
    names = [name for _, name in snapshot.objects["namespaces"]]
    if there is None:
        hint = did_you_mean(namespace, names) or f"kubectl create namespace {namespace}, or name another one with -n"
        yield Refusal("Namespace", namespace, f"the namespace {namespace} does not exist", "missing-namespace", hint)
    elif (there.get("status") or {}).get("phase") == "Terminating":
        message = f"the namespace {namespace} is being deleted and accepts no new objects"
        yield Refusal("Namespace", namespace, message, "missing-namespace", "wait, then create it again")


def account_name(pod: Object) -> str:
    """The name of the service account that the pod runs as."""
    name: str = pod["spec"].get("serviceAccountName") or "default"
    return name


def _account(pod: Object, namespace: str, snapshot: ClusterSnapshot) -> Iterator[Refusal]:
    name = account_name(pod)
    if "serviceaccounts" not in snapshot.kinds or snapshot.get("serviceaccounts", name, namespace) is not None:
        return
    there = [each["metadata"]["name"] for each in snapshot.in_namespace("serviceaccounts", namespace)]
    message = f"the service account {name} does not exist in {namespace}: no pod is created for the job"
    hint = did_you_mean(name, there) or "install the chart first, or name the namespace of the release with -n"
    yield Refusal("ServiceAccount", name, message, "missing-account", hint, ("serviceAccountName",))


def pull_secrets(pod: Object, snapshot: ClusterSnapshot) -> Iterator[tuple[str, Path]]:
    """The pull secrets that the pod gets, each with its path: its own or, if it has none, its account's."""
    own = pod["spec"].get("imagePullSecrets") or ()
    for index, each in enumerate(own):
        yield each.get("name", ""), ("imagePullSecrets", index, "name")
    account = snapshot.get("serviceaccounts", account_name(pod), pod["metadata"]["namespace"])
    for each in (account or {}).get("imagePullSecrets") or () if not own else ():
        yield each.get("name", ""), ("serviceAccountName",)


def _secrets(pod: Object, namespace: str, snapshot: ClusterSnapshot) -> Iterator[Refusal]:
    if "secrets" not in snapshot.kinds:
        return
    there = {name: each for (where, name), each in snapshot.objects["secrets"].items() if where in (namespace, "")}
    pulling = [name for name, each in there.items() if each["type"] in PULL_TYPES]
    for name, path in pull_secrets(pod, snapshot):
        if name not in there:
            message = f"the pull secret {name} does not exist in {namespace}: a private image cannot be pulled"
            hint = did_you_mean(name, pulling) or _make(name, namespace)
            yield Refusal("Secret", name, message, "missing-secret", hint, path, IS_NOT_PULLED)
        elif there[name]["type"] not in PULL_TYPES:
            message = f"the secret {name} has type {there[name]['type']}; pulling images needs {PULL_TYPES[0]}"
            hint = did_you_mean(name, pulling) or _make(name, namespace)
            yield Refusal("Secret", name, message, "secret-type", hint, path, IS_NOT_PULLED)


def _needed(pod: Object, namespace: str, snapshot: ClusterSnapshot) -> Iterator[Refusal]:
    """The objects of the artifacts store without which the container does not start."""
    for kind, name, path in needed_objects(pod):
        if kind not in snapshot.kinds:
            continue
        there = [other for (where, other) in snapshot.objects[kind] if where in (namespace, "")]
        if name not in there:
            noun = "secret" if kind == "secrets" else "ConfigMap"
            message = (
                f"the {noun} {name} of the artifacts store does not exist in {namespace}: the container never starts"
            )
            hint = did_you_mean(name, there) or "create it"
            code = "missing-secret" if kind == "secrets" else "missing-configmap"
            yield Refusal(noun.replace("secret", "Secret"), name, message, code, hint, path, DOES_NOT_START)


def _make(name: str, namespace: str) -> str:
    return f"kubectl create secret docker-registry {name} -n {namespace} --docker-server=… --docker-username=…"


def needed_objects(pod: Object) -> Iterator[tuple[str, str, Path]]:
    """The secrets and ConfigMaps that the container needs to start: kubectl's name of the kind, the name, the path."""
    for index, container in enumerate(pod["spec"]["containers"]):
        for number, each in enumerate(container.get("envFrom") or ()):
            for kind, field in (("secrets", "secretRef"), ("configmaps", "configMapRef")):
                reference = each.get(field) or {}
                if reference.get("name") and not reference.get("optional"):
                    yield kind, reference["name"], ("containers", index, "envFrom", number)
        for number, each in enumerate(container.get("env") or ()):
            for kind, field in (("secrets", "secretKeyRef"), ("configmaps", "configMapKeyRef")):
                reference = (each.get("valueFrom") or {}).get(field) or {}
                if reference.get("name") and not reference.get("optional"):
                    yield kind, reference["name"], ("containers", index, "env", number)
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        for kind, field, key in (("secrets", "secret", "secretName"), ("configmaps", "configMap", "name")):
            source = volume.get(field) or {}
            if source.get(key) and not source.get("optional"):
                yield kind, source[key], ("volumes", index)


def find_warnings(pod: Object, snapshot: ClusterSnapshot) -> list[ClusterWarning]:
    """Warns about pull secrets of the account that the pod's own list replaces, and about claims without a volume."""
    found = []
    namespace = pod["metadata"]["namespace"]
    own = {each.get("name") for each in pod["spec"].get("imagePullSecrets") or ()}
    account = snapshot.get("serviceaccounts", account_name(pod), namespace) or {}
    lost = [each.get("name", "") for each in account.get("imagePullSecrets") or () if each.get("name") not in own]
    if own and lost:
        message = (
            f"the pull secrets of the service account {account_name(pod)} ({', '.join(lost)}) do not reach the job: "
            "Kubernetes adds them only to pods without any"
        )
        hint = f"name {'it' if len(lost) == 1 else 'them'} in cleaner.imagePullSecrets too, if the image needs it"
        found.append(ClusterWarning("account-pull-secrets", message, hint, ("imagePullSecrets",)))
    return [*found, *claims.find_warnings(pod, snapshot)]
