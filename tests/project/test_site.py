"""The site's pages: made from the repository's, with links that work there."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
import yaml

from helm_cleaner import codes
from helm_cleaner.cli import main
from tools import ROOT, site

if not site.SOURCE.is_dir():
    pytest.skip("the site is not part of the source distribution", allow_module_level=True)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("README.md", "[a](docs/helm.md#x) b", "[a](helm.md#x) b"),
        ("README.md", "[a](docs/helm.md)", "[a](helm.md)"),
        ("docs/ci.md", "[`a`](../README.md#install)", "[`a`](index.md#install)"),
        ("docs/ci.md", "[a](helm.md#b), [c](#d)", "[a](helm.md#b), [c](#d)"),
        ("docs/ci.md", "[the `chart`](../chart)", "the `chart`"),
        ("docs/ci.md", "[a](https://example.com/b.md#c)", "[a](https://example.com/b.md#c)"),
        ("README.md", "![a [b] c](docs/pictures/diff.svg)", "![a [b] c](pictures/diff.svg)"),
        ("docs/ci.md", "a\n<!-- run: helm -->\n```sh\nx\n```\n", "a\n```sh\nx\n```\n"),
        ("docs/ci.md", "<!-- check:\nx\n-->\n\nb\n", "\nb\n"),
    ],
)
def test_links_and_comments(name: str, text: str, expected: str) -> None:
    assert site.page(name, text) == expected


def test_every_page_is_in_the_navigation() -> None:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda _loader, suffix, _node: suffix)
    config = yaml.load((site.SOURCE / "mkdocs.yaml").read_text(encoding="utf-8"), Loader)  # noqa: S506  # our own file
    listed = set(re.findall(r"[\w./-]+\.md", json.dumps(config["nav"])))
    assert listed == {*site.PAGES.values(), "playground.md", "codes/index.md"}
    assert (site.SOURCE / config["docs_dir"]).resolve() == site.DOCS
    assert (site.SOURCE / config["site_dir"]).resolve() == site.TARGET


def test_each_code_has_a_page(tmp_path: Path) -> None:
    site.write_pages(tmp_path / "docs")
    names = {path.stem for path in (tmp_path / "docs" / "codes").glob("*.md")}
    assert names == {*codes.BY_NAME, "index"}
    page = (tmp_path / "docs" / "codes" / "pull-policy.md").read_text(encoding="utf-8")
    assert "```yaml\ncleaner:\n  imagePullPolicy: always\n```\n" in page
    assert "```yaml\ncleaner:\n  imagePullPolicy: Always\n```\n" in page
    for path in (tmp_path / "docs").rglob("*.md"):
        assert "<!-- run" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("name", site.EXAMPLES)
def test_the_examples_show_what_they_say(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "values.yaml").write_text(site.EXAMPLES[name])
    code = main(["validate", "--format", "json", str(tmp_path / "values.yaml")])
    found = json.loads(capsys.readouterr().out)
    assert (not found) == (name == "No mistake")
    assert code == (any(each["severity"] == "error" for each in found))


@pytest.mark.parametrize("name", site.STORES)
def test_the_job_can_use_the_stores(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # nothing is piped in
    (tmp_path / "store.yaml").write_text(site.STORES[name] or "{}")
    assert main(["explain", "-f", str(tmp_path / "store.yaml"), "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "Job"


def test_the_page_is_small_enough_to_read() -> None:
    """The program of the playground is this: no framework, nothing that is built."""
    assert len((site.SOURCE / "playground" / "page.js").read_text().splitlines()) < 250
    assert (ROOT / "site" / "playground" / "run.py").is_file()
