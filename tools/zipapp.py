"""Writes dist/helm-cleaner.pyz: the package and its dependencies in one file that any Python from 3.10 on runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipapp
from pathlib import Path

from tools import ROOT, locked

MAIN = "from helm_cleaner.cli import program\n\nprogram()\n"
TARGET = ROOT / "dist" / "helm-cleaner.pyz"
# Of all files in it, so that the same source makes the same bytes. Local time, as a zip file has it.
TIME = time.mktime((2020, 2, 2, 0, 0, 0, 0, 0, -1))


def build(target: Path = TARGET) -> Path:
    """Builds the archive, in pure Python: libyaml cannot be loaded from it, and would tie it to one platform."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        command += ["--no-deps", "--target", str(folder)]
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
            wanted.write("".join(f"{package.line()}\n" for package in locked.runtime()))
            wanted.flush()
            for what in (["--require-hashes", "--requirement", wanted.name], ["--no-build-isolation", str(ROOT)]):
                subprocess.run([*command, *what], check=True)
                shutil.rmtree(folder / "bin", ignore_errors=True)
        for library in folder.rglob("*.so"):
            library.unlink()
        shutil.rmtree(folder / "_yaml", ignore_errors=True)
        for source in folder.glob("*.dist-info/direct_url.json"):  # where this checkout is
            source.unlink()
        (folder / "__main__.py").write_text(MAIN)
        for file in folder.rglob("*"):
            os.utime(file, (TIME, TIME))
        target.parent.mkdir(exist_ok=True)
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env python3", compressed=True)
    target.chmod(0o755)
    return target


if __name__ == "__main__":
    path = build()
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")
