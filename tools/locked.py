"""helm-cleaner's run-time dependencies, with the versions and hashes from requirements/dev.txt."""

from __future__ import annotations

import importlib.metadata
import re
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import ROOT

# The lowest Python that we promise: some libraries have a version for it and a newer one for later Pythons.
PYTHON = {"python_version": "3.10", "python_full_version": "3.10.0", "extra": ""}


class Locked(NamedTuple):
    """A package. hashes: those of its files, `sha256:…`, as pip expects them."""

    name: str
    version: str
    hashes: tuple[str, ...]

    def line(self) -> str:
        """The line for a requirements file."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={hash_}" for hash_ in self.hashes)])


def runtime() -> list[Locked]:
    """The packages in the archive, sorted by name; they run on every supported Python."""
    wanted = _closure("helm-cleaner", set())
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements" / "dev.txt").read_text())
    found = {}
    for entry in entries:
        requirement, *rest = entry.partition(" \\\n")
        if requirement.startswith("#"):
            continue
        parsed = Requirement(requirement)
        if canonicalize_name(parsed.name) in wanted and applies(parsed):
            version = str(parsed.specifier).removeprefix("==")
            found[parsed.name] = Locked(parsed.name, version, tuple(re.findall(r"--hash=(\S+)", "".join(rest))))
    assert set(found) == wanted, f"not in requirements/dev.txt: {wanted - set(found)}"
    return [found[name] for name in sorted(found)]


def _closure(name: str, seen: set[str]) -> set[str]:
    """The names of everything that the package requires, directly and indirectly."""
    for text in importlib.metadata.distribution(name).requires or []:
        requirement = Requirement(text)
        needed = canonicalize_name(requirement.name)
        if applies(requirement) and needed not in seen:
            seen.add(needed)
            _closure(needed, seen)
    return seen


def applies(requirement: Requirement) -> bool:
    """Whether a requirement applies on the lowest Python, without extras."""
    return requirement.marker is None or requirement.marker.evaluate(PYTHON)
