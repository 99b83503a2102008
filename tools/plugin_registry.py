"""Pushes the plugin packages in dist/ to an OCI registry, from where Helm 4 installs them.

    python -m tools.plugin_registry ghcr.io/OWNER/REPOSITORY/plugins

Each goes to a repository of its own below that, because Helm takes the last segment of its name for the plugin's name.
oras pushes them, with the credentials of `oras login` or `docker login`.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from helm_cleaner.helm import plugin_files
from helm_cleaner.version import __version__
from tools import ecosystem
from tools.plugin_packages import DIST
from tools.programs import Unavailable, run

# What Helm looks for: pkg/registry/plugin.go of Helm 4. It pulls layers of these types only, also the signature.
ARTIFACT_TYPE = "application/vnd.helm.plugin.v1+json"
_TYPES = {
    ".tgz": "application/vnd.oci.image.layer.v1.tar+gzip",
    ".prov": "application/vnd.oci.image.layer.v1.tar",
}


def push(registry: str, dist: Path = DIST, *, plain_http: bool = False) -> list[str]:
    """Pushes every package and its signature; returns the references. Unavailable if a package or oras is missing."""
    oras = ecosystem.find("oras")
    if oras is None:
        raise Unavailable("no oras here: python -m tools.ecosystem oras builds it")
    references = []
    for plugin in plugin_files.NAMES:
        package = dist / f"{plugin}-{__version__}.tgz"
        files = [file for file in (package, package.with_name(f"{package.name}.prov")) if file.exists()]
        if package not in files:
            raise Unavailable(f"no {package.name} in {dist}: make plugins writes it")
        reference = f"{registry}/{plugin}:{__version__}"
        # Run in their folder: the name that is pushed is the one that is given, and Helm looks for it.
        names = [f"{file.name}:{_TYPES[file.suffix]}" for file in files]
        options = ["--artifact-type", ARTIFACT_TYPE, *(["--plain-http"] if plain_http else [])]
        run([str(oras), "push", *options, reference, *names], os.environ, cwd=dist)
        references.append(reference)
    return references


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.plugin_registry", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("registry", help="the registry and the path below it, without oci://")
    try:
        print("\n".join(push(parser.parse_args().registry)))
    except Unavailable as reason:
        print(f"nothing more is pushed: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
