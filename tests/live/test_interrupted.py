"""What the tests make in a user's cluster is gone when they end, and when they are interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.support.objects import PATIENCE, Objects, names, wait
from tools import ROOT

RELEASE = "tests/live/test_release.py"


@pytest.mark.helm
@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_an_interrupted_run_leaves_no_namespace(how: signal.Signals, objects: Objects, kube_config: str) -> None:
    before = names(objects.items("Namespace"))
    command = [sys.executable, "-m", "pytest", "-m", "cluster", "-q", "-x", "-p", "no:cacheprovider", "-n0"]
    options = [f"--kubeconfig={kube_config}", RELEASE, "-k", "helm4 and rehearsal"]
    with subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        try:
            wait("a namespace of the run", lambda: names(objects.items("Namespace")) - before or run.poll() is not None)
            assert run.poll() is None, run.communicate()[0].decode()
            run.send_signal(how)
            said = run.communicate(timeout=PATIENCE)[0].decode()
        finally:
            run.kill()
    assert "KeyboardInterrupt" in said
    wait("the namespaces of the run to go", lambda: names(objects.items("Namespace")) <= before)
