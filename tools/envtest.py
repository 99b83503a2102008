"""The programs of a control plane: a real API server and a real scheduler for the tests.

`find()` returns their folder, and never builds anything. `python -m tools.envtest` builds missing programs from the Go
module proxy into .tools/envtest. The first of these folders that exists is used:

1. the one in the environment variable KUBEBUILDER_ASSETS, which setup-envtest of Kubernetes fills. It contains only
   kube-apiserver and etcd: `lacking` names the missing programs, and tests that need them are skipped;
2. .tools/envtest.

`go install` cannot build kube-apiserver: it refuses a module with replacements, and Kubernetes' module replaces those
of its staging area by folders that are not in the module. So a module of our own requires it, with the versions of
these. kwok, which simulates the nodes, has no replacements.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tools.programs import TOOLS, Unavailable, put, run, say, scratch

FOLDER = TOOLS / "envtest"
KUBERNETES = "1.37.2"
ETCD = "3.7.0"
KWOK = "0.8.0"
SERVER = ("kube-apiserver", "etcd")
CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kwok")
PROGRAMS = SERVER + CONTROLLERS
NODE = ("kubelet",)  # for `make test-node` alone
_ASSETS = "KUBEBUILDER_ASSETS"


def find() -> Path | None:
    """The folder with at least an API server, or None. Builds nothing."""
    if given := os.environ.get(_ASSETS):
        # A wrong setting must not be made good by another server: the tests would run on something else than was asked.
        if missing := lacking(Path(given), SERVER):
            raise Unavailable(f"{_ASSETS}={given}: no {' and no '.join(missing)} in it")
        return Path(given).absolute()
    return None if lacking(FOLDER, SERVER) else FOLDER


def lacking(folder: Path, names: Iterable[str]) -> list[str]:
    """Which of these programs are missing in the folder."""
    return [name for name in names if shutil.which(folder / name) is None]


def build(names: Iterable[str] = PROGRAMS) -> Path:
    """Builds the programs in .tools/envtest that are missing or have another version; returns the folder.

    The folder in KUBEBUILDER_ASSETS is used unchanged. Each program is kept as soon as it is built.
    """
    if os.environ.get(_ASSETS):
        folder = find()
        assert folder is not None
        return folder
    outdated = [name for name in names if _release(name) not in version(FOLDER / name).split()]
    if not outdated:
        return FOLDER
    if shutil.which("go") is None:
        raise Unavailable(f"needs Go to build them: install Go, or fill a folder with setup-envtest and set {_ASSETS}")
    say(
        f"building {', '.join(outdated)}: the first time takes 5 to 25 minutes on two cores, with 4 GB of memory and "
        "8 GB of disk; a program that is built is kept if you interrupt it"
    )
    env = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=mod -buildvcs=false"}
    with scratch() as folder:
        for name in outdated:
            started = time.monotonic()
            put(_build(name, folder, env), FOLDER / name)
            took = f"{name} {_release(name)} took {time.monotonic() - started:.0f} s"
            say(f"{took} ({outdated.index(name) + 1} of {len(outdated)})")
    return FOLDER


def version(program: Path) -> str:
    """The version in the first line that the program prints; empty if it prints none."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition("\n")[0].strip()


def _release(name: str) -> str:
    """The expected version of a program, as a word of that line."""
    if name == "etcd":
        return ETCD
    return f"v{KWOK if name == 'kwok' else KUBERNETES}"


def _build(name: str, folder: Path, env: dict[str, str]) -> Path:
    """Builds the program in the folder."""
    target = folder / "bin" / name
    if name == "kwok":
        run(
            ["go", "install", f"sigs.k8s.io/kwok/cmd/kwok@v{KWOK}"], {**env, "GOBIN": str(target.parent), "GOFLAGS": ""}
        )
        return target
    if not (folder / "go.mod").exists():
        (folder / "go.mod").write_text(_go_mod(env))
        (folder / "envtest.go").write_text("package envtest\n")
    package, flags = _recipe(name)
    command = ["go", "build", "-trimpath", "-ldflags", f"-s -w {flags}", "-o", str(target)]
    run([*command, package], env, cwd=folder)
    return target


def _recipe(name: str) -> tuple[str, str]:
    """The package of a program, and how the linker writes its version into it."""
    if name == "etcd":
        return "go.etcd.io/etcd/server/v3", ""
    major, minor, _ = KUBERNETES.split(".")
    told = {"gitVersion": f"v{KUBERNETES}", "gitMajor": major, "gitMinor": minor}
    flags = " ".join(f"-X k8s.io/component-base/version.{key}={value}" for key, value in told.items())
    return f"k8s.io/kubernetes/cmd/{name}", flags


def _go_mod(env: dict[str, str]) -> str:
    """The module that etcd and the programs of Kubernetes are built in."""
    download = ["go", "mod", "download", "-json", f"k8s.io/kubernetes@v{KUBERNETES}"]
    theirs = Path(json.loads(run(download, env, cwd=TOOLS))["GoMod"]).read_text()
    go = re.search(r"^go (\S+)$", theirs, re.MULTILINE)
    staging = re.findall(r"^\s+(k8s\.io/\S+) v0\.0\.0$", theirs, re.MULTILINE)
    if go is None or not staging:
        raise Unavailable(f"the go.mod of Kubernetes {KUBERNETES} does not look as it used to")
    lines = [
        "module envtest",
        f"go {go[1]}",
        f"require k8s.io/kubernetes v{KUBERNETES}",
        f"require go.etcd.io/etcd/server/v3 v{ETCD}",
        *(f"replace {module} => {module} v0.{KUBERNETES.partition('.')[2]}" for module in staging),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.envtest", description="Builds a control plane's programs into .tools/envtest."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(PROGRAMS + NODE)}")
    names = parser.parse_args().names or PROGRAMS
    if unknown := set(names) - {*PROGRAMS, *NODE}:
        parser.error(f"no such program: {', '.join(sorted(unknown))}")
    try:
        folder = build(names)
    except Unavailable as reason:
        say(f"no control plane: {reason}")
        return 1
    for name in names:
        print(f"{name:<24} {version(folder / name) or 'missing':<24} {folder / name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
