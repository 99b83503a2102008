"""What users install: the wheel, the source distribution and the archive."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from helm_cleaner import __version__, post_render
from tests.conftest import tool
from tests.support.manifests import CONFIGMAP, DEPLOYMENT
from tools import ROOT, zipapp

pytestmark = pytest.mark.slow

STREAM = (CONFIGMAP % "{}" + DEPLOYMENT).encode()
MOST_BYTES = 600_000  # of which Python's own overhead for each file is a fifth
DATA = ("py.typed", "section/schema.json", "section/defaults.yaml")


def built(kind: str, source: Path, folder: Path) -> Path:
    """The wheel or the source distribution of a folder."""
    if not (source / "helm_cleaner").is_dir():
        pytest.skip("the package is installed, and its source is not here")
    build = f"import hatchling.build as b; print(b.build_{kind}({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=True)
    return folder / done.stdout.splitlines()[-1]


def test_the_wheel_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    wheel = built("wheel", ROOT, tmp_path)
    assert wheel.stat().st_size < MOST_BYTES
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "helm_cleaner").rglob("*") if path.is_file()}
    assert {name for name in names if ".dist-info/" not in name} == {f for f in files if "__pycache__" not in f}
    assert {f"helm_cleaner/{name}" for name in DATA} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_distribution_makes_the_same_wheel(tmp_path: Path) -> None:
    source = built("sdist", ROOT, tmp_path)
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    again = built("wheel", tmp_path / f"helm_cleaner-{__version__}", tmp_path)
    (tmp_path / "direct").mkdir()
    direct = built("wheel", ROOT, tmp_path / "direct")
    assert zipfile.ZipFile(again).namelist() == zipfile.ZipFile(direct).namelist()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive, in a folder with a space in its name."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("the package is installed, and its source is not here")
    return zipapp.build(tmp_path_factory.mktemp("an archive") / "helm-cleaner.pyz")


def test_the_archive_is_the_command(archive: Path, tmp_path: Path) -> None:
    def run(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        # -I: nothing of this environment can stand in for what the archive lacks; its own file is all there is.
        command = [sys.executable, "-I", "-S", str(archive), *args]
        return subprocess.run(command, input=stdin, cwd=tmp_path, capture_output=True, check=False)

    assert run(stdin=STREAM).stdout == post_render(STREAM)
    assert run("--version").stdout == f"helm-cleaner {__version__}\n".encode()
    assert run("schema").stdout.startswith(b"{")
    refused = run("--set", "cleaner.imagePullPolicy=x", stdin=STREAM)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert b"imagePullPolicy" in refused.stderr


def test_the_archive_runs_on_every_python_that_we_promise(archive: Path) -> None:
    """Newer libraries need newer Pythons; the archive's must not, whichever Python builds it."""
    files = zipfile.ZipFile(archive)
    metadata = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
    assert {name.partition("-")[0] for name in metadata} >= {"helm_cleaner", "pyyaml", "jsonpatch", "deepmerge"}
    for name in metadata:
        required = email.message_from_bytes(files.read(name))["Requires-Python"]
        assert SpecifierSet(required or "").contains("3.10"), f"{name}: {required}"


def test_the_archive_names_nothing_of_this_machine(archive: Path) -> None:
    for name in zipfile.ZipFile(archive).namelist():
        assert str(ROOT).encode() not in zipfile.ZipFile(archive).read(name), name


@pytest.mark.helm
def test_the_archive_installs_plugins_that_run_it(archive: Path, tmp_path: Path) -> None:
    helm = tool("helm4")
    env = {key: value for key, value in os.environ.items() if not key.startswith("HELM_")}
    env |= {"HELM_PLUGINS": str(tmp_path), "HELM_BIN": str(helm)}
    subprocess.run([sys.executable, "-I", "-S", archive, "plugin", "install"], env=env, check=True, capture_output=True)
    launcher = (tmp_path / "helm-cleaner" / "post-render").read_text()
    assert str(archive) in launcher
    done = subprocess.run([helm, "cleaner", "--version"], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == f"helm-cleaner {__version__}\n"
