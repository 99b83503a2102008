"""Properties of every rewritten values file."""

from __future__ import annotations

import re
from textwrap import indent
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from helm_cleaner.sources import File
from tests.support.fixing import find_fixable, fix, fix_files
from tests.support.written import PLACES, written

WORDS = st.sampled_from(
    [
        "a",
        "always",
        "Exists",
        "noschedule",
        "a:b",
        "localhost:5000/x:1",
        "2.10",
        "true",
        "a b",
        "é🚀",
        "",
        "#",
        "y",
        "-",
    ]
)
SCALARS = st.one_of(WORDS, st.booleans(), st.none(), st.integers(-9, 9**16), st.sampled_from([0.5, 2.1, 1e30]))
MAPS = st.dictionaries(st.sampled_from(["a", "b", "example.com/gpu", "name", "on", "5"]), SCALARS, max_size=3)
AMOUNTS = st.dictionaries(
    st.sampled_from(["cpu", "memory", "nvidia.com/gpu", "hugepages-2Mi"]), st.one_of(SCALARS, MAPS), max_size=4
)
RESOURCES = st.builds(
    lambda flat, more, turn: dict([*flat.items(), *more.items()][:: 1 if turn else -1]),
    AMOUNTS,
    st.dictionaries(st.sampled_from(["limits", "requests", "Requests"]), st.one_of(st.none(), AMOUNTS), max_size=3),
    st.booleans(),
)
TOLERATIONS = st.lists(
    st.dictionaries(
        st.sampled_from(["key", "Key", "operator", "effect", "value", "toleration_seconds"]), SCALARS, max_size=4
    ),
    max_size=2,
)
SECRETS = st.lists(st.one_of(SCALARS, st.builds(lambda name: {"name": name}, SCALARS), MAPS), max_size=4)
SECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "image": SCALARS,
        "imageTag": SCALARS,
        "image_tag": SCALARS,
        "imagePullPolicy": SCALARS,
        "Image-Pull-Policy": SCALARS,
        "nodeSelector": MAPS,
        "resources": RESOURCES,
        "tolerations": TOLERATIONS,
        "imagePullSecrets": SECRETS,
    },
)
AROUND = st.sampled_from(["", "# cleaner: no\n", "a: {imageTag: 2.10}\n\n", "b:\n- always\n- on # é🚀\n\n\n# end\n"])


@st.composite
def files(draw: st.DrawFn, sections: st.SearchStrategy[dict[str, Any]] = SECTIONS) -> tuple[str, str, str]:
    """What stands before the section, the section, and what stands behind it."""
    data: Any = draw(sections)
    order = draw(st.permutations(list(data)))
    styles: dict[str, Any] = {
        "default_flow_style": draw(st.sampled_from([True, False, None])),
        "indent": draw(st.sampled_from([2, 4, 7])),
        "width": 10_000,
        "allow_unicode": True,
        "sort_keys": False,
        "default_style": draw(st.sampled_from([None, None, None, '"'])),
    }
    text = yaml.safe_dump({key: data[key] for key in order}, **styles)
    if text.startswith("{"):
        lines = ["cleaner: " + text.rstrip()]
    else:
        lines = ["cleaner:", *("  " + line for line in text.splitlines())]
    if draw(st.booleans()):
        lines = [line if '"' in line or "'" in line else f"{line} # c{n}" for n, line in enumerate(lines)]
    if draw(st.booleans()):
        lines = [found for n, line in enumerate(lines)
                 for found in (line, re.match(" *", line)[0] + f"# below {n}")]  # type: ignore[index]  # fmt: skip
    return draw(AROUND), "\n".join(lines) + "\n", draw(AROUND).replace("a:", "c:")


@settings(deadline=None)
@given(files(), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_properties(parts: tuple[str, str, str], line_end: str, mark: bool, newline: bool) -> None:
    before, text, behind = ("".join(part).replace("\n", line_end).encode() for part in parts)
    if mark:
        before = b"\xef\xbb\xbf" + before
    content = before + text + behind
    if not newline:
        content = content.removesuffix(line_end.encode())
    result = fix(content, "v.yaml")
    assert result.content.startswith(before)
    assert result.content.endswith(behind if newline else behind.removesuffix(line_end.encode()))
    assert result.content.endswith(b"\n") == content.endswith(b"\n")
    assert (b"\r\n" in content) == (b"\r\n" in result.content) or b"\n" not in content
    assert result.content.count(b"\r") in (0, result.content.count(b"\n"))
    comments = re.compile(rb"# (?:c|below )\d+")
    assert sorted(comments.findall(result.content)) == sorted(comments.findall(content))
    assert bool(result.fixes) == (result.content != content)
    again = fix(result.content, "v.yaml")
    assert (again.content, again.fixes) == (result.content, [])
    assert again.diagnostics == result.diagnostics


@settings(deadline=None)
@given(files(), st.sampled_from(sorted(PLACES)), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_section_is_rewritten_in_each_place_as_in_a_values_file(
    parts: tuple[str, str, str], place: str, line_end: str, newline: bool
) -> None:
    _, text, _ = parts
    name, around, spaces = PLACES[place]
    if not newline and around.endswith("SECTION"):
        text = text.rstrip()
    alone = fix(text.encode(), "v.yaml")
    before, after = (
        written(around, section, spaces).replace("\n", line_end).encode() for section in (text, alone.content.decode())
    )
    report = fix_files([File(name, before)])
    assert find_fixable([File(name, before)])[0] == len(report.fixes)
    if report.contents[name] == before != after:
        left = [d.severity for d in report.findings if d.code == "yaml-shape"]
        assert left
        assert report.is_unusable == ("error" in left)
        assert "folded" in place
    else:
        assert report.contents[name] == after
        assert [f[1:] for f in report.fixes] == [f[1:] for f in alone.fixes]
    assert find_fixable([File(name, report.contents[name])])[0] == 0


ACTIONS = re.compile(r"\{\{.*?\}\}")
MOVED = st.fixed_dictionaries(
    {
        "resources": st.dictionaries(st.sampled_from(["cpu", "memory"]), st.just("a"), min_size=1),
        "imagePullSecrets": st.lists(st.just({"name": "a"}), max_size=2),
        "image": st.sampled_from(["a", {"repository": "a", "tag": "always"}]),
    }
)


@settings(deadline=None)
@given(
    st.one_of(files(MOVED), files()),
    st.sampled_from([name for name in sorted(PLACES) if "template" in name]),
    st.data(),
)
def test_what_a_template_fills_in_stays(parts: tuple[str, str, str], place: str, data: st.DataObject) -> None:
    words = re.compile(r"(?<![\w\"'])(always|Exists|a|2\.10|-?\d+)(?![\w\"':.])")
    text = words.sub(lambda word: data.draw(st.sampled_from([word[0], f"{{{{ .v{word.start()} }}}}"])), parts[1])
    name, around, spaces = PLACES[place]
    content = written(around, text, spaces)
    report = fix_files([File(name, content.encode())])
    new = report.contents[name].decode()
    assert sorted(ACTIONS.findall(new)) == sorted(ACTIONS.findall(content))
    assert all(ord(char) < 0xE000 or ord(char) > 0xF8FF for char in new)  # what stands for an action


PARAMETERS = st.lists(
    st.sampled_from(
        [
            ("cleaner.imagePullPolicy", "always"),
            ("cleaner.imageTag", "210"),
            ("cleaner.tolerations[0].effect", "noschedule"),
            ("cleaner.tolerations[1].operator", "exists"),
            ("cleaner.imagePullSecrets", "{a,b}"),
            ("x", "always"),
        ]
    ),
    max_size=3,
)


@st.composite
def helmfiles(draw: st.DrawFn) -> dict[str, str]:
    """A helmfile with releases of ours and of others, each with several values, files and parameters among them."""
    lines = ["releases:\n"]
    folder: dict[str, str] = {}
    for _ in range(draw(st.integers(1, 3))):
        lines.append(f"- chart: {draw(st.sampled_from(['polyaxon/polyaxon', 'x/agent', 'x/harbor']))}\n  values:\n")
        for _ in range(draw(st.integers(1, 3))):
            _, text, _ = draw(files())
            if draw(st.booleans()):
                lines.append("  - x: 1\n" + indent(text, "    "))
            else:
                folder[f"v{len(folder)}.yaml"] = text
                lines.append(f"  - v{len(folder) - 1}.yaml\n")
        parameters = [f"  - {{name: '{name}', value: '{value}'}}\n" for name, value in draw(PARAMETERS)]
        lines += ["  set:\n", *parameters] if parameters else []
    return folder | {"helmfile.yaml": "".join(lines)}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, str]:
    """A file of several objects with a section in each."""
    names = [name for name, (file, *_) in PLACES.items() if file == "f.yaml" and "template" not in name]
    those = []
    for _ in range(draw(st.integers(1, 3))):
        _, around, spaces = PLACES[draw(st.sampled_from(names))]
        _, text, _ = draw(files())
        those.append(written(around, text, spaces))
    return {"f.yaml": "---\n".join(those)}


@settings(deadline=None, max_examples=50)
@given(st.one_of(helmfiles(), documents()), st.sampled_from(["\n", "\r\n"]))
def test_many_sections_together(folder: dict[str, str], line_end: str) -> None:
    given_files = [File(name, text.replace("\n", line_end).encode()) for name, text in folder.items()]
    report = fix_files(given_files)
    refused = sum("cannot be rewritten" in d.message for d in report.findings)
    # Each is made, or it is said why not; what one layer hides shows up later.
    assert find_fixable(given_files)[0] <= len(report.fixes) + refused
    changed = {file.name for file in given_files if report.contents[file.name] != file.content}
    assert changed == {each.location.file for each in report.fixes}
    assert all((b"\r" in report.contents[file.name]) == (b"\r" in file.content) for file in given_files)
    again = fix_files([file._replace(content=report.contents[file.name]) for file in given_files])
    assert (again.fixes, again.contents, again.findings) == ([], report.contents, report.findings)
