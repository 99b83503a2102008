"""A real API server for the tests: kube-apiserver and etcd, without kubelet and controllers.

`running(folder)` gives one as long as a block lasts. It listens on loopback alone, on a free port, with a certificate
and a token of its own; etcd listens on sockets in a folder that is the user's alone.

The two run under a process of their own, `python -m tests.support.apiserver PROGRAMS FOLDER`, which ends them as soon
as its stdin ends. That is when the block is left, and also when whoever started it was killed. By hand, Ctrl-D or
Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PATIENCE = 120.0  # seconds until the server must be ready; it takes two on a machine that does nothing else
_TRIES = 3  # another program may take the port that was free
_KUBECONFIG = "kubeconfig"
_DATA = "etcd"


class ServerError(Exception):
    """The server does not start; the message says why, and where its log is."""


@contextmanager
def running(programs: Path, folder: Path) -> Iterator[Path]:
    """A server that ends with the block; gives its kubeconfig. ServerError if it does not start.

    programs: the folder with kube-apiserver and etcd. folder: where it works; made by this, and its logs stay there.
    """
    command = [sys.executable, "-m", "tests.support.apiserver", str(programs), str(folder)]
    # In a session of its own, so that a Ctrl-C in the terminal ends it in order: the tests first.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            said = process.stdout.readline().strip()
            if said != "ready":
                raise ServerError(said or f"the API server ended; its logs are in {folder}")
            yield folder / _KUBECONFIG
        finally:
            process.stdin.close()  # and wait for its end, as Popen does at the end of its block


def serve(programs: Path, folder: Path) -> None:
    """Runs a server in the folder until stdin ends; says `ready` on stdout once it is."""
    folder.mkdir(mode=0o700, parents=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder / _DATA, ignore_errors=True)
        stack.enter_context(_process(folder, "etcd", _etcd(programs)))
        token = secrets.token_hex(16)
        (folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n")
        port = _start(stack, programs, folder, token)
        (folder / _KUBECONFIG).write_text(_kubeconfig(folder, port, token))
        print("ready", flush=True)
        sys.stdin.read()


def _start(stack: ExitStack, programs: Path, folder: Path, token: str) -> int:
    """The port of an API server that is ready, and that ends with the stack."""
    for _ in range(_TRIES):
        port = _free_port()
        process = stack.enter_context(_process(folder, "kube-apiserver", _kube_apiserver(programs, port)))
        if _is_ready(process, folder, port, token):
            return port
    raise _no_server(folder)


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


def _kube_apiserver(programs: Path, port: int) -> list[str]:
    """The API server; it makes its certificate itself, and signs tokens of service accounts with the same key."""
    return [
        str(programs / "kube-apiserver"),
        "--etcd-servers=unix://client:0",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        "--cert-dir=certs",
        "--anonymous-auth=false",
        "--token-auth-file=tokens.csv",
        "--authorization-mode=RBAC",
        f"--service-account-issuer=https://127.0.0.1:{port}",
        "--service-account-key-file=certs/apiserver.key",
        "--service-account-signing-key-file=certs/apiserver.key",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--endpoint-reconciler-type=none",  # no Service may lead to a loopback address
    ]


@contextmanager
def _process(folder: Path, name: str, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the folder that writes its log there, and that ends with the block."""
    with (
        (folder / f"{name}.log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _is_ready(process: subprocess.Popen[bytes], folder: Path, port: int, token: str) -> bool:
    """Waits until the server is ready; False where it ends before."""
    request = urllib.request.Request(f"https://127.0.0.1:{port}/readyz", headers={"Authorization": f"Bearer {token}"})
    direct = urllib.request.ProxyHandler({})  # whatever proxy the environment names
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise _no_server(folder)
        time.sleep(0.1)
        try:
            secure = urllib.request.HTTPSHandler(
                context=ssl.create_default_context(cafile=folder / "certs/apiserver.crt")
            )
            with urllib.request.build_opener(direct, secure).open(request, timeout=5):
                return True
        except OSError:  # of which those of urllib and ssl are
            continue
    return False


def _no_server(folder: Path) -> ServerError:
    log = folder / "kube-apiserver.log"
    last = log.read_text(errors="replace").strip().rpartition("\n")[2]
    return ServerError(f"the API server does not get ready: {last} (its log is {log})")


def _kubeconfig(folder: Path, port: int, token: str) -> str:
    """As kubectl, Helm and pykube read it; JSON is YAML."""
    authority = base64.b64encode((folder / "certs/apiserver.crt").read_bytes()).decode()
    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": authority}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "envtest", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "envtest", "context": {"cluster": "envtest", "user": "admin"}}],
        "current-context": "envtest",
    }
    return json.dumps(config, indent=2) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.apiserver", description="Runs an API server.")
    parser.add_argument("programs", type=Path, help="the folder with kube-apiserver and etcd")
    parser.add_argument("folder", type=Path, help="a new folder, for its kubeconfig and its logs")
    args = parser.parse_args()
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        serve(args.programs.absolute(), args.folder.absolute())
    except (ServerError, OSError) as reason:
        print(reason, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
