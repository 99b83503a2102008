"""kube-apiserver and etcd, for a real API server in the tests.

`find()` says in which folder they are, and never builds. `python -m tools.envtest` builds what is not there yet
from the Go module proxy, into .tools/envtest. The first that is there:

1. the environment variable KUBEBUILDER_ASSETS: the folder that Kubernetes' own envtest uses, filled by setup-envtest;
2. the folder .tools/envtest.

Go does not build kube-apiserver by its name alone: `go install` refuses a module with replacements, and that of
Kubernetes replaces the modules of its staging area by folders that are not in the module. So a module of our own
requires it, and says which versions of these are meant.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.programs import TOOLS, Unavailable, put, run, say, scratch

FOLDER = TOOLS / "envtest"
KUBERNETES = "1.37.2"
ETCD = "3.7.0"
PROGRAMS = ("kube-apiserver", "etcd")
_ASSETS = "KUBEBUILDER_ASSETS"


def find() -> Path | None:
    """The folder with both programs, or None. Builds nothing."""
    if given := os.environ.get(_ASSETS):
        # A wrong setting must not be made good by another server: the tests would run on something else than was asked.
        if missing := _missing(Path(given)):
            raise Unavailable(f"{_ASSETS}={given}: no {' and no '.join(missing)} in it")
        return Path(given).absolute()
    return None if _missing(FOLDER) else FOLDER


def build() -> Path:
    """The folder with both programs; what is not in .tools/envtest, or of another version, is built."""
    if os.environ.get(_ASSETS):
        folder = find()
        assert folder is not None
        return folder
    outdated = [name for name in PROGRAMS if not version(FOLDER / name).endswith(_wanted(name))]
    if not outdated:
        return FOLDER
    if shutil.which("go") is None:
        raise Unavailable(f"needs Go to build them: install Go, or fill a folder with setup-envtest and set {_ASSETS}")
    say(f"building {' and '.join(outdated)} (Kubernetes {KUBERNETES}, etcd {ETCD}); the first time takes ten minutes")
    env = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=mod -buildvcs=false"}
    with scratch() as folder:
        (folder / "go.mod").write_text(_go_mod(env))
        (folder / "envtest.go").write_text("package envtest\n")
        for name in outdated:
            package, flags = _recipe(name)
            command = ["go", "build", "-trimpath", "-ldflags", f"-s -w {flags}", "-o", str(folder / "bin" / name)]
            run([*command, package], env, cwd=folder)
            put(folder / "bin" / name, FOLDER / name)
    return FOLDER


def version(program: Path) -> str:
    """What the program says of its version in the first line; empty where there is none."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition("\n")[0].strip()


def _missing(folder: Path) -> list[str]:
    return [name for name in PROGRAMS if shutil.which(folder / name) is None]


def _wanted(name: str) -> str:
    return f" v{KUBERNETES}" if name == "kube-apiserver" else f" {ETCD}"


def _recipe(name: str) -> tuple[str, str]:
    """The package of a program, and how the linker writes its version into it."""
    if name == "etcd":
        return "go.etcd.io/etcd/server/v3", ""
    major, minor, _ = KUBERNETES.split(".")
    told = {"gitVersion": f"v{KUBERNETES}", "gitMajor": major, "gitMinor": minor}
    flags = " ".join(f"-X k8s.io/component-base/version.{key}={value}" for key, value in told.items())
    return "k8s.io/kubernetes/cmd/kube-apiserver", flags


def _go_mod(env: dict[str, str]) -> str:
    """The module that both programs are built in."""
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
    argparse.ArgumentParser(
        prog="python -m tools.envtest", description="Builds kube-apiserver and etcd into .tools/envtest."
    ).parse_args()
    try:
        folder = build()
    except Unavailable as reason:
        say(f"no API server: {reason}")
        return 1
    for name in PROGRAMS:
        print(f"{name:<14} {version(folder / name):<20} {folder / name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
