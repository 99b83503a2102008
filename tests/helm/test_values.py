"""Values as we read them and as real Helm reads them, compared."""

from __future__ import annotations

import base64
import copy
import itertools
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helm_cleaner import values
from helm_cleaner.cli.files import read_file
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.section.writing import to_yaml
from helm_cleaner.values.overrides import merge_overrides
from helm_cleaner.values.set_flags import Flag
from tests.conftest import Helm
from tests.support.values import REFUSED, Flags, Refused, contents, exact, without_nulls
from tests.values.test_merging import COALESCED, MERGED
from tests.values.test_overrides import CORNERS
from tests.values.test_reading import READ
from tests.values.test_set_flags import FLAGS, SET_ONTO, WHOLE_OBJECTS
from tests.values.test_writing import sections

pytestmark = [pytest.mark.helm, pytest.mark.slow]


class Case(NamedTuple):
    """A chart's defaults, values files and flags."""

    defaults: str = ""
    files: tuple[str | bytes, ...] = ()
    flags: Flags = ()


class Reader:
    """A chart of one line, which a real Helm renders to show how it reads values."""

    def __init__(self, helm: Helm, folder: Path) -> None:
        self.helm = helm
        self.folder = folder
        self.count = itertools.count()

    def __call__(self, case: Case) -> Any:
        """The values, or REFUSED."""
        folder = self.folder / str(next(self.count))
        (folder / "templates").mkdir(parents=True)
        (folder / "Chart.yaml").write_text("{apiVersion: v2, name: one-line, version: 0.1.0}\n")
        (folder / "templates" / "values.yaml").write_text("values: {{ toJson .Values | b64enc }}\n")
        (folder / "values.yaml").write_text(case.defaults, encoding="utf-8")
        args = []
        for name, content in contents(case.files):
            (folder / name).write_bytes(content)
            args += ["-f", str(folder / name)]
        args += [part for option, text in case.flags for part in (f"--{option}", text)]
        done = self.helm("template", "x", folder, *args, check=False)
        if done.returncode:
            assert re.search("failed to parse|failed parsing|cannot load values", done.stderr), done.stderr
            return REFUSED
        [found] = re.findall(r"^values: (\S+)$", done.stdout, re.MULTILINE)
        return json.loads(base64.b64decode(found))


@pytest.fixture(scope="module")
def reader(helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    quick = copy.copy(helm)
    quick.env = helm.env | {"GOGC": "off", "GOMAXPROCS": "1"}  # a Helm lives for 50 ms, and we start hundreds
    return Reader(quick, tmp_path_factory.mktemp("one-line"))


def ours(case: Case) -> Any:
    """Our result for a case: the values, or REFUSED."""
    given = contents(case.files)
    try:
        base = values.read(case.defaults.encode(), "values.yaml", "default").values
        flags = [Flag(*flag) for flag in case.flags]
        over = merge_overrides(given, flags, lambda path: read_file(path).decode()).values
    except InputError:
        return REFUSED
    return values.to_data(values.coalesce(base, over))


def comparable(found: Any) -> str:
    return "refused" if found is REFUSED or isinstance(found, Refused) else exact(without_nulls(found))


# ---- the tables of tests/values ---------------------------------------------------------------------------------


def table_cases(reader: Reader) -> Iterator[tuple[str, Case, Any]]:
    """Each case of all tables: its name, the case, and the result of Helm."""
    for option in ("set", "set-string", "set-json", "set-literal"):
        for name, (text, expected) in FLAGS[option].items():
            yield f"--{option}: {name}", Case("", (), ((option, text),)), expected
    for name, (file, text, expected) in SET_ONTO.items():
        yield f"over a file: {name}", Case("", (file,), (("set", text),)), expected
    for name, (content, expected) in READ.items():
        yield f"read: {name}", Case("", (content,)), expected
    for name, (files, expected) in MERGED.items():
        yield f"merged: {name}", Case("", files), expected
    for name, (defaults, file, flags, expected) in COALESCED.items():
        yield f"coalesced: {name}", Case(defaults, (file,), flags), expected
    for name, (several, flags, expected) in CORNERS.items():
        yield f"corners: {name}", Case("", several, flags), expected
    if reader.helm.major > 3:
        for name, (file, text, expected) in WHOLE_OBJECTS.items():
            yield f"a whole object: {name}", Case("", (file,), (("set-json", text),)), expected


# The newest Helm 3 reads as these do.
@pytest.mark.parametrize("helm", [pytest.param("helm3", marks=pytest.mark.ecosystem), "helm4"], indirect=True)
def test_the_tables_hold_what_helm_does(reader: Reader) -> None:
    names, cases, expected = zip(*table_cases(reader), strict=True)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(reader, cases))
    wrong = {
        name: comparable(helms)
        for name, helms, ours in zip(names, found, expected, strict=True)
        if comparable(helms) != comparable(ours)
    }
    assert wrong == {}


SET_FILE = {
    "a path": "a.b=FILE",
    "a list": "a={FILE,FILE}",
    "several": "a[1]=FILE,c=FILE,d=",
    "no name": "a.b=,c=FILE",
    "no such file": "a=FILE.old",
}


@pytest.mark.parametrize("text", SET_FILE.values(), ids=SET_FILE)
def test_set_file(reader: Reader, tmp_path: Path, text: str) -> None:
    file = tmp_path / "x,z.txt"
    file.write_bytes(b"on\r\n \xc3\xa9")
    case = Case("", (), (("set-file", text.replace("FILE", str(file).replace(",", r"\,"))),))
    assert comparable(ours(case)) == comparable(reader(case))


# ---- generated values ---------------------------------------------------------------------------------------------

WORDS = """
    on off y Yes N no TRUE False ~ null 0777 0o17 08 0x1F -0x1f 0b11 1e3 1_000 2.10 1. .5 -.5 .1_5 5e-7 -0 +5 0
    9007199254740993 -9007199254740993 1e21 123456789012345678901 1e400 12:30:45 2024-01-01 2024-01-01T00:00:00Z
    100m 64Mi 1000m v2.15.1 2.15.1 polyaxon/polyaxon-init registry.local:5000/a/b:c << = a#b ünïcode 🎉 _1 0x 1e 0b2
"""
PLAIN = WORDS.split()
LEAVES = [
    *PLAIN, "two words", "a\n    b", "''", "'on'", "'it''s'", "'a\n\n    b'", '"1e3"', r'"a\tb\u00e9\x41\n"',
    '"\\\n    x"',
    "!!str on", "!!str", "!!int '7'", "!!float 1", "!!bool 'no'", "!!null ''", "!!binary aGk=", "!mine 0777", "! on",
    "|\n    on\n     x\n", ">-\n    a\n    b\n\n    c\n", "|+\n    x\n\n", "|2\n     x\n", "|-\n    é\n",
    "[]", "{}", "[on, {a: 0777}, [2.10]]", "{a: on, 'b': , c: [~]}", "[a: 1, b]", '{"a":1, b: "x"}',
    "{<<: {a: 1}, b: 2}",
]  # fmt: skip
KEYS = ["a", "b", "c", "on", "0x1F", "2.10", "'~'", "x.y/z", '"d\\u00e9"', "? e\n  "]  # each of them another one
REFUSED_LEAVES = [".inf", ".NaN", "!!int x", "!!bool 1", "*unknown", "@x", "{~: 1}", "{[a]: 1}", "[a", "x: y: z"]

leaf_texts = st.sampled_from(LEAVES)


@st.composite
def bodies(draw: st.DrawFn, refused: bool = False) -> str:
    """The YAML text after `key:` at the left margin; LABEL stands for a unique anchor name."""
    if not refused and draw(st.integers(0, 9)) == 0:
        return " " + draw(st.sampled_from([*PLAIN, "", "{}", "[]", "{a: {b: 1}}"])) + "\n"
    lines, anchored = "\n", False
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6)):
        kind = draw(st.integers(0, 9))
        if kind == 0 and not anchored:
            lines += f"  {key}: &LABEL\n    a: {draw(st.sampled_from(PLAIN))}\n    b: {{c: 1}}\n"
            anchored = True
        elif kind == 1 and anchored:
            lines += draw(st.sampled_from(["  <<: *LABEL\n", f"  {key}: *LABEL\n", "  <<: [*LABEL, {a: 2, q: 3}]\n"]))
        elif kind <= 3:
            inner = draw(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(PLAIN)), max_size=3))
            merge = "    <<: *LABEL\n" if anchored and draw(st.booleans()) else ""
            text = "".join(f"    {name}: {value}\n" for name, value in inner)
            cut = draw(st.sampled_from([text + merge, merge + text]))
            lines += f"  {key}:\n{cut}"
        elif kind == 4:
            items = draw(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=3))
            lines += f"  {key}:\n" + "".join(f"  - {item}\n" for item in items)
        else:
            value = draw(leaf_texts)
            lines += f"  {key}: {value}" + ("" if value.endswith("\n") else "\n")
    if refused:
        lines += f"  z: {draw(st.sampled_from(REFUSED_LEAVES))}\n"
    return lines


PATHS = [
    "a",
    "b",
    "c.a",
    "b.c",
    "a[0]",
    "c[1]",
    "b[0].c",
    "a[1][0]",
    r"x\.y/z",
    "true",
    "31",
    "dé",
    "new.a",
    "new.b[1]",
]
SET_VALUES = ["", "x", "1", "01", "-5", "1.5", "true", "NULL", "yes", "{1,x,null}", "{}", r"a\,b", "a=b", "é 🎉", "~"]
JSON_VALUES = ["", "null", "1", "1.50", "1e3", '"x"', '{"a":{"b":null}}', "[1,{}]", "9007199254740993", " true "]
flag_texts = st.one_of(
    st.tuples(st.sampled_from(["set", "set", "set-string"]), st.sampled_from(PATHS), st.sampled_from(SET_VALUES)),
    st.tuples(st.just("set-json"), st.sampled_from(PATHS), st.sampled_from(JSON_VALUES)),
)


class Part(NamedTuple):
    """A case's texts below one key, so that many cases fit into one."""

    defaults: str
    files: tuple[str, ...]
    flags: tuple[tuple[str, str, str], ...]  # option, path, value


parts = st.builds(
    Part,
    bodies(),
    st.lists(bodies(), max_size=3).map(tuple),
    st.lists(flag_texts, max_size=3).map(tuple),
)


def whole(parts: list[Part]) -> Case:
    """One case of many: the n-th stands under the key `kn`."""

    def text(bodies: list[str]) -> str:
        return "".join(f"k{n}:{body}".replace("LABEL", f"x{n}") for n, body in enumerate(bodies))

    files = tuple(
        text([part.files[number] if number < len(part.files) else " {}\n" for part in parts])
        for number in range(max((len(part.files) for part in parts), default=0))
    )
    flags = tuple(
        (option, f"k{n}.{path}={value}") for n, part in enumerate(parts) for option, path, value in part.flags
    )
    return Case(text([part.defaults for part in parts]), files, flags)


def differences(reader: Reader, parts: list[Part]) -> list[tuple[Case, str, str]]:
    """Each part with a different result: the case, ours, and Helm's. Refused parts are tried one by one."""
    cases = [(whole([part]), part) for part in parts]
    refused = [case for case, _ in cases if ours(case) is REFUSED]
    taken = [part for case, part in cases if case not in refused]
    together = whole(taken)
    found = [(case, "refused", comparable(helms)) for case in refused if (helms := reader(case)) is not REFUSED]
    if (helms := comparable(reader(together))) != (mine := comparable(ours(together))):
        if len(taken) == 1:
            return [*found, (together, mine, helms)]
        half = len(taken) // 2
        found += differences(reader, taken[:half]) + differences(reader, taken[half:])
    return found


# What goes wrong is cut to its parts by `differences`: hypothesis need not do that, with a Helm started each time.
quick = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(st.lists(parts, min_size=10, max_size=30))
@settings(quick, max_examples=8)
def test_generated_values(reader: Reader, parts: list[Part]) -> None:
    assert differences(reader, parts) == []


@given(bodies(refused=True))
@settings(quick, max_examples=8)
def test_generated_values_that_are_refused(reader: Reader, body: str) -> None:
    case = whole([Part(" {}\n", (body,), ())])
    assert ours(case) is REFUSED
    assert reader(case) is REFUSED


TOKENS = [*"ab.[]={},\\ -0é", "[0]", "[1]", "=1", "=x", "null", "true", "{x,z}", "a.b", "l[1]", "=", ","]
TREE = "a: {b: 1, l: [1, {c: 2}, null]}\nl: [[1], {c: 2}, x]\nb: null\n"
# Helm 4 takes an index that does not end, Helm 3 refuses it.
endless_index = re.compile(r"\[[^\]]*$")


@given(
    st.sampled_from(["set", "set", "set-string", "set-json"]),
    st.lists(st.sampled_from(TOKENS), min_size=1, max_size=9).map("".join),
    st.booleans(),
)
@settings(quick, max_examples=30)
def test_generated_flags(reader: Reader, option: str, text: str, over_a_file: bool) -> None:
    if endless_index.search(text) or text.startswith(("-", "{")):
        text = "a=" + text.replace("[", "")
    case = Case("", (TREE,) if over_a_file else (), ((option, text),))
    assert comparable(ours(case)) == comparable(reader(case)), case


# ---- what we write ------------------------------------------------------------------------------------------------


@given(st.lists(sections, min_size=20, max_size=40))
@settings(quick, max_examples=5)
def test_helm_reads_what_we_write(reader: Reader, data: list[Any]) -> None:
    origin = values.Origin("file", Location(""))
    blocks = [to_yaml(values.from_data(section, origin)) for section in data]
    file = "".join(
        f"k{n}:" + "".join(f"\n  {line}" for line in block.splitlines()) + "\n" for n, block in enumerate(blocks)
    )
    found = reader(Case("", (file,)))
    assert exact(without_nulls(found)) == exact(without_nulls({f"k{n}": section for n, section in enumerate(data)}))
