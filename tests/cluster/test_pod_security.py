"""Pod Security: what a level forbids."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import pod_security
from tests.support.clusters import NAMESPACE, admit


def enforced(level: str, version: str = "latest") -> dict[str, str]:
    key = "pod-security.kubernetes.io/enforce"
    return {key: level, f"{key}-version": version}


GOOD = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


HOST_PATH = [{"name": "store", "hostPath": {"path": "/data"}}]


SECURITY: dict[str, tuple[Any, Any, Any, list[str]]] = {
    "no level": ({}, {}, {}, []),
    "privileged": (enforced("privileged"), {}, {"volumes": HOST_PATH}, []),
    "warn does not refuse": ({"pod-security.kubernetes.io/warn": "restricted"}, {}, {}, []),
    "baseline": (enforced("baseline"), {}, {}, []),
    "baseline, hostPath": (enforced("baseline"), {}, {"volumes": HOST_PATH}, ["hostPath"]),
    "baseline, the host's network": (enforced("baseline"), {}, {"hostNetwork": True}, ["hostNetwork"]),
    "baseline, privileged": (enforced("baseline"), {"privileged": True}, {}, ["privileged"]),
    "baseline, capabilities": (
        enforced("baseline"),
        {"capabilities": {"add": ["NET_ADMIN", "CHOWN"]}},
        {},
        ["NET_ADMIN"],
    ),
    "restricted": (
        enforced("restricted"),
        {},
        {},
        ["allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccomp"],
    ),
    "restricted, before capabilities": (
        enforced("restricted", "v1.21"),
        {},
        {},
        ["allowPrivilegeEscalation", "runAsNonRoot", "seccomp"],
    ),
    "restricted, before seccomp": (
        enforced("restricted", "v1.18"),
        {},
        {},
        ["allowPrivilegeEscalation", "runAsNonRoot"],
    ),
    "restricted, the first": (enforced("restricted", "v1.7"), {}, {}, ["runAsNonRoot"]),
    "restricted, and good": (enforced("restricted"), GOOD, {}, []),
    "restricted, for the whole pod": (
        enforced("restricted"),
        {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}},
        [],
    ),
    "restricted, root": (enforced("restricted"), {**GOOD, "runAsUser": 0}, {}, ["runAsUser"]),
    "restricted, in a user namespace": (
        enforced("restricted"),
        {**GOOD, "runAsNonRoot": False},
        {"hostUsers": False},
        [],
    ),
    "restricted, volumes": (
        enforced("restricted"),
        GOOD,
        {"volumes": [{"name": "n", "nfs": {"path": "/", "server": "s"}}, {"name": "e", "emptyDir": {}}]},
        ["nfs"],
    ),
    "restricted, hostPath, said once": (enforced("restricted"), GOOD, {"volumes": HOST_PATH}, ["hostPath"]),
    "a level that nobody knows is restricted": (
        enforced("strict"),
        {**GOOD, "runAsNonRoot": None},
        {},
        ["runAsNonRoot"],
    ),
}


@pytest.mark.parametrize(("labels", "context", "spec", "said"), SECURITY.values(), ids=SECURITY)
def test_pod_security(labels: Any, context: Any, spec: Any, said: list[str]) -> None:
    whole = admit(**spec)
    whole["spec"]["containers"][0]["securityContext"] = context
    found = pod_security.check(whole, NAMESPACE, labels)
    assert len(found) == bool(said)  # one refusal, with the whole list
    reasons = found[0].message.partition(": ")[2].split("; ") if found else []
    assert all(word in reason for word, reason in zip(said, reasons, strict=True))


def test_ports_of_the_host_are_refused() -> None:
    whole = admit()
    whole["spec"]["containers"][0]["ports"] = [{"containerPort": 80, "hostPort": 80}]
    (refusal,) = pod_security.check(whole, NAMESPACE, enforced("baseline"))
    assert "hostPort" in refusal.message
