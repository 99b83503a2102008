"""The codes: each has an example that yields it alone, and a fix that is clean."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

import pytest

from helm_cleaner import codes, section, values
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.section.structure import schema
from tests.support import cases
from tools import PACKAGE


def whole(text: str) -> list[Diagnostic]:
    """All that is said of a section in a values file that is all there is."""
    body = text if text.startswith("{") else "\n" + re.sub("^", "  ", text, flags=re.MULTILINE)
    over = values.read(f"cleaner: {body}\n".encode(), "v.yaml")
    return section.resolve(overrides=over).findings


@pytest.mark.parametrize("code", codes.CODES, ids=lambda c: c.code)
def test_the_bad_example_yields_its_code_alone(code: codes.Code) -> None:
    said = whole(code.bad)
    assert {d.code for d in said} == {code.code}
    assert {d.severity for d in said} <= set(code.severity.split(" or "))
    assert all(d.message and d.hint for d in said)


@pytest.mark.parametrize("code", codes.CODES, ids=lambda c: c.code)
def test_its_fix_is_clean(code: codes.Code) -> None:
    assert whole(code.good) == []


def emitted() -> Iterator[str]:
    """The codes in the modules of the section, in its schema, and in the reader of values.

    What only looks like a section has no code there.
    """
    section_modules = [path for path in (PACKAGE / "section").rglob("*.py") if path.name != "look_alikes.py"]
    for path in [*section_modules, PACKAGE / "values" / "reading.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            position = {"Diagnostic": 1, "error": 0, "warning": 0, "key_error": 0, "missing": 0, "_note": 0}.get(name)
            if position is not None and len(node.args) > position and isinstance(node.args[position], ast.Constant):
                yield node.args[position].value  # type: ignore[attr-defined]  # a constant
        yield from re.findall(r'code(?:, \w+)? = "([a-z-]+)"', path.read_text())
    yield from re.findall(r'"x-code": "([a-z-]+)"', json.dumps(schema()))


def test_every_code_is_registered() -> None:
    assert set(emitted()) <= {code.code for code in codes.CODES}
    assert len({code.code for code in codes.CODES}) == len(codes.CODES)


def test_every_code_of_the_whole_package_is_documented() -> None:
    """For each finding that is made with a literal code."""
    documented = set(codes.BY_NAME)
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args:
                name = ast.unparse(node.func)
                code = {"Diagnostic": node.args[1:2], "InputError.of": node.args[:1]}.get(name, [])
                found |= {each.value for each in code if isinstance(each, ast.Constant)}
    assert len(found) > 15
    assert found <= documented


def test_findings_are_as_severe_as_their_code_says() -> None:
    """Where both are written out, and in what is said of many sections."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Diagnostic" and len(node.args) > 1:
                severity, code = node.args[:2]
                if isinstance(severity, ast.Constant) and isinstance(code, ast.Constant):
                    found[str(code.value), str(severity.value)] = path.name
    for line in cases.lines("sections.jsonl"):
        section_of_it = json.loads(line)["section"]
        found.update({(d.code, d.severity): line for d in whole(json.dumps(section_of_it))})
    assert len(found) > 30
    assert {pair: why for pair, why in found.items() if pair[1] not in codes.BY_NAME[pair[0]].severity} == {}
