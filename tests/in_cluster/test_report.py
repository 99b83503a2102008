from __future__ import annotations

import json
import re

import pytest

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.in_cluster.report import Leftover, Report, parse
from tests.support.reports import WITNESS, end_of, head, leftovers, write


def read(text: str) -> Report:
    found = parse(text, "report.txt")
    assert not isinstance(found, Diagnostic), found
    return found


def test_what_was_written_is_read() -> None:
    folders = leftovers(3)
    found = read(write(folders))
    assert found.folders == folders
    assert (found.release, found.namespace, found.node) == ("plx", "polyaxon", "node-1")
    assert (found.known, found.unknown, found.witnesses) == (9, 3, [WITNESS])


@pytest.mark.parametrize("prefix", ["2026-11-29T23:11:12.123456789Z ", "[pod/plx-leftovers-survey-x-y/leftovers] "])
def test_kubectl_may_put_something_before_each_line(prefix: str) -> None:
    text = "progress\n" + write(leftovers(2)) + "9 known\n"
    assert read("".join(prefix + line for line in text.splitlines(keepends=True))).folders == read(text).folders


def test_other_lines_and_line_ends_do_not_matter() -> None:
    lines = write(leftovers(2)).splitlines()
    lines[1:1] = ["a warning of a library on stderr"]
    assert len(read("\r\n".join(lines)).folders) == 2


def cut(text: str, *, start: int = 0, end: int | None = None) -> str:
    return "\n".join(text.splitlines()[start:end])


WHOLE = write(leftovers(3))
INCOMPLETE = {
    "its end is missing": cut(WHOLE, end=-1),
    "its last folders are missing": cut(WHOLE, end=-2),
    "its start is missing": cut(WHOLE, start=1),
    "a folder is missing": "\n".join([*WHOLE.splitlines()[:2], *WHOLE.splitlines()[3:]]),
    "a folder is there twice": "\n".join([*WHOLE.splitlines()[:2], *WHOLE.splitlines()[1:]]),
    "a size was changed": WHOLE.replace(" 1000 1 ", " 9000 1 "),
    "a name was changed": WHOLE.replace(WHOLE.splitlines()[1].split()[1][:4], "ffff"),
    "the time was changed": re.sub(r'"time": "\d', '"time": "3', WHOLE),
    "something follows its end": WHOLE + "leftovers-folder x 1 1 y\n",
    "it has two ends": WHOLE + WHOLE.splitlines()[-1],
    "half of a line is missing": WHOLE[:-30],
}


@pytest.mark.parametrize("text", INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_report_that_is_not_whole(text: str) -> None:
    found = parse(text, "report.txt")
    assert isinstance(found, Diagnostic)
    assert found.code == "report-incomplete"


NONE = {"nothing": "", "another log": "a\nb\n", "two reports": WHOLE + write(leftovers(1))}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_no_report(text: str) -> None:
    found = parse(text, "report.txt")
    assert isinstance(found, Diagnostic)
    assert found.code == "report"


def test_the_surveys_own_reason_is_repeated() -> None:
    found = parse("no report: the API knows no run, so it proves nothing\n", "report.txt")
    assert isinstance(found, Diagnostic)
    assert found.message.endswith("the survey says: no report: the API knows no run, so it proves nothing")


def sealed(*lines: str) -> str:
    """Lines with a correct checksum, as somebody might write them."""
    return "\n".join([*lines, end_of(list(lines))]) + "\n"


def test_a_report_with_a_correct_checksum_may_still_be_wrong() -> None:
    first = f"leftovers-report {json.dumps(head(counts={'leftover': 1}))}"
    one = Leftover("0123456789ab4def8123456789abcdee", 1, 1, 0)
    line = f"leftovers-folder {one.name} 1 1 1970-01-01T00:00:00Z"
    assert read(sealed(first, line)).folders == [one]
    for wrong in (
        sealed(first, line.replace(one.name, "notes")),
        sealed(first, line.replace(one.name, f"{one.name}/..")),
        sealed(first, line.replace(one.name, one.name.upper())),
        sealed(first, line.replace(one.name, WITNESS)),
        sealed(first, line.replace("1970-01-01T00:00:00Z", "yesterday")),
        sealed(first, line, line),
        sealed(first),
        sealed(first.replace('"version": 1', '"version": 2'), line),
        sealed(first.replace('"known"', '"knows"'), line),
        sealed("leftovers-report [1]", line),
        sealed("leftovers-report {", line),
        sealed(first.replace("2", "99999", 1), line),
    ):
        found = parse(wrong, "report.txt")
        assert isinstance(found, Diagnostic), wrong
        assert found.code == "report"


def test_folders_must_be_in_order() -> None:
    first, second = leftovers(2)
    found = parse(write([second, first]), "report.txt")
    assert isinstance(found, Diagnostic)
    assert "not in order" in found.message
