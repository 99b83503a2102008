"""The language server as an editor sees it: over its stdin and stdout, in the protocol's units."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.cli import main
from tests.support import cases
from tests.support.command import COMMAND
from tests.support.language_server import LanguageServer

pytest.importorskip("pygls", reason="make installs pygls")
pytestmark = pytest.mark.slow

MISTAKE = "cleaner:\n  imagePullPolicy: always\n"
Folder = Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LanguageServer]:
    with LanguageServer([COMMAND, "lsp"], tmp_path) as started:
        yield started


def span(line: int, start: int, end: int) -> dict[str, Any]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def index(text: str, position: dict[str, int]) -> int:
    """Where a position, in UTF-16, is in a text."""
    lines = text.splitlines(keepends=True)
    before = "".join(lines[: position["line"]])
    line = lines[position["line"]] if position["line"] < len(lines) else ""
    return len(before) + len(line.encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le"))


def applied(text: str, action: dict[str, Any]) -> str:
    """A text with the edits of an action, which are of this text alone."""
    (edits,) = action["edit"]["changes"].values()
    for edit in sorted(edits, key=lambda each: index(text, each["range"]["start"]), reverse=True):
        start, end = (index(text, edit["range"][each]) for each in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


# ---- findings -------------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_said_where_it_is(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(MISTAKE)
    (found,) = server.open("values.yaml")
    assert found["range"] == span(1, 19, 25)
    assert (found["severity"], found["code"], found["source"]) == (1, "pull-policy", "helm-cleaner")
    assert found["message"].startswith('cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never')
    assert "hint: write imagePullPolicy: Always" in found["message"]


def test_what_is_typed_is_checked_and_not_what_is_on_the_disk(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(MISTAKE)
    server.open("values.yaml")
    assert server.change("values.yaml", "Always", span(1, 19, 25)) == []
    (found,) = server.change("values.yaml", "Alwayz", span(1, 19, 25))
    assert found["code"] == "pull-policy"
    (found,) = server.change("values.yaml", "cleaner: [")
    assert (found["code"], found["range"]["start"]["line"]) == ("yaml", 0)
    assert server.change("values.yaml", "other: 1\n") == []
    assert (tmp_path / "values.yaml").read_text() == MISTAKE


def test_positions_are_in_utf_16(server: LanguageServer, tmp_path: Path) -> None:
    """An emoji has two units and a combining letter one of its own."""
    text = '# 🚀 e\u0301\ncleaner: {image: "a/b", nodeSelector: {"🚀e\u0301": "x"}, imagePullPolicy: always}\n'
    (tmp_path / "values.yaml").write_text(text, encoding="utf-8")
    found = server.open("values.yaml")
    (policy,) = [each for each in found if each["code"] == "pull-policy"]
    start, end = (index(text, policy["range"][each]) for each in ("start", "end"))
    assert text[start:end] == "always"


def test_other_files_of_the_folder_count(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: plx}\nspec:\n"
        "  chart: {spec: {chart: polyaxon}}\n  valuesFrom: [{kind: ConfigMap, name: plx-values}]\n"
    )
    (tmp_path / "values.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plx-values}\ndata:\n  values.yaml: |\n"
        "    cleaner:\n      imagePullPolicy: always\n"
    )
    (found,) = server.open("values.yaml")
    assert (found["code"], found["range"]) == ("pull-policy", span(6, 23, 29))
    assert server.open("release.yaml") == []


def test_the_configuration_counts(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(MISTAKE)
    (tmp_path / "other.yaml").write_text(MISTAKE)
    (tmp_path / ".helm-cleaner.yaml").write_text("ignore: {values.yaml: [pull-policy]}\n")
    assert server.open("values.yaml") == []
    assert len(server.open("other.yaml")) == 1
    (tmp_path / ".helm-cleaner.yaml").write_text("ignored: {}\n")
    server.tell("workspace/didChangeWatchedFiles", changes=[{"uri": server.uri(".helm-cleaner.yaml"), "type": 2}])
    server.problems("values.yaml")
    assert len(server.change("other.yaml", MISTAKE)) in (0, 1)  # the configuration is wrong: it is said in its file


def test_a_file_outside_of_the_folder_is_checked_in_its_own(server: LanguageServer, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "values.yaml").write_text(MISTAKE)
    (found,) = server.open(f"../{outside.name}/values.yaml")
    assert found["code"] == "pull-policy"


def test_it_says_what_validate_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of every case: the same findings at the same places, for what is open as for what is on the disk."""
    lines = cases.lines("places.jsonl")
    for number, line in enumerate(lines[:: max(1, len(lines) // 25)]):
        folder = tmp_path / str(number)
        for name, text in json.loads(line)["files"].items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
        monkeypatch.chdir(folder)
        main(["validate", "--format", "json", "."])
        expected = json.loads(capsys.readouterr().out or "[]")
        with LanguageServer([COMMAND, "lsp"], folder) as server:
            for name, text in json.loads(line)["files"].items():
                found = {(each["range"]["start"]["line"] + 1, each["code"]) for each in server.open(name)}
                wanted = {
                    (each["line"] or 1, each["code"]) for each in expected if os.path.normpath(each["file"]) == name
                }
                assert found == wanted, (number, name, text)


# ---- actions --------------------------------------------------------------------------------------------------------


def test_quick_fixes(server: LanguageServer, tmp_path: Path) -> None:
    text = "# 🚀\ncleaner:\n  imagePullPolicy: always  # 🚀\n  imageTag: 2.10\n"
    (tmp_path / "values.yaml").write_text(text, encoding="utf-8")
    server.open("values.yaml")
    fix, ignore = server.actions("values.yaml", span(2, 19, 19), "quickfix")
    assert (fix["title"], fix["isPreferred"], fix["kind"]) == ("Write imagePullPolicy: Always", True, "quickfix")
    assert applied(text, fix) == text.replace("always", "Always")
    assert ignore["title"] == "Ignore pull-policy on this line"
    ignored = applied(text, ignore)
    assert [each["code"] for each in server.change("values.yaml", ignored)] == ["type"]
    assert server.actions("values.yaml", span(0, 0, 1), "quickfix") == []
    assert server.actions("values.yaml", span(2, 19, 19), "refactor") == []


def test_fix_all(server: LanguageServer, tmp_path: Path) -> None:
    text = "cleaner:\n  imagePullPolicy: always\n  imageTag: 2.10\n"
    (tmp_path / "values.yaml").write_text(text)
    server.open("values.yaml")
    (action,) = server.actions("values.yaml", span(0, 0, 0), "source.fixAll")
    fixed = applied(text, action)
    assert fixed == 'cleaner:\n  imagePullPolicy: Always\n  imageTag: "2.10"\n'
    assert server.change("values.yaml", fixed) == []
    assert server.actions("values.yaml", span(0, 0, 0), "source.fixAll") == []
    assert (tmp_path / "values.yaml").read_text() == text  # it writes no file


def test_a_suggestion_is_not_preferred(server: LanguageServer, tmp_path: Path) -> None:
    text = "cleaner:\n  resources:\n    limits:\n      memory: 4000Mb\n"
    (tmp_path / "values.yaml").write_text(text)
    server.open("values.yaml")
    actions = server.actions("values.yaml", span(3, 14, 14), "quickfix")
    (fix,) = [each for each in actions if not each["title"].startswith("Ignore")]
    assert not fix["isPreferred"]
    assert server.change("values.yaml", applied(text, fix)) == []


# ---- hover and completion -------------------------------------------------------------------------------------------


def test_hover(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(MISTAKE)
    server.open("values.yaml")
    assert "**imagePullPolicy**: When the kubelet pulls the image." in server.hover("values.yaml", (1, 4))
    assert "pull-policy (error)" in server.hover("values.yaml", (1, 20))
    assert server.hover("values.yaml", (0, 1)) == ""


def test_completion(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("cleaner:\n  im\n")
    server.open("values.yaml")
    assert set(server.complete("values.yaml", (1, 4))) == {"image", "imageTag", "imagePullPolicy", "imagePullSecrets"}
    server.change("values.yaml", "cleaner:\n  imagePullPolicy: \n")
    assert server.complete("values.yaml", (1, 19)) == ["Always", "IfNotPresent", "Never"]


# ---- whatever a client sends ----------------------------------------------------------------------------------------


def test_it_survives_what_it_does_not_know(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(MISTAKE)
    server.open("values.yaml")
    server.tell("$/cancelRequest", id=4711)
    server.tell("no/suchNotification", a=1)
    with pytest.raises(AssertionError, match="error"):
        server.ask("no/suchRequest", a=1)
    gone = {"uri": server.uri("gone.yaml")}
    assert server.ask("textDocument/hover", textDocument=gone, position={"line": 1, "character": 1}) is None
    assert server.actions("gone.yaml", span(0, 0, 0)) == []
    assert server.complete("gone.yaml", (0, 0)) == []
    server.tell("textDocument/didClose", textDocument={"uri": server.uri("values.yaml")})
    assert server.problems("values.yaml") == []
    (tmp_path / "values.yaml").rename(tmp_path / "renamed.yaml")
    assert len(server.open("renamed.yaml")) == 1


NOT_YAML = [
    "", "\x00", "cleaner: {", "\ufeffcleaner: {}\n", "a: b\r\ncleaner:\r\n  x: 1\r\n", "- " * 600, "cleaner: *a\n",
    "{{ if }}\n", "\ud83d", "cleaner:\n\tx: 1\n",
]  # fmt: skip


def test_it_survives_what_is_not_yaml(server: LanguageServer, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(MISTAKE)
    server.open("values.yaml")
    for text in NOT_YAML:
        server.change("values.yaml", text)
        server.hover("values.yaml", (0, 0))
        server.actions("values.yaml", span(0, 0, 1))
        assert len(server.change("values.yaml", MISTAKE)) == 1


@pytest.mark.parametrize(
    "sent", [b"", b"Content-Length: 5\r\n\r\n{", b"Content-Length: 100000\r\n\r\n{}", b"no header\r\n"]
)
def test_it_ends_when_the_client_dies(tmp_path: Path, sent: bytes) -> None:
    with subprocess.Popen(
        [COMMAND, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
    ) as process:
        assert process.stdin is not None
        process.stdin.write(sent)
        process.stdin.close()
        assert process.wait(30) is not None


def test_an_interrupt_ends_it(tmp_path: Path) -> None:
    with subprocess.Popen([COMMAND, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=tmp_path) as process:  # fmt: skip
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def test_time_grows_with_the_file(server: LanguageServer, tmp_path: Path) -> None:
    """A file of 1 MB takes no longer than in proportion to a small one, with much to spare for a busy machine."""
    (tmp_path / "values.yaml").write_text(MISTAKE)
    server.open("values.yaml")

    def seconds(text: str) -> float:
        started = time.monotonic()
        server.change("values.yaml", text)
        return time.monotonic() - started

    small = min(seconds(f"{MISTAKE}# {n}\n") for n in range(5))
    large = seconds(MISTAKE + "".join(f"key{n}: value\n" for n in range(60_000)))
    assert large < 1000 * small
