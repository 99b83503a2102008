"""A real node: a kubelet, with containerd and runc as Debian packages them. Needs root on Linux.

Nothing is installed, and nothing comes from the network: the image that its pods run is made here. It is imported under
the names that the chart asks for, and stands in a private registry of our own. All that the node writes is below one
folder, but for cgroups, which go with the containers, and links in /var/log/containers, which go too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from tests.support import images, registry
from tests.support.apiserver import PATIENCE, Server, no_server
from tests.support.processes import process
from tools import envtest

NAME = "real"
IMAGE = "docker.io/polyaxon/polyaxon-init:2.15.1"  # what the chart's cleaner runs
_SANDBOX = "localhost/pause:1"
_NAMES = (_SANDBOX, IMAGE, "registry.k8s.io/pause:3.10")
_CNI = "/usr/lib/cni"
_CGROUPS = Path("/sys/fs/cgroup")
# What each needs, by the Debian package that has it.
_PACKAGES = {
    "containerd": ("containerd", "ctr", "containerd-shim-runc-v2"),
    "runc": ("runc",),
    "containernetworking-plugins": (f"{_CNI}/ptp", f"{_CNI}/host-local", f"{_CNI}/loopback"),
}


def lacking(programs: Path) -> str:
    """Why no node can run here; "" where it can. programs: the folder with the kubelet."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a kubelet needs root on Linux"
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [
        package for package, files in _PACKAGES.items() if not all(shutil.which(file, path=path) for file in files)
    ]
    if missing:
        return f"install what is missing: apt-get install {' '.join(missing)}"
    return "no kubelet here: make test-node builds it" if envtest.lacking(programs, envtest.NODE) else ""


def start(stack: ExitStack, programs: Path, server: Server) -> dict[str, subprocess.Popen[bytes]]:
    """The node's processes by name, which end with the stack. ServerError if they do not start."""
    folder = server.folder
    socket = folder / "containerd.sock"
    stack.callback(_unlink, folder)
    stack.callback(_unmount, folder)
    port = stack.enter_context(registry.serving(images.made("private")))
    for name, content in _configs(folder, socket, port).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    containerd = stack.enter_context(process(folder, "containerd", ["containerd", "--config", "containerd.toml"]))
    stack.callback(_end_containers, socket)
    images.made().save(folder / "image.tar", _NAMES)
    _wait(folder, "containerd", containerd, lambda: _ctr(socket, "images", "import", "image.tar", cwd=folder))
    command = [
        str(programs / "kubelet"),
        f"--kubeconfig={server.kubeconfig}",
        "--config=kubelet.json",
        f"--root-dir={folder}/kubelet",
        "--cert-dir=kubelet-certs",
        f"--hostname-override={NAME}",
    ]
    kubelet = stack.enter_context(process(folder, "kubelet", command))

    def is_ready() -> bool:
        try:
            node = json.loads(server.get(f"/api/v1/nodes/{NAME}"))
        except OSError:
            return False
        return any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"]["conditions"])

    _wait(folder, "kubelet", kubelet, is_ready)
    return {"containerd": containerd, "kubelet": kubelet}


def _wait(folder: Path, name: str, child: subprocess.Popen[bytes], look: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not look():
        if child.poll() is not None or time.monotonic() > deadline:
            raise no_server(folder, name)
        time.sleep(0.2)


def _configs(folder: Path, socket: Path, port: int) -> dict[str, str]:
    """The configuration files of the programs."""
    containerd = f"""\
version = 2
root = "{folder}/containerd"
state = "{folder}/containerd-state"
[grpc]
address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{_SANDBOX}"
restrict_oom_score_adj = true  # where the user's own is higher than what is asked for, runc fails
netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{_CNI}"
conf_dir = "{folder}/cni"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "{folder}/registries"
"""
    kubelet = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": "127.0.0.1",
        "authentication": {"anonymous": {"enabled": False}},
        "containerRuntimeEndpoint": f"unix://{socket}",
        "podLogsDir": f"{folder}/pod-logs",
        "clusterDNS": ["10.0.0.10"],  # nobody is there, and no pod asks
        "resolvConf": f"{folder}/resolv.conf",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupsPerQOS": False,  # with it, the kubelet leaves cgroups behind
        "enforceNodeAllocatable": ["none"],
        "failSwapOn": False,
        "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%"},
    }
    ours = f"http://127.0.0.1:{port}"
    mirror = f'server = "{ours}"\n[host."{ours}"]\ncapabilities = ["pull", "resolve"]\n'
    network = {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [
            {"type": "ptp", "ipam": {"type": "host-local", "subnet": "10.244.0.0/24", "dataDir": f"{folder}/ipam"}}
        ],
    }
    return {
        "containerd.toml": containerd,
        "kubelet.json": json.dumps(kubelet, indent=2),
        "cni/pods.conflist": json.dumps(network, indent=2),
        f"registries/{registry.HOST}/hosts.toml": mirror,
        "resolv.conf": "",
    }


def _ctr(socket: Path, *args: str, cwd: Path | None = None) -> str:
    """The output of ctr, or "" if it fails."""
    done = subprocess.run(
        ["ctr", "--address", str(socket), "--namespace", "k8s.io", *args],
        cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout if done.returncode == 0 else ""


def _end_containers(socket: Path) -> None:
    """Ends the containers that containerd would leave running, and removes the cgroups that runc leaves."""
    for name in _ctr(socket, "tasks", "list", "--quiet").split():
        _ctr(socket, "tasks", "delete", "--force", name)
    for cgroup in (*_CGROUPS.glob("k8s.io"), *_CGROUPS.glob("*/k8s.io")):
        with suppress(OSError):  # another containerd may have some there
            cgroup.rmdir()


def _unlink(folder: Path) -> None:
    """Removes the links that the kubelet creates to its containers' logs."""
    for link in Path("/var/log/containers").glob("*.log"):
        if link.is_symlink() and folder in link.readlink().parents:
            link.unlink()


def _unmount(folder: Path) -> None:
    """Unmounts everything below the folder, so that it can be removed: tokens, root file systems, namespaces."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for path in sorted((each for each in mounted if each.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", path], check=False, capture_output=True)
