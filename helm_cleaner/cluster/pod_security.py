"""What the Pod Security level of a namespace forbids.

Follows k8s.io/pod-security-admission/policy (check_*.go) for what matters to a Job of Polyaxon: its volumes, and the
security context that it lacks. Only `enforce` rejects a pod; `warn` and `audit` do not.
"""

from __future__ import annotations

import re

from helm_cleaner.cluster.pod import containers
from helm_cleaner.cluster.types import Refusal
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_cleaner.cluster.types import Labels, Object
    from helm_cleaner.paths import Path

KIND = "PodSecurity"
CODE = "pod-security"
_ENFORCE = "pod-security.kubernetes.io/enforce"
_LATEST = (1, 10**6)
_BASELINE_CAPABILITIES = {
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}  # fmt: skip
_RESTRICTED_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
_HOST_PATH = "hostPath volumes"
_HINT = "the section has no field for this: lower the namespace's enforce label, or install into another namespace"


def check(pod: Object, namespace: str, labels: Labels) -> list[Refusal]:
    """Why the namespace's level rejects the pod: one refusal with everything. labels: the namespace's."""
    level, version = labels.get(_ENFORCE, "privileged"), labels.get(f"{_ENFORCE}-version", "latest")
    if level == "privileged":
        return []
    found = list(_baseline(pod))
    # A level that Kubernetes does not know counts as restricted, a version as the latest.
    if level != "baseline":
        found = [each for each in found if not each[0].startswith(_HOST_PATH)] + list(
            _restricted(pod, _number(version))
        )
    if not found:
        return []
    reasons, (_, path) = "; ".join(reason for reason, _ in found), found[0]
    message = f"the namespace enforces the Pod Security level {level}: {reasons}"
    return [Refusal(KIND, namespace, message, CODE, _HINT, path)]


def _number(version: str) -> tuple[int, int]:
    match = re.fullmatch(r"v1\.([0-9]{1,5})", version)
    return (1, int(match[1])) if match else _LATEST


def _contexts(pod: Object) -> list[tuple[str, Object]]:
    return [(container.get("name", ""), container.get("securityContext") or {}) for container in containers(pod)]


def _baseline(pod: Object) -> Iterator[tuple[str, Path]]:
    spec = pod["spec"]
    for index, volume in enumerate(spec.get("volumes") or ()):
        if volume.get("hostPath") is not None:
            yield f"{_HOST_PATH} are forbidden (volume {volume.get('name')})", ("volumes", index)
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"{field} must not be true", (field,)
    for name, context in _contexts(pod):
        if context.get("privileged"):
            yield f"privileged must not be true (container {name})", ()
        more = set((context.get("capabilities") or {}).get("add") or ()) - _BASELINE_CAPABILITIES
        if more:
            yield f"capabilities must not add {', '.join(sorted(more))} (container {name})", ()
    for container in containers(pod):
        if any(port.get("hostPort") for port in container.get("ports") or ()):
            yield f"hostPort must not be set (container {container.get('name')})", ()


def _restricted(pod: Object, version: tuple[int, int]) -> Iterator[tuple[str, Path]]:
    spec, contexts = pod["spec"], _contexts(pod)
    of_pod = spec.get("securityContext") or {}
    user_namespace = spec.get("hostUsers") is False and version >= (1, 35)
    for index, volume in enumerate(spec.get("volumes") or ()):
        kinds = {key for key, value in volume.items() if key != "name" and value is not None} - _RESTRICTED_VOLUMES
        if kinds:
            yield (
                f"volumes of type {', '.join(sorted(kinds))} are forbidden (volume {volume.get('name')})",
                (
                    "volumes",
                    index,
                ),
            )
    if version >= (1, 8):
        names = [name for name, context in contexts if context.get("allowPrivilegeEscalation") is not False]
        if names:
            yield f"allowPrivilegeEscalation must be false (container {', '.join(names)})", ()
    if version >= (1, 22):
        names = [name for name, context in contexts if not _drops_all(context)]
        if names:
            yield f"capabilities must drop ALL and may add only NET_BIND_SERVICE (container {', '.join(names)})", ()
    if not user_namespace:
        names = [name for name, context in contexts if not context.get("runAsNonRoot", of_pod.get("runAsNonRoot"))]
        if names:
            yield f"runAsNonRoot must be true (container {', '.join(names)})", ()
        if version >= (1, 23) and any(each.get("runAsUser") == 0 for each in (of_pod, *(c for _, c in contexts))):
            yield "runAsUser must not be 0", ()
    if version >= (1, 19):
        fallback = (of_pod.get("seccompProfile") or {}).get("type")
        names = [
            name
            for name, context in contexts
            if (context.get("seccompProfile") or {}).get("type", fallback) not in ("RuntimeDefault", "Localhost")
        ]
        if names:
            yield f"seccompProfile must be RuntimeDefault or Localhost (container {', '.join(names)})", ()


def _drops_all(context: Object) -> bool:
    capabilities = context.get("capabilities") or {}
    return "ALL" in (capabilities.get("drop") or ()) and not set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}
