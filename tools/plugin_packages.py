"""Writes the packages of the Helm plugins into dist/: the archive, with the scripts and plugin.yaml around it.

- `NAME-VERSION.tgz` for Helm 4, made by its own `helm plugin package`, and with `--key` the signature `….tgz.prov`;
- `helm3-plugins/`, folders for `helm plugin install` of Helm 3, and the same as `helm3-plugins-VERSION.tar.gz`;
- `artifacthub/`, what Artifact Hub reads from a branch: artifacthub-repo.yml, and plugin.yaml, README.md and LICENSE of
  each plugin. It takes everything it shows from these, and it rejects a plugin without a description
  (internal/tracker/source/helmplugin/helmplugin.go in artifacthub/hub), which Helm 4 refuses in a plugin.yaml of the
  new format: the copy for Artifact Hub has one.

They need nothing but Python: the archive contains the rest. The same source and owner give the same bytes each time,
except for signatures, which contain the time.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from helm_cleaner.helm import COMMAND, POST_RENDERER, VALUES, plugin_files
from helm_cleaner.version import __version__
from tools import ROOT, zipapp
from tools.helm import find
from tools.programs import Unavailable, run, say

DIST = ROOT / "dist"
HELM3 = "helm3-plugins"
HUB = "artifacthub"
_README = """\
# {name}

{note}{what}

A plugin for {majors}, of helm-cleaner, which checks and completes the `cleaner:` section of Polyaxon's charts. It needs
Python 3.10 or later on PATH, and nothing else.

{install}
"""
_HUB_NOTE = """\
**The command of Artifact Hub's install button does not work**: `helm plugin install` with this repository's URL finds
no plugin there. Use a command from the end of this page.

"""
_WHAT = {
    POST_RENDERER: "`helm upgrade --install plx polyaxon/polyaxon -f values.yaml --post-renderer helm-cleaner`",
    COMMAND: "`helm cleaner validate values.yaml`, and every other command of helm-cleaner",
    VALUES: "`helm upgrade --install plx polyaxon/polyaxon -f cleaner://values.yaml`",
}
_DESCRIPTIONS = {  # of those whose plugin.yaml cannot hold one
    POST_RENDERER: "checks, completes and patches the cleaner section of Polyaxon's charts, as Helm 4's post-renderer",
}
_INSTALL = """\
Helm 4 installs it from the files of a release, and checks their signature:

    helm plugin install {name}-{version}.tgz --keyring helm-cleaner.gpg

or from the registry that the release notes name:

    helm plugin install oci://REGISTRY/{name}:{version} --keyring helm-cleaner.gpg"""
_INSTALL_HELM3 = """

Helm 3 takes the folder of that name in `helm3-plugins-{version}.tar.gz`:

    helm plugin install ./{name}"""


@dataclass(frozen=True)
class Signer:
    """key: a part of the key's user ID; keyring: a file in GnuPG's old format, as written by `gpg
    --export-secret-keys`.

    passphrase: the file with the key's passphrase, if it has one.
    """

    key: str
    keyring: Path
    passphrase: Path | None = None

    def options(self) -> list[str]:
        """The options for `helm plugin package`."""
        options = ["--key", self.key, "--keyring", str(self.keyring)]
        return options + (["--passphrase-file", str(self.passphrase)] if self.passphrase else [])


def build(dist: Path, archive: Path, signer: Signer | None = None) -> list[Path]:
    """Makes all packages from the archive; returns their paths. Unavailable without Helm 4, or if the key does not
    exist.
    """
    helm = find("helm4")
    if helm is None:
        raise Unavailable("no helm4 here: make helm fetches it")
    sign = signer.options() if signer else ["--sign=false"]
    packages = []
    with tempfile.TemporaryDirectory() as name:
        folders = [_fill(Path(name, plugin), archive) for plugin in plugin_files.NAMES]
        for folder in folders:
            run([str(helm), "plugin", "package", str(folder), "--destination", str(dist), *sign], os.environ)
            package = dist / f"{folder.name}-{__version__}.tgz"
            packages += [package, *([package.with_name(f"{package.name}.prov")] if signer else [])]
        for_helm3 = [folder for folder in folders if folder.name != POST_RENDERER]
        shutil.rmtree(dist / HELM3, ignore_errors=True)
        for folder in for_helm3:
            shutil.copytree(folder, dist / HELM3 / folder.name)
        shutil.rmtree(dist / HUB, ignore_errors=True)
        for folder in folders:
            _copy_for_hub(folder, dist / HUB / folder.name)
        shutil.copy(ROOT / "artifacthub-repo.yml", dist / HUB)
        packages.append(_pack(dist / f"{HELM3}-{__version__}.tar.gz", for_helm3))
    return packages


def _copy_for_hub(folder: Path, target: Path) -> None:
    """Copies what Artifact Hub reads of a plugin, with the description that it requires."""
    shutil.copytree(folder, target, ignore=_all_but_metadata)
    (target / "README.md").write_text(_readme(folder.name, _HUB_NOTE))
    manifest = target / "plugin.yaml"
    text = manifest.read_text()
    if "\ndescription:" not in text:
        manifest.write_text(f"{text}description: {_DESCRIPTIONS[folder.name]}\n")


def _all_but_metadata(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name not in ("plugin.yaml", "README.md", "LICENSE")]


def _readme(name: str, note: str = "") -> str:
    for_both = name != POST_RENDERER
    install = (_INSTALL + _INSTALL_HELM3 if for_both else _INSTALL).format(name=name, version=__version__)
    majors = "Helm 3 and 4" if for_both else "Helm 4"
    return _README.format(name=name, note=note, what=_WHAT[name], majors=majors, install=install)


def _fill(folder: Path, archive: Path) -> Path:
    """Writes the files of a plugin into a folder."""
    folder.mkdir()
    files = plugin_files.build_packaged_files(folder.name)
    for file, (text, _) in files.items():
        (folder / file).write_text(text)
    executable = {plugin_files.ARCHIVE, *(file for file, (_, mode) in files.items() if mode & 0o100)}
    shutil.copy(archive, folder / plugin_files.ARCHIVE)
    shutil.copy(ROOT / "LICENSE", folder)
    (folder / "README.md").write_text(_readme(folder.name))
    for path in (*folder.iterdir(), folder):
        path.chmod(0o755 if path.is_dir() or path.name in executable else 0o644)  # whatever the umask is
        os.utime(path, (zipapp.TIME, zipapp.TIME))
    return folder


def _pack(target: Path, folders: Iterable[Path]) -> Path:
    def of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return entry

    # Packed by hand: tarfile would write the time of day into gzip's header.
    with tempfile.TemporaryFile() as plain:
        with tarfile.open(fileobj=plain, mode="w") as tar:
            for folder in folders:
                tar.add(folder, folder.name, filter=of_nobody)
        plain.seek(0)
        target.write_bytes(gzip.compress(plain.read(), mtime=0))
    return target


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that name the key."""
    parser.add_argument("--key", help="sign with this key: a part of its user ID")
    parser.add_argument(
        "--keyring", type=Path, help="where the key is: a file in GnuPG's old format (gpg --export-secret-keys > FILE)"
    )
    parser.add_argument("--passphrase-file", type=Path, help="a file that holds the passphrase of the key")


def signer_of(args: argparse.Namespace) -> Signer | None:
    """The key that these options name; None without them. Unavailable if only one of them is given."""
    if bool(args.key) != bool(args.keyring):
        raise Unavailable("--key and --keyring belong together")
    return Signer(args.key, args.keyring, args.passphrase_file) if args.key else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.plugin_packages", description=(__doc__ or "").split("\n")[0])
    add_options(parser)
    args = parser.parse_args()
    try:
        signer = signer_of(args)
        packages = build(DIST, zipapp.build(), signer)
    except Unavailable as reason:
        say(f"no packages: {reason}")
        return 1
    for package in packages:
        print(f"{package.relative_to(ROOT)}: {package.stat().st_size // 1024} KiB")
    if signer is None:
        say("not signed, so Helm 4 installs them with --verify=false alone: sign with --key and --keyring")
    return 0


if __name__ == "__main__":
    sys.exit(main())
