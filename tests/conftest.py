"""Fixtures that several tests share."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from helm_cleaner.cli import main
from helm_cleaner.helm import user_stderr
from tests.support.command import COMMAND as COMMAND
from tests.support.command import Ran
from tests.support.manifests import CONFIGMAP, DEPLOYMENT
from tools.helm import GO, find, version

# Without an option, the same examples each time: CI must not fail by chance. `--hypothesis-profile=fuzz` looks for new
# ones (make fuzz). What a machine needs for one example says nothing.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "3000")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# A shell starts what runs in its background with SIGINT ignored, and nohup with SIGHUP: every program that a test
# starts would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, _interrupt)  # so that fixtures remove what they have made


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("preflight on a real control plane")
    group.addoption("--situations", type=int, default=30, metavar="N", help="how many random ones (default: 30)")
    group.addoption("--first-situation", type=int, default=0, metavar="SEED", help="the first one (default: 0)")


def missing(reason: str) -> NoReturn:
    """Skips the test, or fails it if FAIL_WHAT_IS_MISSING is set, as in .ci/run after it has built everything."""
    if os.environ.get("FAIL_WHAT_IS_MISSING"):
        pytest.fail(reason)
    pytest.skip(reason)


def tool(name: str) -> Path:
    """A program that `tools.helm` fetches or builds. Skips or fails the test, as `missing`, if it is not here."""
    if path := find(name):
        return path
    missing(f"no {name} here: make {'helm-newest builds' if name in GO else 'helm fetches'} it")


class Helm:
    """A real Helm with a home of its own, with helm-cleaner on PATH and its plugins installed."""

    def __init__(self, binary: Path, home: Path) -> None:
        self.binary = binary
        self.home = home
        self.major = int(version(binary).removeprefix("v").split(".")[0])
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "NO_COLOR"))}
        self.env |= {f"HELM_{place}_HOME": str(home / place.lower()) for place in ("CONFIG", "CACHE", "DATA")}
        self.env |= {"HELM_PLUGINS": str(home / "plug ins"), "HELM_BIN": str(binary)}
        self.env["PATH"] = os.pathsep.join([str(Path(COMMAND).parent), os.environ["PATH"]])
        subprocess.run([COMMAND, "plugin", "install"], env=self.env, check=True, capture_output=True)

    def __call__(
        self, *args: str | Path, check: bool = True, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [self.binary, *args], env=self.env, cwd=cwd or self.home, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=900,  # on a cluster it gives up by itself, after some minutes
        )  # fmt: skip
        assert done.returncode == 0 or not check, done.stderr
        return done


@pytest.fixture(scope="session", params=["helm3", "helm4", "helm3-newest"])
def helm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """Each real Helm that is available."""
    return Helm(tool(request.param), tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def sdk() -> Any:
    """Polyaxon's schemas of an agent, in its SDK; importing them takes a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("polyaxon", reason="make installs Polyaxon's SDK where it can")
        from polyaxon._schemas import agent  # the package's own names for these two are of some versions only

        return agent


@pytest.fixture(scope="session")
def helm4(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """A real Helm 4."""
    return Helm(tool("helm4"), tmp_path_factory.mktemp("helm four"))


class Runner:
    """Runs a command in this process; stdin: what is piped into it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]) -> None:
        self.monkeypatch, self.capture = monkeypatch, capture

    def __call__(self, *args: str, stdin: str | bytes = CONFIGMAP % "{}" + DEPLOYMENT) -> Ran:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main(list(args))
        out, err = self.capture.readouterr()
        return Ran(code, out, err.decode())


@pytest.fixture(autouse=True)
def _forget_opened_stderr() -> None:
    """What a process opens for its messages stays open until it ends."""
    user_stderr.open_user_stderr.cache_clear()
    user_stderr._open_last_message.cache_clear()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Runner:
    """The command line."""
    monkeypatch.delenv("HELM_CLEANER_VALUES", raising=False)
    monkeypatch.delenv("HELM_PLUGIN_NAME", raising=False)
    return Runner(monkeypatch, capfdbinary)
