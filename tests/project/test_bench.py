"""What `make bench` measures, and what it says of the figures. Nothing here is timed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tools.bench import growth, inputs
from tools.bench.commands import Command, Group, report
from tools.bench.groups import groups


def command(title: str, seconds: float, peak: float = 10, **options: float) -> Command:
    made = Command(title, [title], **options)  # type: ignore[arg-type]  # mypy cannot tell one option from another
    made.cpu, made.wall, made.peak = [seconds], [seconds * 2], peak
    return made


@pytest.mark.parametrize(
    ("ours", "commands", "kept", "said"),
    [
        (False, [command("tool", 1), command("import", 0.5, most=2)], True, "2.00x         at most 2x"),
        (False, [command("tool", 1), command("import", 0.4, most=2)], False, "OVER"),
        (False, [command("tool", 1), command("kustomize", 14, most=1 / 15)], False, "14.0x faster"),
        (False, [command("tool", 1, 30, memory=25)], False, "at most 25 MiB"),
        (True, [command("post-render", 1), command("diff", 1.3, most=1.2)], False, "1.30x"),
    ],
)
def test_the_verdict(
    ours: bool, commands: list[Command], kept: bool, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(Group("title", commands, ours)) is kept
    printed = capsys.readouterr().out
    assert said in printed
    assert ("OVER" in printed) is not kept


def test_a_list_has_the_items_of_the_stream(tmp_path: Path) -> None:
    one = b"---\n# Source: a\na: {b: rel-polyaxon}\nc: |\n  d\n\n  e\n---\n# only a comment\n---\nf: [1]\n"
    inputs._write_releases(tmp_path, one, 10)
    stream = [each for each in yaml.safe_load_all((tmp_path / "10.yaml").read_text()) if each is not None]
    krm = yaml.safe_load((tmp_path / "10-krm.yaml").read_text())
    assert krm["items"] == stream
    assert len({each["a"]["b"] for each in stream if "a" in each}) == 10


def test_every_input_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_release", lambda _helm: b"---\na: rel-polyaxon\n")
    for number in ("NODES", "VALUES_FILES", "TOLERATIONS", "FINDINGS", "FOLDERS"):
        monkeypatch.setattr(inputs, number, 1)
    inputs.write(tmp_path, tmp_path)
    measured = [command for group in groups(tmp_path, tmp_path, tmp_path) for command in group.commands]
    measured += [each.command(size) for each in growth.series(tmp_path) for size in inputs.SIZES]
    for each in measured:
        if each.before:
            each.before()
        assert each.stdin is None or each.stdin.is_file()
        for word in each.argv:
            if word.startswith(str(tmp_path) + "/"):
                assert Path(word).exists(), word
