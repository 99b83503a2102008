"""A container image with this machine's Python and what PyPI's `polyaxon` installs, for nodes without a registry."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.support import images
from tests.support.images import Image
from tools import ROOT

NAME = "docker.io/polyaxon/polyaxon-init:from-pypi"
_PACKAGES = "/packages"
_LEFT_OUT = re.compile(r"/(test|tests|idlelib|tkinter|ensurepip|site-packages|__pycache__|config-3[^/]*)(/|$)|\.a$")


def make(folder: Path) -> Path:
    """Writes the archive of the image into a folder."""
    packages = folder / "packages"
    locked = [str(ROOT / "requirements" / "sdk.txt")]
    subprocess.run(
        [Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--target", packages, "--python",
         sys.executable, "--require-hashes", *[arg for each in locked for arg in ("--requirement", each)]],
        check=True, capture_output=True,
    )  # fmt: skip
    python = Path(sys.base_prefix)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    buffer = io.BytesIO(images.made().layer)
    with tarfile.open(fileobj=buffer, mode="a") as files:
        program = (python / "bin" / name).resolve()
        files.add(program, f"{str(program).lstrip('/')}")
        link = tarfile.TarInfo("bin/python3")
        link.type, link.linkname = tarfile.SYMTYPE, str(program)
        files.addfile(link)
        stdlib = python / "lib" / name
        files.add(stdlib, str(stdlib).lstrip("/"), filter=_without_tests)
        files.add(packages, _PACKAGES.lstrip("/"), filter=_without_tests)
        for library in sorted(_libraries([program, *stdlib.rglob("*.so"), *packages.rglob("*.so")])):
            files.add(Path(library).resolve(), library.lstrip("/"))
    layer = buffer.getvalue()
    config = json.loads(images.made().config)
    config["config"]["Env"] = ["PATH=/bin", "POLYAXON_SERVICE=init", f"PYTHONPATH={_PACKAGES}", "HOME=/tmp"]
    config["rootfs"]["diff_ids"] = [images.digest(layer)]
    target = folder / "polyaxon.tar"
    Image(json.dumps(config).encode(), layer).save(target, [NAME])
    return target


def _without_tests(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _LEFT_OUT.search(f"/{entry.name.removeprefix('packages/')}") else entry


def _libraries(programs: list[Path]) -> set[str]:
    found: set[str] = set()
    for program in programs:
        done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
        found |= set(re.findall(r"=> (/\S+) \(0x", done.stdout))
    return found
