"""A real API server: kube-apiserver and etcd.

It listens on loopback alone, on a free port, with a certificate and a token of its own; etcd listens on sockets in a
folder that is the user's alone.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import ssl
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.support.processes import free_port, last_words, process

PATIENCE = 300.0  # seconds until the server must be ready; it takes two on a machine that does nothing else
CERTIFICATE, KEY = "certs/apiserver.crt", "certs/apiserver.key"
CLIENT_CERTIFICATE, _CLIENT_KEY = "certs/kubelet-client.crt", "certs/kubelet-client.key"  # for logs, from a kubelet
_TRIES = 3  # another program may take the port that was free
_KUBECONFIG = "kubeconfig"
_DATA = "etcd"


class ServerError(Exception):
    """The control plane does not start; the message says why, and where its log is."""


class Server:
    """An API server that is ready. kubeconfig: the file with its address, certificate and token."""

    def __init__(self, folder: Path, port: int, token: str) -> None:
        self.folder, self.port, self.token = folder, port, token
        self.kubeconfig = folder / _KUBECONFIG

    def get(self, path: str) -> Any:
        """What it answers; OSError where it does not, or with an error."""
        url = f"https://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.token}"})
        direct = urllib.request.ProxyHandler({})  # whatever proxy the environment names
        context = ssl.create_default_context(cafile=self.folder / CERTIFICATE)
        opener = urllib.request.build_opener(direct, urllib.request.HTTPSHandler(context=context))
        with opener.open(request, timeout=30) as response:
            return response.read()


def start(
    stack: ExitStack, programs: Path, folder: Path, *, node: bool = False
) -> tuple[Server, dict[str, subprocess.Popen[bytes]]]:
    """A server that ends with the stack, and its processes by name. ServerError if it does not start.

    node: whether a kubelet comes, which the server asks for logs.
    """
    if node:
        _make_client_certificate(folder)
    stack.callback(shutil.rmtree, folder / _DATA, ignore_errors=True)
    etcd = stack.enter_context(process(folder, "etcd", _etcd(programs)))
    token = secrets.token_hex(16)
    (folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n")
    for _ in range(_TRIES):
        server = Server(folder, free_port(), token)
        child = stack.enter_context(process(folder, "kube-apiserver", _kube_apiserver(programs, server.port, node)))
        if _is_ready(child, server):
            server.kubeconfig.write_text(_kubeconfig(server))
            return server, {"etcd": etcd, "kube-apiserver": child}
    raise no_server(folder, "kube-apiserver")


def no_server(folder: Path, name: str) -> ServerError:
    """Why there is no server: one of its programs has ended, or did not become ready."""
    log = folder / f"{name}.log"
    return ServerError(f"the control plane does not get ready: {last_words(folder, name)} (the log is {log})")


def _etcd(programs: Path) -> list[str]:
    """etcd, on sockets in its working folder: nobody else can read them, and no port is needed."""
    client, peer = "unix://client:0", "unix://peer:0"
    return [
        str(programs / "etcd"),
        f"--data-dir={_DATA}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",  # what it holds need not outlive it
    ]


def _make_client_certificate(folder: Path) -> None:
    """A certificate by which the kubelet knows the API server, and may answer it."""
    (folder / CLIENT_CERTIFICATE).parent.mkdir(exist_ok=True)
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", _CLIENT_KEY]
    command += ["-out", CLIENT_CERTIFICATE, "-subj", "/O=system:masters/CN=kube-apiserver"]
    command += ["-addext", "extendedKeyUsage=clientAuth"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(f"openssl makes no certificate: {done.stderr.strip()}")


def _kube_apiserver(programs: Path, port: int, node: bool) -> list[str]:
    """The API server; it makes its certificate itself, and signs tokens of service accounts with the same key."""
    of_kubelet = [f"--kubelet-client-certificate={CLIENT_CERTIFICATE}", f"--kubelet-client-key={_CLIENT_KEY}"]
    return [
        str(programs / "kube-apiserver"),
        *(of_kubelet if node else ()),
        "--etcd-servers=unix://client:0",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        "--cert-dir=certs",
        "--anonymous-auth=false",
        "--token-auth-file=tokens.csv",
        "--authorization-mode=RBAC",
        f"--service-account-issuer=https://127.0.0.1:{port}",
        f"--service-account-key-file={KEY}",
        f"--service-account-signing-key-file={KEY}",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--endpoint-reconciler-type=none",  # no Service may lead to a loopback address
    ]


def _is_ready(child: subprocess.Popen[bytes], server: Server) -> bool:
    """Waits until the server is ready; False if it ends before."""
    deadline = time.monotonic() + PATIENCE
    while child.poll() is None:
        if time.monotonic() > deadline:
            raise no_server(server.folder, "kube-apiserver")
        time.sleep(0.1)
        try:
            server.get("/readyz")
            return True
        except OSError:  # of which those of urllib and ssl are
            continue
    return False


def _kubeconfig(server: Server) -> str:
    """A kubeconfig for kubectl, Helm and pykube, as JSON, which is YAML."""
    authority = base64.b64encode((server.folder / CERTIFICATE).read_bytes()).decode()
    cluster = {"server": f"https://127.0.0.1:{server.port}", "certificate-authority-data": authority}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "envtest", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": server.token}}],
        "contexts": [{"name": "envtest", "context": {"cluster": "envtest", "user": "admin"}}],
        "current-context": "envtest",
    }
    return json.dumps(config, indent=2) + "\n"
