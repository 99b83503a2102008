"""Builds the programs of other projects that `make test-ecosystem` runs helm-cleaner with, into .tools; needs Go.

python -m tools.ecosystem flux ct          minutes each, the first time
python -m tools.ecosystem helmfile         a quarter of an hour
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from tools import ROOT
from tools.programs import TOOLS, Unavailable, put, run, say, scratch

PACKAGES = {
    "ct": "github.com/helm/chart-testing/v3/ct@v3.14.0",
    "helmfile": "github.com/helmfile/helmfile@v1.8.0",
}
# A program of ours around what is internal to Flux's helm-controller.
FLUX = ROOT / "tests" / "ecosystem" / "flux"
NAMES = ("flux", *PACKAGES)


def find(name: str) -> Path | None:
    """Where a program is: on PATH, but for ours, or in .tools. None where it is not."""
    path = (shutil.which(name) if name in PACKAGES else None) or shutil.which(_target(name))
    return Path(path) if path else None


def build(name: str) -> Path:
    """Where a program is, built if need be. Unavailable where it cannot be."""
    if path := find(name):
        return path
    go = shutil.which("go")
    if go is None:
        raise Unavailable("needs Go to build it")
    say(f"building {name}; the first time takes minutes")
    with scratch() as folder:
        env = {**os.environ, "CGO_ENABLED": "0", "GOBIN": str(folder / "bin")}
        if name in PACKAGES:
            run([go, "install", PACKAGES[name]], env)
        else:
            # The versions that its go.mod asks for; go.sum is made here, from Go's checksum database.
            shutil.copytree(FLUX, folder / "source")
            run([go, "mod", "tidy"], env, cwd=folder / "source")
            run([go, "build", "-o", str(folder / "bin" / name), "."], env, cwd=folder / "source")
        put(next((folder / "bin").iterdir()), _target(name))
    return _target(name)


def _target(name: str) -> Path:
    return TOOLS / ("flux-postrender" if name == "flux" else name)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.ecosystem", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}")
    args = parser.parse_args()
    if unknown := set(args.names) - set(NAMES):
        parser.error(f"no such program: {', '.join(sorted(unknown))}")
    failed = False
    for name in args.names:
        try:
            print(f"{name:<9} {build(name)}", flush=True)
        except Unavailable as reason:
            failed = True
            say(f"{name:<9} missing    {reason}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
