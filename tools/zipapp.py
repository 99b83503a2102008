"""Writes dist/helm-cleaner.pyz: the package and what it needs in one file that any Python from 3.10 on runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipapp
from pathlib import Path

from tools import ROOT

MAIN = "from helm_cleaner.cli import program\n\nprogram()\n"
TARGET = ROOT / "dist" / "helm-cleaner.pyz"


def build(target: Path = TARGET) -> Path:
    """Builds the archive. Python alone: libyaml could not be loaded out of it, and would bind it to one platform."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        subprocess.run([*command, "--target", folder, ROOT], check=True)
        for library in folder.rglob("*.so"):
            library.unlink()
        for needless in ("bin", "_yaml"):
            shutil.rmtree(folder / needless, ignore_errors=True)
        for source in folder.glob("*.dist-info/direct_url.json"):  # where this checkout is
            source.unlink()
        (folder / "__main__.py").write_text(MAIN)
        target.parent.mkdir(exist_ok=True)
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env python3", compressed=True)
    target.chmod(0o755)
    return target


if __name__ == "__main__":
    path = build()
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")
