"""The PersistentVolumeClaims that a pod mounts: whether each has a volume, or will get one.

Follows `podHasPVCs` in pkg/scheduler/framework/plugins/volumebinding/volume_binding.go, `GetPodVolumeClaims` in
binder.go, `syncUnboundClaim` and `checkVolumeSatisfyClaim` in pkg/controller/volume/persistentvolume/pv_controller.go,
and `FindMatchingVolume` in k8s.io/component-helpers/storage/volume/pv_helpers.go. A claim that is bound at once must
be bound before its pod is scheduled; one that waits for its first consumer gets its volume then.
"""

from __future__ import annotations

from helm_cleaner.cluster import selectors
from helm_cleaner.cluster.amounts import format_amount, parse_amount
from helm_cleaner.cluster.nearest import did_you_mean
from helm_cleaner.cluster.types import STAYS_PENDING, ClusterWarning, Refusal
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object
    from helm_cleaner.paths import Path

KIND = "PersistentVolumeClaim"
CODE = "missing-claim"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
_CLASS = "volume.beta.kubernetes.io/storage-class"
_BOUND = "pv.kubernetes.io/bind-completed"
_SELECTED_NODE = "volume.kubernetes.io/selected-node"


class MountedClaim(NamedTuple):
    """A claim that a pod mounts. claim: None if the input does not contain it; volume: the one that it is bound to.

    storage_class: None if it names none, or the input does not contain it.
    """

    name: str
    path: Path
    claim: Object | None
    volume: Object | None
    storage_class: Object | None

    @property
    def is_bound(self) -> bool:
        """Whether the claim is bound to a volume."""
        return self.claim is not None and is_bound(self.claim)

    @property
    def is_delayed(self) -> bool:
        """Whether the claim gets its volume when its first pod is scheduled."""
        if self.claim is None or self.storage_class is None or self.is_bound or _volume_name(self.claim):
            return False
        return self.storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"

    @property
    def may_be_csi(self) -> bool:
        """Whether a CSI driver serves the volume, as far as that is known."""
        return self.volume is None or bool((self.volume.get("spec") or {}).get("csi"))

    @property
    def provisioner(self) -> str:
        """What makes volumes for the claim; "" if nothing does."""
        name = (self.storage_class or {}).get("provisioner") or ""
        return "" if name == NO_PROVISIONER else name


def list_claims(pod: Object) -> Iterator[tuple[str, Path]]:
    """The names of the PersistentVolumeClaims that a pod mounts, each with its path."""
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if name:
            yield name, ("volumes", index)


def find_claims(pod: Object, snapshot: ClusterSnapshot) -> list[MountedClaim]:
    """The claims that a pod mounts, with what the input contains about them."""
    found = []
    for name, path in list_claims(pod):
        claim = snapshot.get("persistentvolumeclaims", name, pod["metadata"]["namespace"])
        volume = snapshot.get("persistentvolumes", _volume_name(claim)) if claim else None
        storage_class = snapshot.get("storageclasses", class_name(claim)) if claim else None
        found.append(MountedClaim(name, path, claim, volume, storage_class))
    return found


def is_bound(claim: Object) -> bool:
    """Whether a claim is bound to a volume."""
    completed = _BOUND in (claim["metadata"].get("annotations") or {})
    return bool(_volume_name(claim)) and (completed or (claim.get("status") or {}).get("phase") == "Bound")


def class_name(each: Object) -> str:
    """The StorageClass of a claim or a volume; "" for none."""
    annotations = each["metadata"].get("annotations") or {}
    name: str = annotations.get(_CLASS) or (each.get("spec") or {}).get("storageClassName") or ""
    return name


def selected_node(claim: Object) -> str:
    """The node that the scheduler has chosen for the claim's volume; "" for none yet."""
    name: str = (claim["metadata"].get("annotations") or {}).get(_SELECTED_NODE, "")
    return name


def _volume_name(claim: Object) -> str:
    name: str = (claim.get("spec") or {}).get("volumeName") or ""
    return name


def check(pod: Object, snapshot: ClusterSnapshot) -> list[Refusal]:
    """Why a claim keeps the pod pending, on whichever node."""
    namespace = pod["metadata"]["namespace"]
    if "persistentvolumeclaims" not in snapshot.kinds:
        return []
    found = []
    for each in find_claims(pod, snapshot):
        problem = _problem(each, namespace, snapshot)
        if problem:
            message, hint = problem
            found.append(Refusal(KIND, each.name, f"{message}: the pod stays pending", CODE, hint, each.path,
                                 STAYS_PENDING))  # fmt: skip
    return found


def _problem(each: MountedClaim, namespace: str, snapshot: ClusterSnapshot) -> tuple[str, str] | None:
    """What is wrong with a claim, and what to do; None if it is bound, or may be."""
    name, claim = each.name, each.claim
    if claim is None:
        names = [other["metadata"]["name"] for other in snapshot.in_namespace("persistentvolumeclaims", namespace)]
        message = f"the claim {name} of the artifacts store does not exist in {namespace}"
        return message, did_you_mean(name, names) or "create the claim"
    if (claim.get("status") or {}).get("phase") == "Lost":
        return f"the claim {name} has lost its volume", "restore the volume"
    if claim["metadata"].get("deletionTimestamp"):
        return f"the claim {name} is being deleted", "create the claim again"
    if each.is_bound:
        if each.volume is None and "persistentvolumes" in snapshot.kinds:
            message = f"the volume {_volume_name(claim)} of the claim {name} does not exist"
            return message, "restore the volume, or create the claim again"
        return None
    return None if each.is_delayed else _unbound_problem(each, claim, namespace, snapshot)


def _unbound_problem(
    each: MountedClaim, claim: Object, namespace: str, snapshot: ClusterSnapshot
) -> tuple[str, str] | None:
    """Why a claim that does not wait for a pod is not bound; None if it may be, or if that is not known."""
    describe = f"kubectl describe pvc {each.name} -n {namespace}"
    named, wanted = _volume_name(claim), class_name(claim)
    if "persistentvolumes" not in snapshot.kinds or (wanted and "storageclasses" not in snapshot.kinds):
        return None
    if named:
        why = "it does not exist" if each.volume is None else mismatch(claim, each.volume)
        message = f"the claim {each.name} names the volume {named} and is not bound to it"
        return (f"{message}: {why}", describe) if why else None
    volumes = snapshot.all("persistentvolumes")
    if find_matching(claim, volumes) is not None:
        return None
    if each.storage_class is not None and each.provisioner:
        made = f"its StorageClass {wanted} binds at once, and {each.provisioner} has made no volume for it yet"
        return f"the claim {each.name} is not bound: {made}", describe
    if wanted and each.storage_class is None:
        names = [other["metadata"]["name"] for other in snapshot.all("storageclasses")]
        message = f"the claim {each.name} is not bound: its StorageClass {wanted} does not exist"
        return message, did_you_mean(wanted, names) or f"create the StorageClass {wanted}, or a volume that names it"
    source = f"nothing makes volumes for its StorageClass {wanted}" if wanted else "it has no StorageClass"
    misses = describe_mismatches(claim, volumes)
    message = f"the claim {each.name} is not bound: {source}, and no volume matches it{misses}"
    return message, f"create a volume for it, or set its storageClassName; {describe}"


def describe_mismatches(claim: Object, volumes: Iterable[Object]) -> str:
    """Why the volumes of the claim's class do not match, for the first few."""
    misses = [
        f"{volume['metadata']['name']}: {why}"
        for volume in volumes
        if class_name(volume) == class_name(claim) and (why := mismatch(claim, volume))
    ]
    return f" ({'; '.join(misses[:3])})" if misses else ""


def find_warnings(pod: Object, snapshot: ClusterSnapshot) -> Iterator[ClusterWarning]:
    """Warns about claims that have no volume yet, and can get one."""
    namespace = pod["metadata"]["namespace"]
    for each in find_claims(pod, snapshot):
        claim = each.claim
        if claim is None or each.is_bound or (claim.get("status") or {}).get("phase") == "Lost":
            continue
        if claim["metadata"].get("deletionTimestamp") or _problem(each, namespace, snapshot):
            continue
        if each.is_delayed and each.provisioner:
            then = f"{each.provisioner} makes one when the pod is scheduled, if it works"
        elif each.is_delayed:
            matches = find_matching(claim, snapshot.all("persistentvolumes")) is not None
            then = "it is bound to one when the pod is scheduled" if matches else "none of the volumes matches it"
        elif find_matching(claim, snapshot.all("persistentvolumes")) is not None:
            then = "one that matches is there, and will be bound to it"
        else:
            then = "whether it gets one is not checked"
        hint = f"kubectl describe pvc {each.name} -n {namespace}"
        yield ClusterWarning("unbound-claim", f"the claim {each.name} has no volume yet; {then}", hint, each.path)


def find_matching(claim: Object, volumes: Iterable[Object], chosen: Iterable[str] = ()) -> Object | None:
    """The volume that the claim would be bound to, on whichever node. chosen: names of volumes that are taken."""
    fitting = [each for each in volumes if each["metadata"]["name"] not in chosen and not mismatch(claim, each)]
    for each in fitting:
        if is_reserved(claim, each):
            return each
    return min(fitting, key=_size, default=None)


def mismatch(claim: Object, volume: Object) -> str:
    """Why a volume cannot be bound to a claim; "" if it can."""
    wanted, has = claim.get("spec") or {}, volume.get("spec") or {}
    needed = parse_amount(((wanted.get("resources") or {}).get("requests") or {}).get("storage", 0))
    reserved = is_reserved(claim, volume)
    if has.get("claimRef") and not reserved:
        owner = has["claimRef"]
        return f"it belongs to the claim {owner.get('namespace')}/{owner.get('name')}"
    if volume["metadata"].get("deletionTimestamp"):
        return "it is being deleted"
    if _size(volume) < needed:
        return f"it is too small: {format_amount('storage', _size(volume))} of {format_amount('storage', needed)}"
    if class_name(volume) != class_name(claim):
        return f"its StorageClass is {class_name(volume) or 'none'}"
    if (wanted.get("volumeMode") or "Filesystem") != (has.get("volumeMode") or "Filesystem"):
        return f"its volumeMode is {has.get('volumeMode') or 'Filesystem'}"
    if (wanted.get("volumeAttributesClassName") or "") != (has.get("volumeAttributesClassName") or ""):
        return "its volumeAttributesClassName is another"
    if set(wanted.get("accessModes") or ()) - set(has.get("accessModes") or ()):
        return f"its access modes are {', '.join(has.get('accessModes') or ()) or 'none'}"
    if reserved:
        return ""
    phase = (volume.get("status") or {}).get("phase")
    if phase != "Available":
        return f"it is {phase or 'not available'}"
    selector = wanted.get("selector")
    if selector is not None and not selectors.parse_selector(selector)(volume["metadata"].get("labels") or {}):
        return f"its labels do not match {selectors.format_selector(selector)}"
    return ""


def _size(volume: Object) -> int:
    return parse_amount(((volume.get("spec") or {}).get("capacity") or {}).get("storage", 0))


def is_reserved(claim: Object, volume: Object) -> bool:
    """Like `IsVolumeBoundToClaim`."""
    owner = (volume.get("spec") or {}).get("claimRef") or {}
    own = claim["metadata"]
    names = (owner.get("namespace"), owner.get("name")) == (own.get("namespace"), own["name"])
    return bool(owner) and names and (not owner.get("uid") or owner["uid"] == own.get("uid"))
