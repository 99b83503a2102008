"""What `.helm-cleaner.yaml`, --config, --exclude and comments mean for validate and fix."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Runner

BAD = "cleaner: {imagePullPolicy: sometimes}\n"
BASE = "cleaner:\n  resources: {limits: {memory: 8Gi, cpu: 4}}\n"
PROD = "cleaner:\n  resources: {requests: {memory: 3Gi, cpu: 2}}\n"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def codes(run: Runner, *args: str) -> list[tuple[str, str, int | None]]:
    found = json.loads(run("validate", "--format", "json", *args).out)
    return [(each["file"], each["code"], each["line"]) for each in found]


LEGACY = {"legacy/a.yaml": BAD, "new/a.yaml": BAD}
ALL = [("./legacy/a.yaml", "pull-policy", 1), ("./new/a.yaml", "pull-policy", 1)]
Found = Sequence[tuple[str, str, int | None]]
FINDINGS: dict[str, tuple[dict[str, str], list[str], Found]] = {
    "nothing": (LEGACY, ["."], ALL),
    "exclude": (LEGACY | {".helm-cleaner.yaml": "exclude: [legacy/]"}, ["."], ALL[1:]),
    "--exclude": (LEGACY, [".", "--exclude", "legacy"], ALL[1:]),
    "both": (LEGACY | {".helm-cleaner.yaml": "exclude: [legacy/]"}, [".", "--exclude", "new/*.yaml"], []),
    "of a file that is named": (
        LEGACY | {".helm-cleaner.yaml": "exclude: [legacy/]"},
        ["legacy/a.yaml", "new/a.yaml"],
        [("new/a.yaml", "pull-policy", 1)],
    ),
    "a glob that matches nothing": (
        LEGACY | {".helm-cleaner.yaml": "exclude: [legacy/, old/]"},
        ["."],
        [ALL[1], (".helm-cleaner.yaml", "unused-ignore", 1)],
    ),
    "a glob that matches nothing here": (
        LEGACY | {".helm-cleaner.yaml": "exclude: [legacy/, old/]"},
        ["new"],
        [("new/a.yaml", "pull-policy", 1)],
    ),
    "an --exclude that matches nothing": (
        LEGACY,
        [".", "--exclude", "old/"],
        [*ALL, ("--exclude", "unused-ignore", None)],
    ),
    "ignore": (LEGACY | {".helm-cleaner.yaml": "ignore: {'legacy/*.yaml': [pull-policy]}"}, ["."], ALL[1:]),
    "an ignore that ignores nothing": (
        LEGACY | {".helm-cleaner.yaml": "ignore:\n  legacy/*.yaml: [pull-policy, image]"},
        ["."],
        [ALL[1], (".helm-cleaner.yaml", "unused-ignore", 2)],
    ),
    "an ignore of other files": (
        LEGACY | {".helm-cleaner.yaml": "ignore:\n  legacy/*.yaml: [pull-policy, image]"},
        ["new/a.yaml"],
        [("new/a.yaml", "pull-policy", 1)],
    ),
    "--no-config": (LEGACY | {".helm-cleaner.yaml": "exclude: [legacy/]"}, [".", "--no-config"], ALL),
    "--config": (
        LEGACY | {".helm-cleaner.yaml": "exclude: [legacy/]", "ci/c.yaml": "exclude: [/new]"},
        [".", "--config", "ci/c.yaml"],
        ALL[:1],
    ),
    "layers": ({".helm-cleaner.yaml": "layers: [[b.yaml, p.yaml]]", "b.yaml": BASE, "p.yaml": PROD}, ["."], []),
    "a layer of which one file is given": (
        {".helm-cleaner.yaml": "layers: [[b.yaml, p.yaml]]", "b.yaml": BASE, "p.yaml": PROD},
        ["p.yaml"],
        [],
    ),
    "two layers": (
        {".helm-cleaner.yaml": "layers: [[b.yaml, p.yaml], [c.yaml, p.yaml]]", "b.yaml": BASE, "c.yaml": "a: 1",
         "p.yaml": PROD},
        ["p.yaml"],
        [("p.yaml", "request-over-limit", 2), ("p.yaml", "request-over-limit", 2)],
    ),
    "no layers": (
        {"b.yaml": BASE, "p.yaml": PROD},
        ["."],
        [("./p.yaml", "request-over-limit", 2), ("./p.yaml", "request-over-limit", 2)],
    ),
    "a layer that is not there": (
        {".helm-cleaner.yaml": "layers:\n- [p.yaml,\n   gone.yaml]", "p.yaml": BASE},
        ["."],
        [(".helm-cleaner.yaml", "config", 3)],
    ),
    "an umbrella's layers": (
        {".helm-cleaner.yaml": "layers: [[u/b.yaml, u/p.yaml]]",
         "u/Chart.yaml": "apiVersion: v2\nname: u\ndependencies: [{name: polyaxon, alias: plx}]\n",
         "u/b.yaml": "plx:\n  cleaner: {resources: {limits: {memory: 8Gi}}}\n",
         "u/p.yaml": "plx:\n  cleaner: {resources: {requests: {memory: 9Gi}}}\n"},
        ["u/p.yaml"],
        [("u/p.yaml", "request-over-limit", 2)],
    ),
    "sections": (
        {".helm-cleaner.yaml": "sections: [platform.cleaner]", "v.yaml": f"platform:\n  {BAD}"},
        ["."],
        [("./v.yaml", "pull-policy", 2)],
    ),
    "charts": (
        {".helm-cleaner.yaml": "charts: [mirror]", "h.yaml": "releases:\n- chart: x/mirror\n  values:\n  - " + BAD},
        ["."],
        [("./h.yaml", "pull-policy", 4)],
    ),
    "a comment": ({"v.yaml": "cleaner:\n  imagePullPolicy: x # helm-cleaner: ignore[pull-policy]\n"}, ["."], []),
    "a comment that ignores nothing": (
        {"v.yaml": "cleaner:\n  imageTag: x # helm-cleaner: ignore[pull-policy]\n"},
        ["."],
        [("./v.yaml", "unused-ignore", 2)],
    ),
    "a comment in a text": (
        {"a.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    chart: agent\n    helm:"
         "\n      values: |\n        cleaner:\n          imagePullPolicy: x # helm-cleaner: ignore[pull-policy]\n"},
        ["."],
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "args", "expected"), FINDINGS.values(), ids=FINDINGS)
def test_findings(files: dict[str, str], args: list[str], expected: Found, run: Runner) -> None:
    write(files)
    assert codes(run, *args) == expected


def test_the_nearest_configuration_counts(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    write({".helm-cleaner.yaml": "exclude: [a.yaml]", "sub/below/a.yaml": BAD})
    monkeypatch.chdir("sub/below")
    assert codes(run, ".") == []
    write({"../.helm-cleaner.yaml": "exclude: [b.yaml]"})
    assert codes(run, "a.yaml") == [("a.yaml", "pull-policy", 1)]


def test_the_search_ends_at_the_repository(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    write({".helm-cleaner.yaml": "exclude: ['*']", "other/.git": "gitdir: elsewhere", "other/a.yaml": BAD})
    monkeypatch.chdir("other")
    assert codes(run, "a.yaml") == [("a.yaml", "pull-policy", 1)]


def test_outside_of_a_repository_only_the_working_folder_counts(
    run: Runner, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / ".git").rmdir()
    write({".helm-cleaner.yaml": "exclude: [a.yaml]", "a.yaml": BAD, "sub/a.yaml": BAD})
    assert codes(run, "a.yaml") == []
    monkeypatch.chdir("sub")
    assert codes(run, "a.yaml") == [("a.yaml", "pull-policy", 1)]


def test_a_wrong_configuration_ends_the_command(run: Runner) -> None:
    write({".helm-cleaner.yaml": "excludes: [x]\ncharts: 1\n", "a.yaml": BAD})
    for command in ("validate", "fix"):
        done = run(command, "a.yaml")
        assert (done.code, done.out) == (2, b"")
        assert ".helm-cleaner.yaml:1:1: error: excludes: unknown key [config]\n" in done.err
        assert "hint: did you mean exclude?" in done.err
        assert ".helm-cleaner.yaml:2:9: error: charts: must be a list, found 1 [config]" in done.err


def test_an_exclude_is_a_glob(run: Runner) -> None:
    done = run("validate", ".", "--exclude", "!")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "helm-cleaner validate: error: --exclude '!': an empty glob matches nothing",
    )


def test_excluded_arguments_are_said(run: Runner) -> None:
    write(LEGACY)
    done = run("validate", "legacy/a.yaml", "new", "--exclude", "legacy", "--exclude", "new")
    assert (done.code, done.err.splitlines()[0]) == (0, "helm-cleaner: 2 arguments excluded: legacy/a.yaml, new")


def test_fix_leaves_excluded_files_and_files_that_are_not_given(run: Runner) -> None:
    flat = "cleaner: {resources: {cpu: 50m}}\n"
    write({".helm-cleaner.yaml": "exclude: [legacy/]\nlayers: [[b.yaml, p.yaml]]",
           "legacy/a.yaml": flat, "b.yaml": flat, "p.yaml": flat})  # fmt: skip
    assert run("fix", "p.yaml", "legacy").code == 0
    assert Path("p.yaml").read_text() == "cleaner: {resources: {requests: {cpu: 50m}}}\n"
    assert Path("b.yaml").read_text() == Path("legacy/a.yaml").read_text() == flat


def test_fix_does_not_report_what_is_ignored(run: Runner) -> None:
    write({"a.yaml": "cleaner:\n  imagePullPolicy: never ever # helm-cleaner: ignore[pull-policy]\n"})
    done = run("fix", "a.yaml")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_reports_leave_ignored_findings_out(run: Runner, form: str) -> None:
    write({"a.yaml": "cleaner:\n  imagePullPolicy: x # helm-cleaner: ignore[pull-policy]\n"})
    done = run("validate", "--format", form, "a.yaml")
    assert done.code == 0
    assert b"a.yaml" not in done.out


LAYERS: dict[str, tuple[dict[str, str], list[str], Found]] = {
    "as Helm merges them": ({"b.yaml": BASE, "p.yaml": PROD}, ["-f", "b.yaml", "-f", "p.yaml"], []),
    "in one flag": ({"b.yaml": BASE, "p.yaml": PROD}, ["-f", "b.yaml,p.yaml"], []),
    "one alone": (
        {"p.yaml": "cleaner:\n  resources: {requests: {memory: 3Gi}}\n"},
        ["-f", "p.yaml"],
        [("p.yaml", "request-over-limit", 2)],
    ),
    "with a flag": (
        {"b.yaml": BASE},
        ["-f", "b.yaml", "--set", "cleaner.resources.requests.memory=9Gi"],
        [("--set", "request-over-limit", None)],
    ),
    "a placeholder": (
        {"b.yaml": "cleaner:\n  imageTag: ${TAG}\n  image: ref+vault://a/b\n"}, ["-f", "b.yaml"],
        [("b.yaml", "not-checked", 2)],
    ),
    "a flag alone": ({}, ["--set", "cleaner.imagePullPolicy=x"], [("--set", "pull-policy", None)]),
    "an ignored finding": (
        {"b.yaml": "cleaner:\n  imagePullPolicy: x  # helm-cleaner: ignore[pull-policy]\n"},
        ["-f", "b.yaml"],
        [],
    ),
    "an umbrella": (
        {"Chart.yaml": "apiVersion: v2\nname: u\ndependencies: [{name: polyaxon, alias: plx}]\n",
         "values.yaml": "plx:\n  cleaner: {resources: {limits: {memory: 8Gi}}}\n",
         "p.yaml": "plx:\n  cleaner: {resources: {requests: {memory: 3Gi}}}\n"},
        ["-f", "p.yaml"],
        [],
    ),
    "an umbrella over a mirror": (
        {".helm-cleaner.yaml": "charts: [mirror]", "Chart.yaml": "name: u\ndependencies: [{name: mirror}]\n",
         "p.yaml": f"mirror:\n  {BAD}"},
        ["-f", "p.yaml"],
        [("p.yaml", "pull-policy", 2)],
    ),
    "--section": ({"p.yaml": f"plx:\n  {BAD}"}, ["-f", "p.yaml", "--section", "plx.cleaner"],
                  [("p.yaml", "pull-policy", 2)]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "args", "expected"), LAYERS.values(), ids=LAYERS)
def test_values_of_one_release(files: dict[str, str], args: list[str], expected: Found, run: Runner) -> None:
    write(files)
    assert [(file.partition(" ")[0], code, line) for file, code, line in codes(run, *args)] == expected


def test_values_of_one_release_go_without_other_files(run: Runner) -> None:
    done = run("validate", "-f", "a.yaml", "b.yaml")
    assert (done.code, done.out) == (2, b"")
    assert "hint: to check them together: helm-cleaner validate -f a.yaml -f b.yaml\n" in done.err


def test_values_of_one_release_may_lack_a_section(run: Runner) -> None:
    write({"a.yaml": "a: 1"})
    assert run("validate", "-f", "a.yaml").code == 0
    assert "a.yaml: error: no section was found" in run("validate", "-f", "a.yaml", "--require-section").err


@pytest.mark.parametrize("command", ["validate", "fix"])
def test_named_files_may_count_as_those_of_a_folder(run: Runner, command: str) -> None:
    write({"t.yaml": "a: {{ x }\n", "v.yaml": BAD, ".helm-cleaner.yaml": "exclude: [x.yaml]", "x.yaml": BAD})
    assert run(command, "t.yaml").code == 2
    done = run(command, "--as-in-folder", "t.yaml", "v.yaml", ".helm-cleaner.yaml", "x.yaml")
    assert done.code == 1
    assert "v.yaml:1:28: error: cleaner.imagePullPolicy" in done.err
    assert "t.yaml" not in done.err
    assert "helm-cleaner: 1 argument excluded: x.yaml\n" in done.err


def test_fix_leaves_what_is_ignored(run: Runner) -> None:
    """Ignored findings are neither fixed nor counted as fixable, and their comments are used."""
    text = "cleaner:\n  imageTag: 2.10  # helm-cleaner: ignore[type]\n  nodeSelector: {gpu: true}\n"
    write({"a.yaml": text, ".helm-cleaner.yaml": "ignore: {b.yaml: [type]}\n", "b.yaml": "cleaner: {imageTag: 1}\n"})
    assert "1 fixable with `helm-cleaner fix a.yaml`" in run("validate", "a.yaml", "b.yaml").err
    done = run("fix", "a.yaml", "b.yaml")
    assert (done.code, done.err) == (0, 'a.yaml:3:23: fixed: cleaner.nodeSelector.gpu: true -> "true"\n')
    assert Path("a.yaml").read_text() == text.replace("{gpu: true}", '{gpu: "true"}')
    assert Path("b.yaml").read_text() == "cleaner: {imageTag: 1}\n"


def test_fix_says_what_is_wrong_in_a_file_that_is_not_given(run: Runner) -> None:
    write({".helm-cleaner.yaml": "layers: [[b.yaml, p.yaml]]", "b.yaml": "cleaner: {imageTag: 1}\n", "p.yaml": BASE})
    done = run("fix", "p.yaml")
    assert (done.code, Path("b.yaml").read_text()) == (1, "cleaner: {imageTag: 1}\n")
    assert "cannot be rewritten: its file was not given [yaml-shape]" in done.err
    assert "hint: helm-cleaner fix b.yaml" in done.err


@pytest.mark.parametrize("form", ["gitlab", "rdjson"])
def test_other_reports_leave_ignored_findings_out(run: Runner, form: str) -> None:
    write({"a.yaml": "cleaner:\n  imagePullPolicy: always # helm-cleaner: ignore[pull-policy]\n"})
    done = run("validate", "--format", form, "a.yaml")
    assert done.code == 0
    assert b"a.yaml" not in done.out
