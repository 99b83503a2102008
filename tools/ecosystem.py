"""Builds the programs of other projects that `make test-ecosystem` runs helm-cleaner with, into .tools; needs Go.

python -m tools.ecosystem flux ct oras registry        minutes each, the first time
python -m tools.ecosystem helmfile                     a quarter of an hour, on two cores
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from pathlib import Path

from tools import ROOT
from tools.programs import TOOLS, Unavailable, put, run, say, scratch

# Where the main package of a program is. It is built as its own main module, so that the replacements in its go.mod
# count: `go install` refuses a module that has some.
THEIRS = {
    "ct": ("github.com/helm/chart-testing/v3@v3.14.0", "./ct"),
    "helmfile": ("github.com/helmfile/helmfile@v1.8.0", "."),
    "oras": ("oras.land/oras@v1.3.6", "./cmd/oras"),
    "registry": ("github.com/distribution/distribution/v3@v3.1.2", "./cmd/registry"),
}
# Programs of ours around libraries of theirs.
OURS = {
    # What Flux's helm-controller keeps internal: the post-renderers of a HelmRelease.
    "flux": ROOT / "tests" / "ecosystem" / "flux",
}
NAMES = (*OURS, *THEIRS)


def find(name: str) -> Path | None:
    """Where a program is: on PATH, but for ours, or in .tools. None where it is not."""
    path = (shutil.which(name) if name in THEIRS else None) or shutil.which(_target(name))
    return Path(path) if path else None


def build(name: str) -> Path:
    """Where a program is, built if need be. Unavailable where it cannot be."""
    if path := find(name):
        return path
    go = shutil.which("go")
    if go is None:
        raise Unavailable("needs Go to build it")
    say(f"building {name}; the first time takes minutes")
    started = time.monotonic()
    env = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    with scratch() as folder:
        if name in OURS:
            source, package = folder / "source", "."
            # The versions that its go.mod asks for; go.sum is made here, from Go's checksum database.
            shutil.copytree(OURS[name], source)
            run([go, "mod", "tidy"], env, cwd=source)
        else:
            module, package = THEIRS[name]
            source = Path(json.loads(run([go, "mod", "download", "-json", module], env, cwd=folder))["Dir"])
        run([go, "build", "-buildvcs=false", "-o", str(folder / name), package], env, cwd=source)
        put(folder / name, _target(name))
    say(f"{name} took {time.monotonic() - started:.0f} s")
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
