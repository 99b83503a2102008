"""Where the section is found, and that its places are those in the file."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from helm_cleaner import section, sources
from helm_cleaner.section.layers import merge_over
from helm_cleaner.sources import File
from tests.conftest import Runner

FLUX = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
spec:
  values:
    cleaner: {image: 5}
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  source:
    helm:
"""
CONFIGMAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
data:
  POLYAXON_AGENT_CLEANER: '{"image":5}'
"""


def found(text: str | bytes, path: tuple[str, ...] = ("cleaner",)) -> list[tuple[int | None, int | None, str]]:
    """Where and in what line each section in a file has its mistake."""
    content = textwrap.dedent(text).encode() if isinstance(text, str) else text
    found_at = []
    result = sources.find_sections([File("f.yaml", content)], [path])
    assert result.wrong == []
    for place in result.sources:
        if place.agent is not None:
            value = section.parse_rendered(place.agent.section, place.agent.name.name)
        else:
            assert place.over is not None
            value, _ = merge_over(None, place.over, place.path)
        assert value is not None
        found_at += [(d.location.line, d.location.column, d.location.source or "") for d in section.check(value)]
    return found_at


FOUND: dict[str, tuple[str, list[tuple[int | None, int | None, str]]]] = {
    "values": ("a: 1\ncleaner:\n  image: 5\n", [(3, 10, "  image: 5")]),
    "Flux": (FLUX, [(5, 22, "    cleaner: {image: 5}")]),
    "Argo CD, valuesObject": (
        ARGO + "      valuesObject:\n        cleaner:\n          image: 5\n",
        [(8, 18, "          image: 5")],
    ),
    "Argo CD, values": (
        ARGO + "      values: |\n        # é🚀\n\n        cleaner:\n          image: 5\n",
        [(10, 18, "          image: 5")],
    ),
    "Argo CD, values, header with a comment": (
        ARGO + "      values: |2-  # text\n        cleaner:\n          image: 5\n",
        [(8, 18, "          image: 5")],
    ),
    "Argo CD, values in quotes": (
        ARGO + '      values: "cleaner: {image: 5}"\n',
        [(6, 33, '      values: "cleaner: {image: 5}"')],
    ),
    "Argo CD, values, folded": (
        ARGO + "      values: >\n        cleaner: {image:\n        5}\n",
        [(8, 9, "        5}")],
    ),
    "Argo CD, several sources": (
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n  - repoURL: x\n"
            "  - helm: {valuesObject: {cleaner: {image: 5}}}\n  - helm:\n      values: |\n        cleaner: {image: 6}\n"
        ),
        [(6, 44, "  - helm: {valuesObject: {cleaner: {image: 5}}}"), (9, 26, "        cleaner: {image: 6}")],
    ),
    "ApplicationSet": (
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n      source:\n"
            "        helm:\n          valuesObject: {cleaner: {image: 5}}\n"
        ),
        [(8, 43, "          valuesObject: {cleaner: {image: 5}}")],
    ),
    "helmfile": (
        "releases:\n- name: a\n  values:\n  - other.yaml\n  - cleaner: {image: 5}\n- name: b\n",
        [(5, 22, "  - cleaner: {image: 5}")],
    ),
    "rendered": (CONFIGMAP, [(None, 8, "image: 5")]),
    "rendered, in a list": (
        "apiVersion: v1\nkind: List\nitems:\n" + textwrap.indent(CONFIGMAP, "  ").replace("  api", "- api", 1),
        [(None, 8, "image: 5")],
    ),
    "several documents": (
        f"{FLUX}---\n# none\n---\n{CONFIGMAP}---\nkind: Other\napiVersion: v1\nspec: {{cleaner: {{image: 5}}}}\n",
        [(5, 22, "    cleaner: {image: 5}"), (None, 8, "image: 5")],
    ),
    "none": ("a: 1\n", []),
    "another object's": ("apiVersion: v1\nkind: Secret\ndata: {cleaner: {image: 5}}\n", []),
    "only the word": ("a: the cleaner\n", []),
    "Argo CD, odd shapes": ("apiVersion: a\nkind: Application\nspec: {sources: {helm: cleaner}, source: [1]}\n", []),
    "helmfile, odd shapes": ("releases: [1, {values: {cleaner: 1}}, {values: [cleaner]}]\n", []),
}


@pytest.mark.parametrize(("text", "places"), FOUND.values(), ids=FOUND)
def test_found(text: str, places: list[tuple[int | None, int | None, str]]) -> None:
    assert found(text) == places


def test_byte_order_mark_and_crlf() -> None:
    content = (
        b"\xef\xbb\xbf"
        + (FLUX + "---\n" + ARGO + "      values: |\n        cleaner:\n          image: 5\n")
        .replace("\n", "\r\n")
        .encode()
    )
    assert found(content) == [(5, 22, "    cleaner: {image: 5}"), (14, 18, "          image: 5")]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("polyaxon:\n  cleaner: {image: 5}\n", ("polyaxon", "cleaner")),
        ("apiVersion: v2\nkind: HelmRelease\nspec: {values: {plx: {cleaner: {image: 5}}}}\n", ("plx", "cleaner")),
        ("releases: [{values: [{a: {b: {image: 5}}}]}]\n", ("a", "b")),
    ],
)
def test_found_at_a_path(text: str, path: tuple[str, ...]) -> None:
    assert len(found(text, path)) == 1
    assert found(text) == []


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b"cleaner: [\n", (2, 1), "not YAML"),
        (b"a: 1\n---\ncleaner: \xff\n", (3, 10), "byte 0xff is not UTF-8"),
        (b"cleaner: 1\n---\na: 2\n", (2, 1), "a second document starts here"),
        (b"[cleaner]\n", (1, 1), "must be a mapping, found a list"),
        ("cleaner: {}".encode("utf-16"), (None, None), "in UTF-16"),
        (ARGO.encode() + b"      values: |\n        cleaner: [\n", (8, 1), "not YAML"),
        (ARGO.encode() + b'      values: "cleaner: ["\n', (6, 26), "not YAML"),
        (
            ARGO.encode() + b"      values: |\n        cleaner: {image: {{ .x }}}\n",
            (7, 27),
            "a mapping or a list cannot be a key",
        ),
        (b"%YAML 1.1\n---\ncleaner: {}\n", (1, 1), "a YAML directive"),
        (b"\xef\xbb\xbf# c\r\n\r\n%YAML 1.1\r\n---\r\ncleaner: {}\r\n", (3, 1), "a YAML directive"),
        (b"# cleaner\n%YAML 1.1\n---\n" + FLUX.encode(), (2, 1), "a YAML directive"),
        (b"%YAML 1.1\n---\na: 1\n", (1, 1), "a YAML directive"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    content: bytes, place: tuple[int | None, int | None], message: str
) -> None:
    [d] = dict.fromkeys(sources.find_sections([File("f.yaml", content)]).wrong)
    assert message in d.message
    assert (d.location.file, d.location.line, d.location.column) == ("f.yaml", *place)


def test_deep_nesting_is_refused() -> None:
    [d] = sources.find_sections([File("f.yaml", b"cleaner: " + b"[" * 900 + b"]" * 900)]).wrong
    assert "nested too deeply" in d.message


def test_what_does_not_hold_the_word_is_not_read() -> None:
    found = sources.find_sections([File("f.yaml", b"not: [yaml\n\xff", is_named=False)])
    assert found.sources == []
    assert found.wrong == []


# ---- a section that is missed ---------------------------------------------------------------------------------------

MISSED: dict[str, tuple[str, tuple[str, ...], tuple[str, int, str] | None]] = {
    "a plural": ("a: 1\ncleaners: {}\n", ("cleaner",), ("cleaners", 2, "write cleaner:")),
    "a capital": ("Cleaner: {}\n", ("cleaner",), ("Cleaner", 1, "write cleaner:")),
    "a letter less": ("x: {cleanr: {}}\ncleanr: {}\n", ("cleaner",), ("cleanr", 2, "write cleaner:")),
    "in an umbrella": (
        "polyaxon:\n  cleaner: {}\n", ("cleaner",),
        ("polyaxon.cleaner", 2, "if it is meant: --section polyaxon.cleaner"),
    ),
    "below a path": ("plx: {cleaners: {}}\n", ("plx", "cleaner"), ("plx.cleaners", 1, "write cleaner:")),
    "a byte order mark in its key": (
        "# c\n\ufeffcleaner: {}\n", ("cleaner",), ("\ufeffcleaner", 2, "remove the byte order mark")
    ),
    "another word": ("cleanup: {}\ncontainer: {}\n", ("cleaner",), None),
    "a value": ("plx: cleaners\n", ("cleaner",), None),
    "a manifest": ("apiVersion: v1\nkind: Cleaner\ncleaners: {}\n", ("cleaner",), None),
    "no YAML": ("cleaners: [\n", ("cleaner",), None),
    "a list": ("- cleaners: 1\n", ("cleaner",), None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "expected"), MISSED.values(), ids=MISSED)
def test_a_section_that_is_missed(text: str, path: tuple[str, ...], expected: tuple[str, int, str] | None) -> None:
    found = sources.find_sections([File("v.yaml", text.encode(), is_named=False)], [path]).findings
    assert [(d.path, d.location.line, d.hint) for d in found] == ([expected] if expected else [])
    assert all((d.severity, d.code) == ("warning", "no-section") for d in found)


@pytest.mark.parametrize("args", [["validate", "v.yaml"], ["fix", "v.yaml"], ["merge", "-f", "v.yaml"]], ids=" ".join)
def test_every_command_says_what_it_missed(
    run: Runner, args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text("cleaners:\n  imageTag: dev\n")
    done = run(*args)
    assert done.code == 0
    assert "v.yaml:1:1: warning: cleaners: there is no cleaner section; did you mean cleaner?" in done.err


def test_a_release_without_values() -> None:
    release = (
        b"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: cleaner}\nspec: {values: null}\n"
    )
    assert sources.find_sections([File("release.yaml", release)]).sources == []


def test_a_values_file_with_a_name_of_any_bytes() -> None:
    """Python decodes a byte of a file's name that is not UTF-8 to a surrogate; an Application may name such a file."""
    values = File("raw-\udcff.yaml", b"cleaner: {imageTag: dev}\n")
    application = File("app.yaml", (ARGO + "      valueFiles: [x.yaml]\n").encode())
    assert [place.file for place in sources.find_sections([values, application], []).sources] == ["raw-\udcff.yaml"]
