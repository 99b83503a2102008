"""What a release publishes: the notes, the bill of materials, the files, and the workflow that makes them."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner import __version__
from tests.conftest import missing, tool
from tests.support import cyclonedx
from tools import PACKAGE, ROOT, changelog, plugin_packages, release, sbom, zipapp

CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2026-03-04

### Added

- A thing,
  on two lines.

### Fixed

- Another.

## [1.1.0] - 2026-01-31

- The first.

[1.2.0]: https://example.com/1.2.0
"""


# ---- the notes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.0", "### Added\n\n- A thing,\n  on two lines.\n\n### Fixed\n\n- Another.\n"),
        ("1.1.0", "- The first.\n"),
    ],
)
def test_a_versions_section_becomes_its_notes(version: str, expected: str) -> None:
    assert changelog.notes(CHANGELOG, version) == expected


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.3.0", "no heading `## [1.3.0] - YYYY-MM-DD`"),
        ("1.2", "no heading `## [1.2] - YYYY-MM-DD`"),
        ("1x2.0", "no heading"),
        ("Unreleased", "lists no change below [Unreleased]"),
    ],
    ids=["none", "a part", "not a pattern", "empty"],
)
def test_a_version_without_notes_is_refused(version: str, said: str) -> None:
    with pytest.raises(changelog.NoNotes, match=re.escape(said)):
        changelog.notes(CHANGELOG, version)


def test_our_changelog_has_notes_for_what_is_next() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for version in re.findall(r"^## \[([^\]]+)\]", text, re.MULTILINE):
        if version != changelog.UNRELEASED:
            assert changelog.notes(text, version)
    assert f"## [{__version__}]" in text or changelog.notes(text, changelog.UNRELEASED)


def test_the_tag_is_that_of_the_version() -> None:
    release.check_tag(f"v{__version__}")
    for tag in (__version__, f"v{__version__}.1", "v99.0.0", "main"):
        with pytest.raises(release.NotReady, match=re.escape(f"the tag {tag} is not v{__version__}")):
            release.check_tag(tag)


def test_what_is_in_the_way_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dist = tmp_path / "dist"
    release.make_empty(dist)
    assert "".join(capsys.readouterr()) == ""
    for name in "edcba":
        (dist / name).touch()
    release.make_empty(dist)
    assert "".join(capsys.readouterr()) == "emptying dist/, which has a, b, c and 2 more\n"
    assert list(dist.iterdir()) == []


def test_the_version_stands_in_one_place() -> None:
    """Except for the changelog, and the guides, which name the files of a release."""
    files = [ROOT / "pyproject.toml", *PACKAGE.rglob("*.py"), *(ROOT / "tools").glob("*.py")]
    assigned = re.compile(rf"""version\w*\s*[=:]\s*["']{re.escape(__version__)}["']""")
    assert [path.name for path in files if assigned.search(path.read_text(encoding="utf-8"))] == ["version.py"]


# ---- the bill of materials ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "helm_cleaner").is_dir():
        pytest.skip("the package is installed, and its source is not here")
    return zipapp.build(tmp_path_factory.mktemp("archive") / "helm-cleaner.pyz")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An image's files, as far as they tell what is in it."""
    files = {
        "etc/os-release": 'PRETTY_NAME="Debian 13"\nID=debian\nVERSION_ID="13"\n',
        "var/lib/dpkg/status": (
            "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.41-12+deb13u1\n"
            "Description: GNU C Library\n with a second line\n\n"
            "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n"
        ),
        "opt/helm-cleaner/PyYAML-6.0.4.dist-info/METADATA": "Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0.4\n",
        sbom.HELM_MODULES: (
            "/out/helm: go1.27.2\n\tpath\thelm.sh/helm/v4/cmd/helm\n\tmod\thelm.sh/helm/v4\tv4.3.1\th1:x=\n"
            "\tdep\tk8s.io/api\tv0.37.0\th1:y=\n\tbuild\t-trimpath=true\n"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def purls(bom: dict[str, Any]) -> list[str]:
    return [component["purl"] for component in bom["components"]]


@pytest.mark.slow
def test_the_archives_bill_has_every_distribution_in_it(archive: Path) -> None:
    bom = sbom.of_archive(archive)
    names = [re.match(r"([^/]+)\.dist-info/METADATA", name) for name in zipfile.ZipFile(archive).namelist()]
    found = {match[1].lower().replace("_", "-") for match in names if match}
    assert {f"{each['name']}-{each['version']}" for each in [bom["metadata"]["component"], *bom["components"]]} == found
    needs = {each["ref"].partition("@")[0]: each.get("dependsOn", []) for each in bom["dependencies"]}
    assert [ref.partition("@")[0] for ref in needs["pkg:pypi/helm-cleaner"]] == [
        "pkg:pypi/deepmerge", "pkg:pypi/jsonpatch", "pkg:pypi/pyyaml",
    ]  # fmt: skip
    assert all("licenses" in component for component in bom["components"])


def test_an_images_bill_has_debians_pythons_and_gos_packages(root: Path) -> None:
    bom = sbom.of_root(root, "ghcr.io/someone/helm-cleaner", "1.2.3")
    assert purls(bom) == [
        "pkg:deb/debian/libc6@2.41-12%2Bdeb13u1?arch=amd64&distro=debian-13",
        "pkg:golang/helm.sh/helm/v4@v4.3.1",
        "pkg:golang/k8s.io/api@v0.37.0",
        "pkg:pypi/pyyaml@6.0.4",
    ]
    assert bom["metadata"]["component"]["purl"] == "pkg:oci/helm-cleaner@1.2.3"
    assert sbom.of_root(root, "ghcr.io/someone/helm-cleaner", "1.2.3") == bom


@pytest.mark.slow
def test_the_bills_are_what_cyclonedx_takes(archive: Path, root: Path) -> None:
    validator = cyclonedx.validator()
    if validator is None:
        missing("CycloneDX's schema cannot be fetched from PyPI here")
    for bom in (sbom.of_archive(archive), sbom.of_root(root, "ghcr.io/someone/helm-cleaner", "1.2.3")):
        assert [error.message for error in validator.iter_errors(json.loads(json.dumps(bom)))] == []
        assert list(validator.iter_errors({**bom, "specVersion": 1})), "the schema refuses nothing"


# ---- the files ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.helm
def test_artifact_hub_gets_what_it_reads(archive: Path, tmp_path: Path) -> None:
    tool("helm4")
    plugin_packages.build(tmp_path, archive)
    hub = tmp_path / plugin_packages.HUB
    assert isinstance(yaml.safe_load((hub / "artifacthub-repo.yml").read_text()), dict)
    folders = sorted(path.name for path in hub.iterdir() if path.is_dir())
    assert folders == ["cleaner", "cleaner-values", "helm-cleaner"]
    for folder in folders:
        assert sorted(path.name for path in (hub / folder).iterdir()) == ["LICENSE", "README.md", "plugin.yaml"]
        manifest = yaml.safe_load((hub / folder / "plugin.yaml").read_text())
        assert (manifest["name"], manifest["version"]) == (folder, __version__)
        # What its tracker asks for: validateMetadata in internal/tracker/source/helmplugin/helmplugin.go.
        assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
        assert manifest["description"]
        # Its install button offers a command that cannot work, so the page begins with that.
        title, _, text = (hub / folder / "README.md").read_text().partition("\n\n")
        assert title == f"# {folder}"
        assert text.startswith("**The command of Artifact Hub's install button does not work**")
    assert "install button" not in (tmp_path / plugin_packages.HELM3 / "cleaner" / "README.md").read_text()


# ---- the workflow ---------------------------------------------------------------------------------------------------

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
RELEASE: dict[str, Any] = (
    yaml.safe_load((ROOT / ".github" / "workflows" / "release.yaml").read_text(encoding="utf-8")) if WORKFLOWS else {}
)
released = pytest.mark.skipif(not WORKFLOWS, reason="the workflows are not part of the source distribution")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_nothing_is_allowed_by_default(workflow: Path) -> None:
    data = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert data["permissions"] == {}
    for name, job in data["jobs"].items():
        assert "permissions" in job, name
        assert "timeout-minutes" in job, name
        for step in job["steps"]:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", "a@" + "0" * 40)), step


@released
def test_nothing_is_published_before_the_tests_pass() -> None:
    def before(job: str) -> set[str]:
        needs = RELEASE["jobs"][job].get("needs", [])
        direct = {needs} if isinstance(needs, str) else set(needs)
        return direct.union(*(before(each) for each in direct))

    writing = [name for name, job in RELEASE["jobs"].items() if "write" in job["permissions"].values()]
    assert set(writing) == {"image", "index", "plugins", "publish"}
    for job in writing:
        assert {"tests", "build"} <= before(job)
    with_identity = [name for name, job in RELEASE["jobs"].items() if job["permissions"].get("id-token")]
    assert with_identity == ["index", "publish"]


@released
def test_what_the_workflow_runs_is_there() -> None:
    steps = [step.get("run", "") for job in RELEASE["jobs"].values() for step in job["steps"]]
    text = "\n".join(steps)
    for module in re.findall(r"-m (tools\.\w+)", text):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists()
    for target in re.findall(r"^make ([\w-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    locked = (ROOT / "requirements" / "dev.txt").read_text()
    for package in re.findall(r"/\^(\w+)==/", text):
        assert re.search(rf"^{package}==", locked, re.MULTILINE)
    assert release.NOTES in text
