"""Builds everything that a release publishes into dist/, and checks it; only the package index is contacted.

Without `--tag` it is a dry run: the notes may still be below [Unreleased]. With it, the tag must match the version in
helm_cleaner/version.py, and CHANGELOG.md must have a section for it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from helm_cleaner.version import __version__
from tools import ROOT, changelog, plugin_packages, sbom, zipapp
from tools.plugin_packages import DIST
from tools.programs import Unavailable, run, say

NOTES = "release-notes.md"  # becomes the release's text; not one of its files
CHECKSUMS = "SHA256SUMS"


class NotReady(Exception):
    """Something is not ready for a release; the message says what."""


def check_tag(tag: str, version: str = __version__) -> None:
    """NotReady if the tag does not match the version."""
    if tag != f"v{version}":
        raise NotReady(f"the tag {tag} is not v{version}, the version in helm_cleaner/version.py")


def write_notes(target: Path, tagged: bool) -> None:
    """Writes the version's notes. NoNotes if there are none. Without a tag, they may be unreleased."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    try:
        notes = changelog.notes(text, __version__)
    except changelog.NoNotes:
        if tagged:
            raise
        notes = changelog.notes(text, changelog.UNRELEASED)
    target.write_text(notes, encoding="utf-8")


def make_empty(folder: Path) -> None:
    """Makes an empty folder, and says what was in it: `make plugins` and `make zipapp` write to dist/, too."""
    if there := sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []:
        more = f" and {len(there) - 3} more" if there[3:] else ""
        say(f"emptying {folder.name}/, which has {', '.join(there[:3])}{more}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def build(signer: plugin_packages.Signer | None) -> None:
    """Writes every file of the release into dist/, and their checksums into SHA256SUMS."""
    make_empty(DIST)
    for kind in ("wheel", "sdist"):
        code = f"import hatchling.build as b; b.build_{kind}({str(DIST)!r})"
        run([sys.executable, "-c", code], os.environ, cwd=ROOT)
    archive = zipapp.build()
    said = run([sys.executable, "-I", "-S", str(archive), "--version"], os.environ)
    if said != f"helm-cleaner {__version__}\n":
        raise NotReady(f"{archive.name} says that it is {said.strip()}")
    plugin_packages.build(DIST, archive, signer)
    bom = json.dumps(sbom.of_archive(archive), indent=2)
    archive.with_name(f"{archive.name}.cdx.json").write_text(f"{bom}\n")
    files = sorted(path for path in DIST.iterdir() if path.is_file())
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (DIST / CHECKSUMS).write_text("".join(sums))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tag", help="the tag that is released; without it, this is a rehearsal")
    plugin_packages.add_options(parser)
    args = parser.parse_args()
    try:
        if args.tag:
            check_tag(args.tag)
        signer = plugin_packages.signer_of(args)
        if args.tag and signer is None:
            raise NotReady("a release is signed: give --key and --keyring")
        build(signer)
        write_notes(DIST / NOTES, tagged=bool(args.tag))
    except (NotReady, changelog.NoNotes, Unavailable, subprocess.CalledProcessError) as reason:
        say(f"no release: {reason}")
        return 1
    print((DIST / CHECKSUMS).read_text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
