"""helm-cleaner validate."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.cli import main
from tests.conftest import Runner

BAD = "cleaner:\n  imageTag: 2.10\n"
FLAT = "cleaner:\n  resources: {cpu: 50m}\n"
GOOD = "cleaner:\n  imageTag: dev\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_text_is_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    write(good=GOOD, bad=BAD, none="a: 1\n")
    assert main(["validate", "good.yaml", "bad.yaml", "none.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "bad.yaml:2:13: error: cleaner.imageTag: must be a string, found the number 2.1 [type]\n"
        "      imageTag: 2.10\n"
        "                ^^^^\n"
        '    hint: write it in quotes: imageTag: "2.10"; Helm reads 2.10 without quotes as 2.1\n'
        "helm-cleaner: none.yaml: no cleaner section\n"
        "helm-cleaner: 2 sections checked, 1 error\n"
        "helm-cleaner: 1 fixable with `helm-cleaner fix bad.yaml`\n"
    )


def test_what_is_fixable_is_said_of_files_alone(capsys: pytest.CaptureFixture[str]) -> None:
    write(**{"a b": BAD, "flat": FLAT, "odd": "cleaner: {nope: 1, imageTag: x}\n"})
    assert main(["validate", "a b.yaml", "flat.yaml"]) == 1
    assert "2 fixable with `helm-cleaner fix 'a b.yaml' flat.yaml`\n" in capsys.readouterr().err
    assert main(["validate", "odd.yaml"]) == 1
    assert "fixable" not in capsys.readouterr().err


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: plx}
spec:
  chart: {spec: {chart: polyaxon}}
  valuesFrom: [{kind: ConfigMap, name: plx-values}]
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: plx-values}
data:
  values.yaml: |
    cleaner:
      imageTag: 2.10
      nodeSelctor: {a: true}
"""


def test_the_command_that_fixes_names_what_refers_to_the_values_too(capsys: pytest.CaptureFixture[str]) -> None:
    write(release=RELEASE, config=CONFIG, other=GOOD)
    files = ["config.yaml", "other.yaml", "release.yaml"]
    assert main(["validate", *files]) == 1
    assert capsys.readouterr().err.endswith("3 fixable with `helm-cleaner fix config.yaml release.yaml`\n")
    assert main(["fix", "config.yaml", "release.yaml"]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert main(["validate", *files]) == 0
    assert "fixable" not in capsys.readouterr().err


def test_the_command_that_fixes_names_folders_as_they_were_named(capsys: pytest.CaptureFixture[str]) -> None:
    write(a__release=RELEASE, a__b__config=CONFIG, c__good=GOOD, d=BAD)
    assert main(["validate", "a", "c", "./d.yaml"]) == 1
    assert capsys.readouterr().err.endswith("helm-cleaner: 4 fixable with `helm-cleaner fix a ./d.yaml`\n")
    assert main(["validate", "--section", "x.cleaner", "--section", "cleaner", "a"]) == 1
    expected = "3 fixable with `helm-cleaner fix --section x.cleaner --section cleaner a`\n"
    assert capsys.readouterr().err.endswith(expected)


def test_of_many_files_that_can_be_fixed_three_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"v{n}" for n in range(120)]
    write(**dict.fromkeys(names, BAD))
    assert main(["validate", *(f"{name}.yaml" for name in names)]) == 1
    assert capsys.readouterr().err.endswith("120 fixable with `helm-cleaner fix v0.yaml v1.yaml v2.yaml …`\n")


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (FLAT, 0), (BAD, 1), ("a: 1\n", 0), ("cleaner: [\n", 2)])
def test_exit_codes(text: str, code: int) -> None:
    write(v=text)
    assert main(["validate", "v.yaml"]) == code


def test_what_cannot_be_used_does_not_keep_others_from_being_checked(capsys: pytest.CaptureFixture[str]) -> None:
    write(bad=BAD)
    assert main(["validate", "missing.yaml", "bad.yaml", "--format", "json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert [(d["file"], d["code"]) for d in found] == [("missing.yaml", "file"), ("bad.yaml", "type")]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    write(v=BAD)
    assert main(["validate", "v.yaml", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == [
        {
            "file": "v.yaml",
            "line": 2,
            "column": 13,
            "path": "cleaner.imageTag",
            "severity": "error",
            "code": "type",
            "message": "must be a string, found the number 2.1",
            "hint": 'write it in quotes: imageTag: "2.10"; Helm reads 2.10 without quotes as 2.1',
            "fix": {
                "applicability": "safe",
                "message": 'write it in quotes: imageTag: "2.10"; Helm reads 2.10 without quotes as 2.1',
                "edits": [
                    {
                        "file": "v.yaml",
                        "start": {"line": 2, "column": 13},
                        "end": {"line": 2, "column": 17},
                        "text": '"2.10"',
                    }
                ],
            },
        }
    ]


def test_github(capsys: pytest.CaptureFixture[str]) -> None:
    write(v=BAD)
    assert main(["validate", "v.yaml", "--format", "github"]) == 1
    assert capsys.readouterr().out == (
        "::error file=v.yaml,title=helm-cleaner type,line=2,col=13,endColumn=17::cleaner.imageTag: must be a string, "
        'found the number 2.1%0Ahint: write it in quotes: imageTag: "2.10"; Helm reads 2.10 without quotes as 2.1\n'
    )


def test_nothing_wrong_in_each_format(capsys: pytest.CaptureFixture[str]) -> None:
    write(v=GOOD)
    said: dict[str, Any] = {}
    for form in ("text", "json", "github", "sarif"):
        assert main(["validate", "v.yaml", "--format", form]) == 0
        said[form] = capsys.readouterr().out
    assert said["text"] == said["github"] == ""
    assert json.loads(said["json"]) == []
    assert json.loads(said["sarif"])["runs"][0]["results"] == []


def test_folders_that_are_skipped_are_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(a__b__bad=BAD, a__locked__bad=BAD, elsewhere__bad=BAD)
    Path("a/inside").symlink_to(folder / "a" / "b")
    Path("a/link").symlink_to(folder / "elsewhere")
    Path("a/.git").symlink_to(folder / "elsewhere")
    scan = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert main(["validate", "a", "--format", "json"]) == 1
    found = [(d["file"], d["message"]) for d in json.loads(capsys.readouterr().out) if d["code"] == "not-checked"]
    assert found == [
        ("a/link", "links to folders are not followed"),
        ("a/locked", "the folder cannot be read: Permission denied"),
    ]
    assert main(["fix", "a"]) == 0
    assert "a/link: warning: links to folders are not followed [not-checked]" in capsys.readouterr().err


def test_folders_are_searched(capsys: pytest.CaptureFixture[str]) -> None:
    write(
        a__bad=BAD,
        a__b__bad=BAD,
        a__none="x: 1\n",
        a__chart__templates__t="cleaner: {{ bad }}\n",
        a__templates__bad=BAD,
    )
    write(a__chart__Chart="name: x\n", **{"a__.git__bad": BAD})
    Path("a/b/bad.yml").write_text(BAD)
    Path("a/b/bad.txt").write_text(BAD)
    os.mkfifo("a/b/pipe.yaml")
    assert main(["validate", "a", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert [d["file"] for d in json.loads(out)] == ["a/bad.yaml", "a/b/bad.yaml", "a/b/bad.yml", "a/templates/bad.yaml"]
    assert err == "helm-cleaner: a: no cleaner section, in 3 of its files\n"


@pytest.mark.parametrize("args", [[], ["-"]], ids=["nothing", "dash"])
def test_stdin(args: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert main(["validate", *args]) == 1
    assert capsys.readouterr().err.startswith("<stdin>:2:13: error: cleaner.imageTag: ")


def test_on_a_terminal_with_nothing_to_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["validate"]) == 2
    assert capsys.readouterr().err.startswith("helm-cleaner validate: error: nothing to check\n    hint: ")


def test_it_is_judged_as_laid_over_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    write(v="cleaner: {image: null}\n", defaults="cleaner:\n  nodeSelector: {gpu: true}\n")
    assert main(["validate", "v.yaml"]) == 0
    assert main(["validate", "v.yaml", "--no-defaults"]) == 0
    capsys.readouterr()
    assert main(["validate", "v.yaml", "--defaults", "defaults.yaml"]) == 1
    assert capsys.readouterr().err.startswith("defaults.yaml:2:23: error: cleaner.nodeSelector.gpu: must be a string")


def test_what_is_wrong_with_the_defaults_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    write(a="cleaner: {imageTag: a}\n", b="cleaner: {imageTag: b}\n")
    write(
        defaults="cleaner:\n  imageTag: 2.10\n  nodeSelector: {a: b}\n  nodeSelector: {c: d}\n  resources: {cpu: 50m}\n"
    )
    assert main(["validate", "a.yaml", "b.yaml", "--defaults", "defaults.yaml", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(d["file"], d["line"], d["severity"], d["code"]) for d in found] == [
        ("defaults.yaml", 2, "warning", "ambiguous-scalar"),
        ("defaults.yaml", 4, "warning", "duplicate-key"),
        ("defaults.yaml", 5, "warning", "flat-resources"),
    ]
    write(c="cleaner: {imagePullPolicy: Always}\n")
    assert main(["validate", "c.yaml", "--defaults", "defaults.yaml", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(d["line"], d["code"]) for d in found] == [(2, "type"), (4, "duplicate-key"), (5, "flat-resources")]


@pytest.mark.parametrize("text", ['"null"', '""'])
def test_a_rendered_section_of_nothing_is_fine(text: str) -> None:
    write(cm=f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: cm}}\ndata: {{POLYAXON_AGENT_CLEANER: {text}}}\n")
    assert main(["validate", "cm.yaml"]) == 0


def test_a_rendered_section(capsys: pytest.CaptureFixture[str]) -> None:
    write(cm="kind: ConfigMap\napiVersion: v1\nmetadata: {name: cm}\ndata: {POLYAXON_AGENT_CLEANER: '{\"image\":5}'}\n")
    assert main(["validate", "cm.yaml", "--format", "json"]) == 1
    [found] = json.loads(capsys.readouterr().out)
    assert (found["file"], found["line"], found["column"], found["path"]) == ("cm", None, None, "cleaner.image")


def test_section_path(capsys: pytest.CaptureFixture[str]) -> None:
    write(v="polyaxon:\n  cleaner: {image: 5}\ncleaner: {image: 6}\n")
    assert main(["validate", "v.yaml", "--section", "polyaxon.cleaner"]) == 1
    assert capsys.readouterr().err.startswith("v.yaml:2:20: error: cleaner.image: ")
    assert main(["validate", "v.yaml", "--section", "a..b"]) == 2
    assert "is not a valid path: separate names with dots" in capsys.readouterr().err


def test_a_warning_has_the_sections_own_path(capsys: pytest.CaptureFixture[str]) -> None:
    spec = "{chart: {name: polyaxon}, values: {cleaner: {tolerations: [{key: a, value: on}]}}}"
    write(v=f"apiVersion: v2\nkind: HelmRelease\nspec: {spec}\n")
    main(["validate", "v.yaml", "--format", "json"])
    assert {d["path"] for d in json.loads(capsys.readouterr().out)} == {"cleaner.tolerations[0].value"}


@pytest.mark.parametrize(
    ("args", "text", "code"),
    [
        (["--require-section"], "a: 1\n", 1),
        (["--require-section"], GOOD, 0),
        (["--strict"], FLAT, 1),
        (["--strict", "--ignore", "flat-resources"], FLAT, 0),
        (["--ignore", "type"], BAD, 0),
        (["--ignore", "tpye"], BAD, 2),
        (["--section", "a.cleaner", "--section", "b.cleaner"], "b:\n  cleaner: {image: 5}\n", 1),
    ],
)
def test_options_for_ci(args: list[str], text: str, code: int) -> None:
    write(v=text)
    assert main(["validate", "v.yaml", *args]) == code


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        ("tpye", "unknown code 'tpye'", "did you mean type?"),
        ("nonsense", "unknown code 'nonsense'", "helm-cleaner rule lists the codes"),
        ("yaml", "yaml cannot be ignored: it is not about a section", "helm-cleaner rule lists the codes"),
        ("quota", "quota cannot be ignored: it is not about a section", "helm-cleaner rule lists the codes"),
    ],
)
def test_what_cannot_be_ignored(run: Runner, code: str, message: str, hint: str) -> None:
    done = run("validate", "--ignore", code, "v.yaml")
    assert (done.code, done.out) == (2, b"")
    assert done.err == f"helm-cleaner validate: error: {message}\n    hint: {hint}\n"


def test_a_folder_without_files_is_said(run: Runner, folder: Path) -> None:
    (folder / "empty").mkdir()
    done = run("validate", "empty")
    assert done.code == 0
    assert "helm-cleaner: empty: no YAML, JSON or template file in it\n" in done.err


@pytest.mark.parametrize("args", [["validate", "v.yaml"], ["merge", "-f", "v.yaml"], ["merge", "--defaults", "v.yaml"]])
def test_utf_16_is_refused_in_the_same_words(run: Runner, folder: Path, args: list[str]) -> None:
    (folder / "v.yaml").write_bytes("cleaner: {}\n".encode("utf-16"))
    done = run(*args, stdin="")
    assert done.code == 2
    assert "v.yaml: error: the input is in UTF-16, not in UTF-8 [encoding]" in done.err
