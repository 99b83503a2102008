"""Objects that the pod refers to and that do not exist.

Follows the admission plugins NamespaceLifecycle (k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle) and
ServiceAccount (plugin/pkg/admission/serviceaccount: a pod without pull secrets gets the account's),
pkg/credentialprovider/secrets/secrets.go (the types of a pull secret) and `podHasPVCs` in
pkg/scheduler/framework/plugins/volumebinding/volume_binding.go.
"""

from __future__ import annotations

from helm_cleaner.cluster import volumes
from helm_cleaner.cluster.nearest import did_you_mean
from helm_cleaner.cluster.types import ClusterWarning, Refusal
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
        *_claims(pod, namespace, snapshot),
        *_secrets(pod, namespace, snapshot),
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
    there = [each["metadata"]["name"] for each in snapshot.within("serviceaccounts", namespace)]
    message = f"the service account {name} does not exist in {namespace}: no pod is created for the job"
    hint = did_you_mean(name, there) or "install the chart first, or name the namespace of the release with -n"
    yield Refusal("ServiceAccount", name, message, "missing-account", hint, ("serviceAccountName",))


def _claims(pod: Object, namespace: str, snapshot: ClusterSnapshot) -> Iterator[Refusal]:
    if "persistentvolumeclaims" not in snapshot.kinds:
        return
    kind, code = "PersistentVolumeClaim", "missing-claim"
    for name, path in volumes.list_claims(pod):
        claim = snapshot.get("persistentvolumeclaims", name, namespace)
        if claim is None:
            there = [each["metadata"]["name"] for each in snapshot.within("persistentvolumeclaims", namespace)]
            message = f"the claim {name} of the artifacts store does not exist in {namespace}: the pod stays pending"
            yield Refusal(kind, name, message, code, did_you_mean(name, there) or "create the claim", path)
        elif (claim.get("status") or {}).get("phase") == "Lost":
            message = f"the claim {name} has lost its volume: the pod stays pending"
            yield Refusal(kind, name, message, code, "restore the volume", path)
        elif claim["metadata"].get("deletionTimestamp"):
            message = f"the claim {name} is being deleted: the pod stays pending"
            yield Refusal(kind, name, message, code, "create the claim again", path)


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
            yield Refusal("Secret", name, message, "missing-secret", hint, path)
        elif there[name]["type"] not in PULL_TYPES:
            message = f"the secret {name} has type {there[name]['type']}; pulling images needs {PULL_TYPES[0]}"
            hint = did_you_mean(name, pulling) or _make(name, namespace)
            yield Refusal("Secret", name, message, "secret-type", hint, path)
    for name, path in _needed(pod):
        if name not in there:
            message = (
                f"the secret {name} of the artifacts store does not exist in {namespace}: the container never starts"
            )
            yield Refusal("Secret", name, message, "missing-secret", did_you_mean(name, there) or "create it", path)


def _make(name: str, namespace: str) -> str:
    return f"kubectl create secret docker-registry {name} -n {namespace} --docker-server=… --docker-username=…"


def _needed(pod: Object) -> Iterator[tuple[str, Path]]:
    """The secrets that the container needs to start: in its environment and its volumes."""
    for index, container in enumerate(pod["spec"]["containers"]):
        for number, each in enumerate(container.get("envFrom") or ()):
            reference = each.get("secretRef") or {}
            if reference.get("name") and not reference.get("optional"):
                yield reference["name"], ("containers", index, "envFrom", number)
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        secret = volume.get("secret") or {}
        if secret.get("secretName") and not secret.get("optional"):
            yield secret["secretName"], ("volumes", index)


def find_warnings(pod: Object, snapshot: ClusterSnapshot) -> list[ClusterWarning]:
    """Warns about the account's pull secrets, if the pod's own list replaces them, and about unbound claims."""
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
    for name, path in volumes.list_claims(pod):
        claim = snapshot.get("persistentvolumeclaims", name, namespace)
        if claim is not None and not (claim.get("spec") or {}).get("volumeName"):
            message = f"the claim {name} is not bound yet; whether a volume can be provisioned is not checked"
            found.append(ClusterWarning("unbound-claim", message, f"kubectl describe pvc {name} -n {namespace}", path))
    return found
