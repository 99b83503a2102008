"""What may be meant for the section, but is not where Helm and Polyaxon look for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from helm_cleaner import values
from helm_cleaner.fixing.preprocess import preprocess
from helm_cleaner.section.look_alikes import find_look_alikes
from tests.conftest import Runner
from tests.support.manifests import CONFIGMAP

NULL = "has no value: the chart renders null, which the agent cannot load unless post-render replaces it"
DOT = "is one key: in a values file, a dot does not lead into a mapping"
NBSP = "begins with a no-break space (U+00A0), which is no indentation to YAML"
Found = list[tuple[int | None, str, str, str]]  # line, path, message, hint
REMOVE = "remove it, or indent its fields below it"
CASES: dict[str, tuple[str, tuple[str, ...], Found]] = {
    "no value": ("a: 1\ncleaner:\n", ("cleaner",), [(2, "cleaner", NULL, REMOVE)]),
    "null": ("cleaner: null\n", ("cleaner",), [(1, "cleaner", NULL, REMOVE)]),
    "in an umbrella": ("plx:\n  cleaner: ~\n", ("plx", "cleaner"), [(2, "plx.cleaner", NULL, REMOVE)]),
    "its fields beside it": (
        "cleaner:\nimage: x\nnodeSelector: {a: b}\n",
        ("cleaner",),
        [(1, "cleaner", NULL, REMOVE), (2, "image", "is beside cleaner, not in it", "indent it, below cleaner:")],
    ),
    "after braces": (
        "cleaner: {}\nresources: {}\ntolerations: []\n",
        ("cleaner",),
        [(2, "resources", "is beside cleaner, not in it", "indent it, below cleaner: without the {}")],
    ),
    "beside it in an umbrella": (
        "image: x\nplx:\n  cleaner: {}\n  imageTag: x\n",
        ("plx", "cleaner"),
        [(4, "plx.imageTag", "is beside cleaner, not in it", "indent it, below cleaner: without the {}")],
    ),
    "beside a section with fields": ("cleaner: {image: y}\nimage: x\n", ("cleaner",), []),
    "empty": ("cleaner: {}\nui: {}\n", ("cleaner",), []),
    "no-break spaces": (
        "cleaner:\n\u00a0\u00a0resources:\n\u00a0\u00a0\u00a0\u00a0limits: {cpu: 1}\nui: 1\n",
        ("cleaner",),
        [(1, "cleaner", NULL, REMOVE),
         (2, "resources", NBSP, "indent it with spaces, below cleaner:"),
         (3, "limits", NBSP, "indent it with spaces, below cleaner:")],
    ),
    "a no-break space in a line": (
        "cleaner:\n  image: x\n\u3000imageTag: y\n",
        ("cleaner",),
        [(3, "imageTag", "begins with an ideographic space (U+3000), which is no indentation to YAML",
          "indent it with spaces, below cleaner:")],
    ),
    "a no-break space elsewhere": ("cleaner: {image: x}\nui:\n\u00a0enabled: true\n", ("cleaner",), []),
    "a dot": (
        "cleaner.imageTag: x\n",
        ("cleaner",),
        [(1, '["cleaner.imageTag"]', f"cleaner.imageTag {DOT}", "write cleaner: and imageTag below it")],
    ),
    "a dot beside the section": (
        "cleaner: {image: x}\ncleaner.resources.limits: {cpu: 1}\n",
        ("cleaner",),
        [(2, '["cleaner.resources.limits"]', f"cleaner.resources.limits {DOT}",
          "write cleaner: and resources.limits below it")],
    ),
    "a dot in an umbrella": (
        "plx.cleaner: {image: x}\n",
        ("plx", "cleaner"),
        [(1, '["plx.cleaner"]', f"plx.cleaner {DOT}",
          "write plx.cleaner as nested mappings and its fields below it")],
    ),
    "a dot of something else": ("cleaner: {image: x}\nother.imageTag: x\nplx.cleaner: {}\n", ("cleaner",), []),
    "misspelled": (
        "claener: {image: x}\n",
        ("cleaner",),
        [(1, "claener", "there is no cleaner section; did you mean cleaner?", "write cleaner:")],
    ),
    "a no-break space in the key": (
        "cleaner\u00a0: {image: x}\n",
        ("cleaner",),
        [(1, "cleaner\u00a0", "there is no cleaner section: a no-break space (U+00A0) is part of this key",
          "remove the no-break space")],
    ),
    "a scalar of a similar name": ("cleanerTag: 2.10\ncleaners: 3\n", ("cleaner",), []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "expected"), CASES.values(), ids=CASES)
def test_look_alikes(text: str, path: tuple[str, ...], expected: Found) -> None:
    found = find_look_alikes(values.read(text.encode(), "v.yaml").values, path)
    assert [(d.location.line, d.path, d.message, d.hint) for d in found] == expected
    assert {(d.severity, d.code) for d in found} <= {("warning", "no-section")}


@pytest.mark.parametrize("text", ["cleaner:\nimage: x\n", "cleaner: {}\nimage: x\n", "cleaner.image: x\n"])
def test_every_way_in_warns(text: str, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text(text)
    Path("m.yaml").write_text(CONFIGMAP % "{}")
    expected = find_look_alikes(values.read(text.encode(), "v.yaml").values, ("cleaner",))
    assert preprocess(text.encode(), "v.yaml").diagnostics == expected
    for args in (["validate", "v.yaml"], ["validate", "-f", "v.yaml"], ["diff", "m.yaml", "-f", "v.yaml"],
                 ["merge", "-f", "v.yaml"]):  # fmt: skip
        err = run(*args).err
        assert [d.message in err for d in expected] == [True] * len(expected), args
