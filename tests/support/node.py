"""A real node: a kubelet, with containerd and runc as Debian packages them. Needs root on Linux.

Nothing is installed, and nothing comes from the network: the image that its pods run is made here. It is imported under
the names that the chart asks for, and stands in a private registry of our own. All that the node writes is below one
folder, but for cgroups, which go with the containers.

Another kubelet may run on the machine. So ours listens on a free port, and has a mount namespace where the paths that
are built into a kubelet, into CNI and into the chart are folders of its own.

`python -m tests.support.node` says what is missing for it.
"""

from __future__ import annotations

import ctypes
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
from tests.support.apiserver import CLIENT_CERTIFICATE, PATIENCE, Server, ServerError, no_server
from tests.support.processes import free_port, process
from tools import envtest

NAME = "localhost"  # where the API server asks it for logs
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
    "openssl": ("openssl",),
    "mount": ("mount", "umount"),
}
# Paths that no option changes: of the kubelet, of CNI's cache, and of the chart's artifacts store.
_BUILT_IN = ("/var/lib/kubelet/device-plugins", "/var/log/containers", "/var/lib/cni", "/tmp/artifactsStore")  # noqa: S108
_SUBNET = "198.18.77.0/24"  # for benchmarks, so that no other network of pods has it
HOST = "198.18.77.1"  # this machine, as its pods see it
_NEW_MOUNTS = 0x20000  # CLONE_NEWNS


def lacking_packages() -> str:
    """What of the machine keeps a node from running here; "" for nothing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a kubelet needs root on Linux"
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [
        package for package, files in _PACKAGES.items() if not all(shutil.which(file, path=path) for file in files)
    ]
    if missing:
        return f"install what is missing: apt-get install {' '.join(missing)}"
    return ""


def lacking(programs: Path) -> str:
    """Why no node can run here; "" where it can. programs: the folder with the kubelet."""
    if absent := lacking_packages():
        return absent
    return "no kubelet here: make test-node builds it" if envtest.lacking(programs, envtest.NODE) else ""


def start(stack: ExitStack, programs: Path, server: Server) -> dict[str, subprocess.Popen[bytes]]:
    """The node's processes by name, which end with the stack. ServerError if they do not start."""
    folder = server.folder
    socket = folder / "containerd.sock"
    _hide_built_in_paths(stack, folder)
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
[plugins."io.containerd.internal.v1.opt"]
path = "{folder}/containerd-opt"
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
        "port": free_port(),
        "healthzPort": 0,
        "authentication": {"anonymous": {"enabled": False}, "x509": {"clientCAFile": f"{folder}/{CLIENT_CERTIFICATE}"}},
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
        "plugins": [{"type": "ptp", "ipam": {"type": "host-local", "subnet": _SUBNET, "dataDir": f"{folder}/ipam"}}],
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


def _hide_built_in_paths(stack: ExitStack, folder: Path) -> None:
    """Puts folders of our own in place of the built-in paths, for this process and those that it starts."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_MOUNTS) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise ServerError(f"no mount namespace for the kubelet, which would disturb another one here: {reason}")
    _mount("--make-rprivate", "/")
    for number, path in enumerate(map(Path, _BUILT_IN)):
        ours = folder / "built-in" / str(number)
        ours.mkdir(parents=True)
        for each in [*reversed(path.parents), path]:
            if not each.exists():
                each.mkdir()
                stack.callback(_remove_empty, each)
        _mount("--bind", str(ours), str(path))
        stack.callback(_unmount_path, path)


def _unmount_path(path: Path | str) -> None:
    subprocess.run(["umount", "--lazy", str(path)], check=False, capture_output=True)


def _mount(*args: str) -> None:
    done = subprocess.run(["mount", *args], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise ServerError(f"mount {' '.join(args)}: {done.stderr.strip()}")


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # somebody else has put something there
        folder.rmdir()


def _unmount(folder: Path) -> None:
    """Unmounts everything below the folder, so that it can be removed: tokens, root file systems, namespaces."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for path in sorted((each for each in mounted if each.startswith(f"{folder}/")), reverse=True):
        _unmount_path(path)


if __name__ == "__main__":
    sys.exit(lacking_packages() or 0)
