"""What makes a cluster of an API server: kube-controller-manager, kube-scheduler, and kwok in place of the kubelets.

kwok plays every node: it says that its pods run, ends those of Jobs, and removes those that are deleted.
No container ever runs, so an image that cannot be pulled is no obstacle there.

The scheduler has a profile for each of its filter plugins beside its own. A pod that names one
(`schedulerName: only-NodeAffinity`) is never bound; the nodes that pass this plugin, all of them, are told to an
extender. So tests learn the verdict of each plugin on each node, where a pod's status has but sums, and of the plugin
alone that comes first.
"""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.support.apiserver import CERTIFICATE, KEY, PATIENCE, Server, no_server
from tests.support.processes import process

# Those that judge what a cleaner's Job can ask for; the rest of the default ones have nothing to look at.
PLUGINS = (
    "NodeUnschedulable", "TaintToleration", "NodeAffinity", "NodeResourcesFit", "VolumeRestrictions",
    "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "InterPodAffinity",
)  # fmt: skip
PROFILE = "only-"  # with the name of a plugin
EVERY_NODE = "only-none"  # a profile that refuses no node
_STAGES = Path(__file__).with_name("stages.yaml")


def start(
    stack: ExitStack, programs: Path, server: Server, extender: str = "", *, kwok: bool = True
) -> dict[str, subprocess.Popen[bytes]]:
    """The processes by name, which end with the stack. ServerError if they do not start.

    extender: the URL that is told which nodes pass a plugin; nobody where it is empty. kwok: False where a real node
    comes.
    """
    folder, kubeconfig = server.folder, str(server.kubeconfig)
    config = folder / "scheduler.json"
    config.write_text(json.dumps(_scheduler_config(kubeconfig, extender), indent=2))
    commands = {
        "kube-controller-manager": _controller_manager(programs, kubeconfig),
        "kube-scheduler": [*_controller(programs, "kube-scheduler", kubeconfig), f"--config={config}",
                           "--authentication-tolerate-lookup-failure=true"],
    }  # fmt: skip
    if kwok:
        commands["kwok"] = _kwok(programs, kubeconfig)
    children = {name: stack.enter_context(process(folder, name, command)) for name, command in commands.items()}
    deadline = time.monotonic() + PATIENCE
    while True:  # until the controllers work: no pod gets in without its account
        for name, child in children.items():
            if child.poll() is not None or time.monotonic() > deadline:
                raise no_server(folder, name)
        time.sleep(0.1)
        try:
            server.get("/api/v1/namespaces/default/serviceaccounts/default")
            return children
        except OSError:
            continue


def _controller(programs: Path, name: str, kubeconfig: str) -> list[str]:
    options = [f"--{use}kubeconfig={kubeconfig}" for use in ("", "authentication-", "authorization-")]
    return [str(programs / name), *options, "--leader-elect=false", "--secure-port=0"]


def _controller_manager(programs: Path, kubeconfig: str) -> list[str]:
    return [
        *_controller(programs, "kube-controller-manager", kubeconfig),
        f"--root-ca-file={CERTIFICATE}",
        f"--service-account-private-key-file={KEY}",
        "--node-monitor-grace-period=24h",  # kwok sends no heartbeats
        "--kube-api-qps=500",  # tests need not wait for a quota that protects big clusters
        "--kube-api-burst=1000",
    ]


def _kwok(programs: Path, kubeconfig: str) -> list[str]:
    return [
        str(programs / "kwok"),
        f"--kubeconfig={kubeconfig}",
        f"--config={_STAGES}",
        "--manage-all-nodes=true",
        "--node-ip=127.0.0.1",
        # With leases it overlooks, for good, the pods that come to a node before it hears of the lease that it made.
        "--node-lease-duration-seconds=0",
        "--server-address=127.0.0.1:0",
    ]


def _scheduler_config(kubeconfig: str, extender: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "leaderElection": {"leaderElect": False},
        "clientConnection": {"kubeconfig": kubeconfig, "qps": 500, "burst": 1000},
        "profiles": [
            {"schedulerName": "default-scheduler"},
            {"schedulerName": EVERY_NODE, "plugins": _plugins()},
            *({"schedulerName": PROFILE + plugin, "plugins": _plugins(plugin)} for plugin in PLUGINS),
        ],
    }
    if extender:
        config["extenders"] = [{"urlPrefix": extender, "filterVerb": "filter", "httpTimeout": "300s"}]
    return config


def _plugins(*filters: str) -> dict[str, Any]:
    """These plugins only, and those that every profile must have."""
    enabled = ("PrioritySort", *filters, "DefaultBinder")
    return {"multiPoint": {"disabled": [{"name": "*"}], "enabled": [{"name": name} for name in enabled]}}
