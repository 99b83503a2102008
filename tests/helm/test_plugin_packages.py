"""The packages of the plugins, signed, verified, installed and run by real Helm."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from helm_cleaner import __version__
from helm_cleaner.cli import main
from helm_cleaner.helm import POST_RENDERER, plugin_files
from tests.conftest import missing, tool
from tests.support import signing
from tests.support.web_server import serve
from tools import AS_POLYAXON, CHART, ROOT, ecosystem, plugin_packages, plugin_registry, zipapp
from tools.programs import Unavailable

NEXT = "99.0.0"
REFUSED = 'cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never'


# ---- the script of a package, without Helm --------------------------------------------------------------------------


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """The script, with an archive beside it that prints its arguments, in a folder with a space in its name."""
    folder = tmp_path / "plug in"
    folder.mkdir()
    (script,) = [file for file in plugin_files.file_names("cleaner-values") if file != "plugin.yaml"]
    (folder / script).write_text(plugin_files.build_packaged_files("cleaner-values")[script][0])
    (folder / script).chmod(0o755)
    (folder / plugin_files.ARCHIVE).write_text("import sys; print(sys.argv[1:], sys.flags.isolated, sys.flags.no_site)")
    return folder / script


@pytest.mark.parametrize(
    ("pythons", "runs"),
    [
        ({"python3": "new"}, True),
        ({"python3": "old", "python3.12": "new"}, True),
        ({"python3": "old", "python3.10": "broken"}, False),
        ({}, False),
    ],
    ids=["python3", "an old python3", "none that is new", "none"],
)
def test_the_script_finds_a_python(launcher: Path, tmp_path: Path, pythons: dict[str, str], runs: bool) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, kind in pythons.items():
        if kind == "new":
            (programs / name).symlink_to(sys.executable)
        else:  # an old one says no when it is asked for its version; pyenv's names say "command not found"
            (programs / name).write_text(f"#!/bin/sh\nexit {1 if kind == 'old' else 127}\n")
            (programs / name).chmod(0o755)
    command = [str(launcher), "a b", "cleaner://x"]
    done = subprocess.run(command, env={"PATH": str(programs)}, capture_output=True, text=True, check=False)
    if runs:
        assert (done.returncode, done.stdout) == (0, "['preprocess', 'a b', 'cleaner://x'] 1 1\n")
    else:
        assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("name", plugin_files.NAMES)
def test_a_package_says_for_which_helm_it_is(name: str) -> None:
    manifest, mode = plugin_files.build_packaged_files(name)["plugin.yaml"]
    assert mode == 0o644
    assert yaml.safe_load(manifest)["name"] == name
    assert yaml.safe_load(manifest)["version"] == __version__
    first = manifest.partition("\n")[0]
    assert ("for Helm 4; Helm 3 loads no plugin" in first) is (name == POST_RENDERER)
    assert ("for Helm 3 and 4" in first) is (name != POST_RENDERER)


@pytest.mark.parametrize("action", ["install", "uninstall"])
def test_a_packaged_plugin_is_left_to_helm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    monkeypatch.setenv("HELM_PLUGINS", str(tmp_path))
    (tmp_path / "cleaner").mkdir()
    manifest, _ = plugin_files.build_packaged_files("cleaner")["plugin.yaml"]
    (tmp_path / "cleaner" / "plugin.yaml").write_text(manifest)
    assert main(["plugin", action]) == 2
    err = capsys.readouterr().err
    assert f"{tmp_path / 'cleaner'}: error: this plugin was installed from a package [plugin]" in err
    assert "hint: `helm plugin uninstall cleaner` removes it" in err
    assert (tmp_path / "cleaner" / "plugin.yaml").read_text() == manifest


# ---- real Helm ------------------------------------------------------------------------------------------------------


class Packages(NamedTuple):
    """dist: the folder with the packages; keyring: the public half of the key that signed them."""

    dist: Path
    keyring: Path

    def of(self, plugin: str, version: str = __version__) -> Path:
        return self.dist / f"{plugin}-{version}.tgz"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """All packages, signed with a disposable key, of this version and of a later one."""
    if not (ROOT / "helm_cleaner").is_dir():
        pytest.skip("the package is installed, and its source is not here")
    tool("helm4")
    folder = tmp_path_factory.mktemp("packages")
    made = signing.disposable(folder, "Disposable <disposable@example.com>")
    if made is None:
        missing("no gpg here, so no key to sign with (Debian: apt install gpg)")
    signer, public = made
    archive = zipapp.build(folder / "helm-cleaner.pyz")
    plugin_packages.build(folder, archive, signer)
    with pytest.MonkeyPatch.context() as patch:
        for module in (plugin_files, plugin_packages):
            patch.setattr(module, "__version__", NEXT)
        plugin_packages.build(folder, archive, signer)
    return Packages(folder, public)


class BareHelm:
    """A Helm with a home of its own, and only python3 on PATH."""

    def __init__(self, binary: Path, home: Path) -> None:
        self.binary, self.home, self.plugins = binary, home, home / "data home" / "plugins"
        (home / "bin").mkdir()
        (home / "bin" / "python3").symlink_to(sys.executable)
        self.env = {"PATH": str(home / "bin"), "HOME": str(home), "HELM_DATA_HOME": str(home / "data home")}

    def __call__(self, *args: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.binary, *args], env=self.env, cwd=self.home, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def done(self, *args: str | Path) -> str:
        """The output of a command, which must succeed."""
        ran = self(*args)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def uses_values_and_command(self) -> None:
        """The plugins that both majors support work."""
        assert self.done("cleaner", "--version") == f"helm-cleaner {__version__}\n"
        (self.home / "good.yaml").write_text("cleaner: {resources: {cpu: 50m}}\n")
        (self.home / "bad.yaml").write_text("cleaner: {imagePullPolicy: always}\n")
        rendered = self.done("template", "rel", CHART, "-f", "cleaner://good.yaml")
        assert '{\\"cpu\\":\\"50m\\"' in rendered
        refused = self("template", "rel", CHART, AS_POLYAXON, "-f", "cleaner://bad.yaml")
        assert refused.returncode != 0
        assert refused.stdout == ""
        assert f"bad.yaml:1:28: error: {REFUSED}" in refused.stderr

    def installed(self) -> dict[str, str]:
        """The version of each plugin that Helm lists."""
        lines = self.done("plugin", "list").splitlines()[1:]
        return {line.split()[0]: line.split()[1] for line in lines if line.strip()}


@pytest.fixture
def helm4(tmp_path: Path) -> BareHelm:
    return BareHelm(tool("helm4"), tmp_path)


@pytest.fixture
def server(packages: Packages) -> Iterator[str]:
    """The packages, over HTTP on loopback; the URL of their folder."""

    with serve(packages.dist) as address:
        yield address


@pytest.mark.helm
@pytest.mark.slow
def test_a_package_has_the_same_bytes_each_time(packages: Packages, tmp_path: Path) -> None:
    """With any umask, so that anyone can verify that a release was built from this source."""
    umask = os.umask(0o077)
    try:
        plugin_packages.build(tmp_path, packages.dist / plugin_files.ARCHIVE)
    finally:
        os.umask(umask)
    for made in (*tmp_path.glob("*.tgz"), *tmp_path.glob("*.tar.gz")):
        assert made.read_bytes() == (packages.dist / made.name).read_bytes(), made.name


@pytest.mark.helm
@pytest.mark.slow
@pytest.mark.parametrize("plugin", plugin_files.NAMES)
def test_helm_4_verifies_a_package(helm4: BareHelm, packages: Packages, plugin: str) -> None:
    out = helm4.done("plugin", "verify", packages.of(plugin), "--keyring", packages.keyring)
    assert "disposable@example.com" in out


def _flipped(package: Path, _public: Path) -> None:
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 1
    package.write_bytes(data)


def _another_signature(package: Path, _public: Path) -> None:
    prov = package.with_name(package.name + ".prov")
    prov.write_text(prov.read_text().replace("sha256:", "sha256:0", 1))


def _unsigned(package: Path, _public: Path) -> None:
    package.with_name(package.name + ".prov").unlink()


def _another_key(package: Path, public: Path) -> None:
    made = signing.disposable(package.parent, "Somebody Else <else@example.com>")
    assert made is not None
    made[1].replace(public)


@pytest.mark.helm
@pytest.mark.slow
@pytest.mark.parametrize("tamper", [_flipped, _another_signature, _unsigned, _another_key])
def test_helm_4_refuses_a_package_that_is_not_what_was_signed(
    helm4: BareHelm, packages: Packages, tmp_path: Path, tamper: Callable[[Path, Path], None]
) -> None:
    package, public = tmp_path / packages.of(POST_RENDERER).name, tmp_path / "public.gpg"
    for file in (package, package.with_name(package.name + ".prov")):
        file.write_bytes((packages.dist / file.name).read_bytes())
    public.write_bytes(packages.keyring.read_bytes())
    helm4.done("plugin", "verify", package, "--keyring", public)
    tamper(package, public)
    assert helm4("plugin", "verify", package, "--keyring", public).returncode != 0
    assert helm4("plugin", "install", package, "--keyring", public).returncode != 0
    assert helm4.installed() == {}


@pytest.mark.helm
@pytest.mark.slow
@pytest.mark.parametrize("way", ["file", "http"])
def test_helm_4_installs_runs_upgrades_and_uninstalls(
    helm4: BareHelm, packages: Packages, server: str, way: str
) -> None:
    def install(version: str) -> None:
        for plugin in plugin_files.NAMES:
            package = packages.of(plugin, version)
            source = str(package) if way == "file" else f"{server}/{package.name}"
            helm4.done("plugin", "install", source, "--keyring", packages.keyring)

    install(__version__)
    assert helm4.installed() == dict.fromkeys(plugin_files.NAMES, __version__)
    helm4.uses_values_and_command()

    render = ("template", "rel", CHART, AS_POLYAXON, "--post-renderer", POST_RENDERER)
    assert '{\\"cpu\\":\\"50m\\"' in helm4.done(*render, "--set", "cleaner.resources.cpu=50m")
    refused = helm4(*render, "--set", "cleaner.imagePullPolicy=always")
    assert refused.returncode != 0
    assert refused.stdout == ""
    if Path("/proc/self/fd").exists():
        assert f"rel-polyaxon-agent-config: error: {REFUSED}" in refused.stderr

    # `helm plugin update` knows only plugins that came from a repository.
    helm4.done("plugin", "uninstall", *plugin_files.NAMES)
    install(NEXT)
    assert helm4.installed() == dict.fromkeys(plugin_files.NAMES, NEXT)
    assert helm4.done("cleaner", "--version") == f"helm-cleaner {__version__}\n"

    helm4.done("plugin", "uninstall", *plugin_files.NAMES)
    assert helm4.installed() == {}
    assert list(helm4.plugins.iterdir()) == []


# ---- an OCI registry ------------------------------------------------------------------------------------------------


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A registry on loopback: its host and port."""
    program = ecosystem.find("registry")
    if program is None or ecosystem.find("oras") is None:
        pytest.skip("no registry and oras here: make test-ecosystem builds them")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "registry.yaml"
    config.write_text(
        f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {tmp_path}/store}}}}\n"
        f'http: {{addr: "127.0.0.1:{port}"}}\n'
    )
    with subprocess.Popen([program, "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
        process.terminate()


@pytest.mark.ecosystem
@pytest.mark.helm
@pytest.mark.slow
def test_helm_4_installs_from_an_oci_registry(
    helm4: BareHelm, packages: Packages, registry: str, tmp_path: Path
) -> None:
    references = plugin_registry.push(f"{registry}/mine/plugins", packages.dist, plain_http=True)
    assert references == [f"{registry}/mine/plugins/{plugin}:{__version__}" for plugin in plugin_files.NAMES]
    for reference in references:
        out = helm4.done("plugin", "install", f"oci://{reference}", "--plain-http", "--keyring", packages.keyring)
        assert "Signed by: Disposable <disposable@example.com>" in out
    assert helm4.installed() == dict.fromkeys(plugin_files.NAMES, __version__)
    helm4.uses_values_and_command()
    rendered = helm4.done("template", "rel", CHART, AS_POLYAXON, "--post-renderer", POST_RENDERER)
    assert "POLYAXON_AGENT_CLEANER" in rendered

    # Without its signature, Helm refuses it.
    unsigned = tmp_path / "unsigned"
    unsigned.mkdir()
    for plugin in plugin_files.NAMES:
        (unsigned / packages.of(plugin).name).write_bytes(packages.of(plugin).read_bytes())
    helm4.done("plugin", "uninstall", *plugin_files.NAMES)
    (reference, *_) = plugin_registry.push(f"{registry}/unsigned", unsigned, plain_http=True)
    refused = helm4("plugin", "install", f"oci://{reference}", "--plain-http", "--keyring", packages.keyring)
    assert refused.returncode != 0
    assert helm4.installed() == {}


@pytest.mark.parametrize("there", [[], ["cleaner", "cleaner-values"]], ids=["none", "two of three"])
def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: list[str]) -> None:
    monkeypatch.setattr(ecosystem, "find", lambda _: Path("/bin/true"))
    for plugin in there:
        (tmp_path / f"{plugin}-{__version__}.tgz").write_bytes(b"")
    with pytest.raises(Unavailable, match=r"no .*\.tgz in .*: make plugins writes it"):
        plugin_registry.push("registry.example.com/plugins", tmp_path)


@pytest.mark.helm
@pytest.mark.slow
@pytest.mark.parametrize("binary", ["helm3", "helm3-newest"])
def test_helm_3_installs_the_folders(packages: Packages, tmp_path: Path, binary: str) -> None:
    helm = BareHelm(tool(binary), tmp_path)
    unpacked = tmp_path / "unpacked here"
    with tarfile.open(packages.dist / f"{plugin_packages.HELM3}-{__version__}.tar.gz") as archive:
        archive.extractall(unpacked, filter="data")
    names = sorted(path.name for path in unpacked.iterdir())
    assert names == sorted(set(plugin_files.NAMES) - {POST_RENDERER})
    for name in names:
        helm.done("plugin", "install", unpacked / name)
    helm.uses_values_and_command()
    helm.done("plugin", "uninstall", *names)
    assert list(helm.plugins.iterdir()) == []
    assert all((unpacked / name / "plugin.yaml").exists() for name in names)


@pytest.mark.helm
@pytest.mark.slow
def test_helm_3_beside_the_packages_that_both_majors_know(helm4: BareHelm, packages: Packages) -> None:
    """Two Helms on one machine share a folder: without Helm 4's post-renderer in it, both find the plugins."""
    helm3 = tool("helm3")
    for plugin in ("cleaner", "cleaner-values"):
        helm4.done("plugin", "install", packages.of(plugin), "--keyring", packages.keyring)
    helm4.binary = helm3
    helm4.uses_values_and_command()
