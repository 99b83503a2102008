"""The server that the tests start: who may use it, and that nothing of it is left over."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support import apiserver, controlplane
from tools import ROOT, envtest
from tools.programs import Unavailable

STARTER = """\
import sys, time
from pathlib import Path
from tests.support.controlplane import running
with running(Path(sys.argv[1]), Path(sys.argv[2]), alone=bool(sys.argv[3:])):
    print("started", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def programs(kube_config: str) -> Path:
    """kube-apiserver and etcd. Where a server is given, they may be missing."""
    found = envtest.find()
    if found is None:
        pytest.skip(f"{kube_config} is a server of the user's own")
    return found


def cluster_of(kubeconfig: Path) -> Any:
    return json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]


def is_listening(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as client:
        return client.connect_ex((parts.hostname, parts.port)) == 0


def is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_only_who_has_the_token_is_let_in(programs: Path, tmp_path: Path) -> None:
    with controlplane.running(programs, tmp_path / "server", alone=True) as kubeconfig:
        cluster = cluster_of(kubeconfig)
        assert urlsplit(cluster["server"]).hostname == "127.0.0.1"
        assert kubeconfig.stat().st_mode & 0o077 == 0
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(cluster["server"])  # noqa: S310  an https: address
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        secure = ssl.create_default_context(cadata=authority)
        with pytest.raises(urllib.error.HTTPError, match="Unauthorized"):
            urllib.request.urlopen(cluster["server"], context=secure)  # noqa: S310  as above
    assert not is_listening(cluster["server"])
    assert not (tmp_path / "server" / "etcd").exists()
    assert (tmp_path / "server" / "kube-apiserver.log").stat().st_size


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda s: s.name)
def test_it_ends_with_the_process_that_started_it(
    programs: Path, lacking: str, tmp_path: Path, how: signal.Signals
) -> None:
    folder = tmp_path / "server"
    names = envtest.SERVER if lacking else envtest.PROGRAMS
    command = [sys.executable, "-c", STARTER, str(programs), str(folder), *(["alone"] if lacking else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "started\n"
        numbers = [int((folder / f"{name}.pid").read_text()) for name in names]
        assert all(map(is_running, numbers))
        starter.send_signal(how)
    deadline = time.monotonic() + apiserver.PATIENCE
    while any(map(is_running, numbers)) or (folder / "etcd").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_where_one_ends_all_do(programs: Path, tmp_path: Path) -> None:
    """A test must not wait for a program that has ended."""
    folder = tmp_path / "server"
    with controlplane.running(programs, folder, alone=True) as kubeconfig:
        numbers = [int((folder / f"{name}.pid").read_text()) for name in envtest.SERVER]
        os.kill(numbers[0], signal.SIGKILL)
        deadline = time.monotonic() + apiserver.PATIENCE
        while is_listening(cluster_of(kubeconfig)["server"]) or any(map(is_running, numbers)):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    for name in envtest.SERVER:
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} cannot run here >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    with (
        pytest.raises(apiserver.ServerError, match="does not get ready: kube-apiserver cannot run here"),
        controlplane.running(tmp_path, tmp_path / "server", alone=True),
    ):
        pass


def test_assets_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong setting is an error, not replaced by another server."""
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    for look in envtest.find, envtest.build:
        with pytest.raises(Unavailable, match=f"KUBEBUILDER_ASSETS={tmp_path}: no kube-apiserver and no etcd in it"):
            look()
    for name in envtest.SERVER:
        (tmp_path / name).touch(0o755)
    assert envtest.find() == envtest.build() == tmp_path
    assert envtest.lacking(tmp_path, envtest.PROGRAMS) == list(envtest.CONTROLLERS)
