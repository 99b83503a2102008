"""The contents of the archive and of the container image, as CycloneDX 1.6.

    python -m tools.sbom archive dist/helm-cleaner.pyz
    python -m tools.sbom root FOLDER --name IMAGE --version 1.2.3

`root` reads an image that was unpacked into a folder: Debian's packages, the Python packages in /opt, and the Go
modules in Helm, which `go version -m` wrote beside it. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import email
import email.message
import hashlib
import json
import re
import sys
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.locked import applies

Component = dict[str, Any]
HELM_MODULES = "usr/local/share/helm.modules"


def of_archive(archive: Path) -> dict[str, Any]:
    """The bill of materials of helm-cleaner.pyz: every distribution in it, and their dependencies."""
    with zipfile.ZipFile(archive) as files:
        names = sorted(name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = [email.message_from_bytes(files.read(name)) for name in names]
    (main,) = [each for each in metadata if canonicalize_name(each["Name"]) == "helm-cleaner"]
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    subject = _python(main) | {"type": "application", "hashes": [{"alg": "SHA-256", "content": digest}]}
    others = [_python(each) for each in metadata if each is not main]
    return _bom(subject, others, _needs(metadata))


def of_root(root: Path, name: str, version: str) -> dict[str, Any]:
    """The bill of materials of an image, from the folder with its files."""
    purl = f"pkg:oci/{quote(name.rpartition('/')[2])}@{quote(version)}"
    subject = {"type": "container", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    metadata = [
        email.message_from_bytes(path.read_bytes()) for path in sorted(root.glob("opt/**/*.dist-info/METADATA"))
    ]
    components = [*_debian(root), *map(_python, metadata), *_go(root)]
    return _bom(subject, components, _needs(metadata))


def _bom(subject: Component, components: Iterable[Component], needs: dict[str, list[str]]) -> dict[str, Any]:
    unique = {each["bom-ref"]: each for each in components}
    listed = sorted(unique.values(), key=lambda each: str(each["bom-ref"]))
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([subject, listed], sort_keys=True))
    refs = [subject["bom-ref"], *(each["bom-ref"] for each in listed)]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": subject},
        "components": listed,
        "dependencies": [{"ref": ref, **({"dependsOn": needs[ref]} if ref in needs else {})} for ref in refs],
    }


def _python(metadata: email.message.Message) -> Component:
    name = canonicalize_name(metadata["Name"])
    purl = f"pkg:pypi/{name}@{quote(metadata['Version'])}"
    component = {"type": "library", "bom-ref": purl, "name": name, "version": metadata["Version"], "purl": purl}
    return component | _license(metadata)


def _license(metadata: email.message.Message) -> Component:
    """The license as an SPDX expression if the package has one, else as its text, else as its classifier."""
    if expression := metadata["License-Expression"]:
        return {"licenses": [{"expression": expression}]}
    classifiers = [each for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")]
    name = (metadata["License"] or "").strip() or "".join(each.rpartition(":: ")[2] for each in classifiers[:1])
    return {"licenses": [{"license": {"name": name.partition("\n")[0]}}]} if name else {}


def _needs(metadata: list[email.message.Message]) -> dict[str, list[str]]:
    """Maps the reference of each package to those of its dependencies that are included."""
    refs = {str(canonicalize_name(each["Name"])): str(_python(each)["bom-ref"]) for each in metadata}
    needs = {}
    for each in metadata:
        wanted = [Requirement(text) for text in each.get_all("Requires-Dist") or []]
        names = {canonicalize_name(requirement.name) for requirement in wanted if applies(requirement)}
        needs[refs[canonicalize_name(each["Name"])]] = sorted(refs[name] for name in names if name in refs)
    return needs


def _debian(root: Path) -> Iterator[Component]:
    """The packages in dpkg's status file, one paragraph each."""
    release = root / "etc" / "os-release"
    told = dict(re.findall(r'^(\w+)="?([^"\n]*)', release.read_text(), re.MULTILINE)) if release.exists() else {}
    distribution = f"{told.get('ID', 'debian')}-{told.get('VERSION_ID', '')}".rstrip("-")
    status = root / "var" / "lib" / "dpkg" / "status"
    for paragraph in status.read_text(encoding="utf-8").split("\n\n") if status.exists() else []:
        package = email.message_from_string(paragraph.strip())
        if package["Status"] == "install ok installed":
            name, version = package["Package"], package["Version"]
            qualifiers = f"arch={package['Architecture']}&distro={distribution}"
            purl = f"pkg:deb/debian/{quote(name)}@{quote(version, safe='')}?{qualifiers}"
            yield {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _go(root: Path) -> Iterator[Component]:
    """The modules in Helm: the lines `dep PATH VERSION HASH` of `go version -m`, and `mod` for Helm itself."""
    modules = root / HELM_MODULES
    for line in modules.read_text().splitlines() if modules.exists() else []:
        words = line.split()
        if words[:1] in (["mod"], ["dep"]) and len(words) >= 3:
            purl = f"pkg:golang/{words[1]}@{quote(words[2])}"
            kind = "application" if words[0] == "mod" else "library"
            yield {"type": kind, "bom-ref": purl, "name": words[1], "version": words[2], "purl": purl}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.sbom", description="Prints a CycloneDX bill of materials.")
    parser.add_argument("kind", choices=["archive", "root"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--name", help="the image's name")
    parser.add_argument("--version", help="the image's version")
    args = parser.parse_args()
    if args.kind == "root" and not (args.name and args.version):
        parser.error("root needs --name and --version")
    bom = of_archive(args.path) if args.kind == "archive" else of_root(args.path, args.name, args.version)
    print(json.dumps(bom, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
