"""Runs' folders in a store on this disk."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

DAY = 86_400


def run_name() -> str:
    return uuid.uuid4().hex


def add_run(store: Path, name: str = "", days: float = 30, files: int = 2) -> str:
    """A run's folder that was last written the days ago. Returns its name."""
    name = name or run_name()
    (store / name / "outputs").mkdir(parents=True)
    for at in range(files):
        (store / name / "outputs" / f"{at}.bin").write_bytes(b"x" * 1000)
    age(store / name, days)
    return name


def age(path: Path, days: float) -> None:
    """Sets the times of all that is below a folder."""
    when = time.time() - days * DAY
    for each in (*path.rglob("*"), path):
        if not each.is_symlink():
            os.utime(each, (when, when))


def content(store: Path) -> dict[str, bytes | None]:
    """Every path below a folder with the file's bytes, None for a folder, and where a link leads."""
    return {
        str(path.relative_to(store)): str(path.readlink()).encode()
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in sorted(store.rglob("*"))
    }
