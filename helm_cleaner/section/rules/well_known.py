"""Well-known names of labels, taints and resources: near misses of them, and values that no node has.

Kubernetes takes any name, so that a typo is a label that no node has, and a pod that stays pending.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.nearness import find_nearest, is_typo
from helm_cleaner.section.rules.field import Field
from helm_cleaner.values import Map, Seq

_PLATFORM, _MISSPELLED = "unknown-platform", "misspelled-name"
# https://kubernetes.io/docs/reference/labels-annotations-taints/ and what clouds, GPU operators and Karpenter set.
_NODE = (
    "not-ready unreachable unschedulable memory-pressure disk-pressure pid-pressure network-unavailable out-of-service"
)
_KNOWN = {
    "kubernetes.io": "arch os hostname",
    "beta.kubernetes.io": "arch os instance-type",
    "topology.kubernetes.io": "zone region",
    "failure-domain.beta.kubernetes.io": "zone region",
    "node.kubernetes.io": f"instance-type windows-build exclude-from-external-load-balancers {_NODE}",
    "node-role.kubernetes.io": "control-plane",  # other domains may have any names
    "node-restriction.kubernetes.io": "",
    "feature.node.kubernetes.io": "",
    "node.cloudprovider.kubernetes.io": "uninitialized shutdown",
    "cluster-autoscaler.kubernetes.io": "",
    "karpenter.sh": "capacity-type nodepool initialized registered disrupted unregistered",
    "karpenter.k8s.aws": "instance-category instance-family instance-size instance-cpu instance-memory",
    "eks.amazonaws.com": "nodegroup capacityType compute-type",
    "topology.ebs.csi.aws.com": "zone",
    "cloud.google.com": "gke-nodepool gke-accelerator gke-spot gke-preemptible gke-provisioning machine-family",
    "kubernetes.azure.com": "agentpool mode scalesetpriority cluster",
    "nvidia.com": "gpu gpu.product gpu.present gpu.count gpu.memory gpu.family gpu.shared vgpu pgpu vgpu.present",
    "amd.com": "gpu",
    "gpu.intel.com": "i915 xe",
    **dict.fromkeys(
        (f"{device}.intel.com" for device in ("npu", "vpu", "xpu", "qat", "sgx", "dsa", "iaa", "fpga")), ""
    ),
    "habana.ai": "gaudi",
    "aws.amazon.com": "neuron neuroncore neurondevice",
}
_ARCHITECTURES = ("amd64", "arm64", "arm", "ppc64le", "s390x", "riscv64", "386", "loong64", "mips64le")
_SYSTEMS = ("linux", "windows")
_VALUES = {
    f"{domain}/{name}": values
    for domain in ("kubernetes.io", "beta.kubernetes.io")
    for name, values in (("arch", _ARCHITECTURES), ("os", _SYSTEMS))
}
_MEANT = {"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "aarch64": "arm64", "armv8": "arm64", "i386": "386"}
_NODE_AFFINITY = "nodeAffinity"
_LONG_DOMAIN = 10  # letters: a shorter one may well be another domain


def check_labels(labels: Field) -> Iterator[Diagnostic]:
    """A nodeSelector."""
    for key, value in labels.entries():
        yield from _check_name(value, key, is_key=True)
        yield from _check_value(key, value)


def check_affinity(affinity: Field) -> Iterator[Diagnostic]:
    """An affinity: the labels in its node terms and in topologyKey."""
    for field in _below(affinity):
        if field.path[-1] == "topologyKey" and field.is_text:
            yield from _check_name(field, field.string)
        elif field.path[-2:-1] == ("matchExpressions",) and _NODE_AFFINITY in field.path:
            key = field.get("key")
            if key is None or not key.is_text or not key.fine:
                continue
            yield from _check_name(key, key.string)
            for value in field.fine_texts("values") if field.text("operator") == "In" else ():
                yield from _check_value(key.string, value)


def check_tolerations(tolerations: Field) -> Iterator[Diagnostic]:
    """Tolerations: the keys of their taints."""
    for toleration in tolerations.items():
        key = toleration.get("key")
        if key is not None and key.fine and key.is_text:
            yield from _check_name(key, key.string)


def check_resources(resources: Field) -> Iterator[Diagnostic]:
    """Limits and requests: the names of extended resources."""
    for name in ("limits", "requests"):
        amounts = resources.get(name)
        for key, amount in amounts.entries() if amounts else ():
            yield from _check_name(amount, key, is_key=True)


def _below(field: Field) -> Iterator[Field]:
    """A field and everything below it, including the parts of what is broken."""
    if field.fine or isinstance(field.value, (Map, Seq)):
        yield field
    for entry in map(field.get, field.value if isinstance(field.value, Map) else ()):
        if entry is not None:
            yield from _below(entry)
    for item in field.items():
        yield from _below(item)


def _check_name(field: Field, name: str, *, is_key: bool = False) -> Iterator[Diagnostic]:
    if meant := near_miss(name):
        message = f"{name} is not a well-known name, but {meant} is: with a typo, no node has it"
        say = field.key_warning if is_key else field.warning
        yield say(
            _MISSPELLED, message, f"did you mean {meant}?", field.rename(meant) if is_key else field.replace(meant)
        )


def _check_value(key: str, value: Field) -> Iterator[Diagnostic]:
    allowed = _VALUES.get(key)
    if allowed is None or value.string in allowed:
        return
    meant = _MEANT.get(value.string) or find_nearest(
        value.string, (each for each in allowed if is_typo(value.string, each))
    )
    hint = f"write {meant}" if meant else f"write one of {', '.join(allowed)}"
    fix = value.replace(meant) if meant else None
    yield value.warning(_PLATFORM, f"no node has {key}={value.string}", hint, fix)


def near_miss(name: str) -> str:
    """The well-known name that a name is a typo of; "" if it is well-known itself, or not close to any."""
    domain, slash, last = name.rpartition("/")
    if not slash or not last or "/" in domain:
        return ""
    if domain not in _KNOWN:
        meant = _nearest_typo(domain, [known for known in _KNOWN if len(known) >= _LONG_DOMAIN])
        return f"{meant}/{_near_name(meant, last) or last}" if meant else ""
    near = _near_name(domain, last)
    return f"{domain}/{near}" if near else ""


def _near_name(domain: str, last: str) -> str:
    names = _KNOWN[domain].split()
    return "" if last in names else _nearest_typo(last, names)


def _nearest_typo(text: str, names: Iterable[str]) -> str:
    return find_nearest(text, (name for name in names if is_typo(text, name)))
