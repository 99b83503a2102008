"""The command line: its commands, help and usage, and how it reports errors."""

from __future__ import annotations

import gc
import io
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from helm_cleaner import __version__
from helm_cleaner.actions import post_render
from helm_cleaner.cli import COMMANDS, main, program
from tests.conftest import COMMAND, Runner
from tests.support.commandlines import invocations, parse
from tests.support.manifests import CONFIGMAP


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--bogus"], "helm-cleaner post-render: error: unrecognized arguments: --bogus\n"),
        (["-f"], "helm-cleaner post-render: error: argument -f/--values: expected one argument\n"),
        (
            ["post-rendr"],
            "helm-cleaner: error: unknown command 'post-rendr'\n    hint: did you mean post-render?\n",
        ),
        (
            ["-f", "v.yaml", "diff"],
            (
                "helm-cleaner post-render: error: unrecognized arguments: diff\n"
                "    hint: put the command first: helm-cleaner diff …\n"
            ),
        ),
        (["frobnicate"], "helm-cleaner: error: unknown command 'frobnicate'\n    hint: available commands: "),
        (["plugin"], "helm-cleaner plugin: error: the following arguments are required: action\n"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_usage_errors(run: Runner, args: list[str], expected: str) -> None:
    done = run(*args)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(expected)
    assert "hint:" in done.err


@pytest.mark.parametrize("args", [["--help"], ["-h"], ["help"], *([name, "--help"] for name in COMMANDS)], ids=" ".join)
def test_help(run: Runner, args: list[str]) -> None:
    done = run(*args)
    assert done.code == 0
    assert done.out.startswith(b"usage: helm-cleaner")
    assert done.err == ""


def test_help_fits_a_screen_and_shows_what_people_need_first(run: Runner) -> None:
    lines = run("--help").out.decode().splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 100
    shown = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert shown == list(COMMANDS)
    assert shown[:3] == ["validate", "fix", "post-render"]
    examples = list(invocations("\n".join(line for line in lines if line.startswith("      helm"))))
    assert examples == [["validate", "values.yaml"], ["fix", "values.yaml"]]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_examples_that_work(run: Runner, name: str) -> None:
    _, _, examples = run(name, "--help").out.decode().partition("\nexamples:\n")
    assert 1 <= len(examples.splitlines()) <= 3
    assert max(map(len, examples.splitlines())) <= 100
    found = list(invocations(examples))
    assert found or "--post-renderer helm-cleaner" in examples
    for args in found:
        parse(args)
        assert (args[0] if args and args[0] in COMMANDS else "post-render") == name


def test_version(run: Runner) -> None:
    assert run("--version").out == f"helm-cleaner {__version__}\n".encode()


def test_on_a_terminal_it_shows_its_help(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    assert main([]) == 0
    assert run.capture.readouterr()[0].startswith(b"usage: helm-cleaner")


def test_a_bug_is_owned_up_to(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(post_render, "render", broken)
    done = run()
    assert (done.code, done.out) == (3, b"")
    assert done.err.startswith(
        f"helm-cleaner {__version__}: error: a bug in helm-cleaner; nothing was written [internal]"
    )
    assert "RuntimeError: boom" in done.err


def test_an_interruption(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(post_render, "render", interrupted)
    assert (run().code, run().out) == (130, b"")


def test_an_ascii_locale_does_not_matter() -> None:
    stream = (CONFIGMAP % '{"imagePullPolicy":"immer-größer"}').encode()
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([COMMAND], input=stream, env=env, capture_output=True, check=False)
    assert done.returncode == 1
    assert "immer-größer" in done.stderr.decode()


def test_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "helm_cleaner", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"helm-cleaner {__version__}\n"


MEANT: dict[str, tuple[list[str], str]] = {
    "an option": (["--warnonly"], "did you mean --warn-only?"),
    "an option with a value": (["merge", "--sett=a=b"], "did you mean --set?"),
    "-f for files": (["fix", "-f", "v.yaml"], "pass files without -f: helm-cleaner fix values.yaml"),
    "a file for -f": (["merge", "v.yaml"], "pass a values file with -f: helm-cleaner merge -f v.yaml"),
    "nothing near": (["schema", "--zzz"], "helm-cleaner schema --help"),
    "a command": (["validat"], "did you mean validate?"),
    "a file for a command": (["v.yaml"], "helm-cleaner validate v.yaml"),
    "no command": (["frobnicate"], "available commands: validate, fix"),
}


@pytest.mark.parametrize(("args", "hint"), MEANT.values(), ids=MEANT)
def test_what_may_have_been_meant(
    run: Runner, args: list[str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text("a: 1\n")
    done = run(*args)
    assert (done.code, done.out) == (2, b"")
    assert f"    hint: {hint}" in done.err


def test_help_for_a_command(run: Runner) -> None:
    assert run("help", "fix").out == run("fix", "--help").out
    assert run("help", "nonsense").out == run("help").out


FROM_VALUES = {
    "explain": "helm-cleaner explain -f {}",
    "preflight --cluster cluster.json": "helm-cleaner preflight -f {}",
}
FROM_MANIFESTS = {
    command: f"helm template plx polyaxon/polyaxon -f {{}} | helm-cleaner {command}"
    for command in ("diff", "patch -o kustomize", "patch -o flux")
}


@pytest.mark.parametrize(("command", "hint"), [*FROM_VALUES.items(), *FROM_MANIFESTS.items()], ids=lambda v: v[:12])
@pytest.mark.parametrize("text", ["cleaner: {imageTag: dev}\n", "hello"], ids=["values", "text"])
def test_values_are_not_manifests(
    run: Runner, command: str, hint: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cluster.json").write_text('{"kind": "List", "items": []}')
    Path("v.yaml").write_text(text)
    for args, stdin, name, values in ([], text, "<stdin>", "values.yaml"), (["v.yaml"], "", "v.yaml", "v.yaml"):
        done = run(*command.split(), *args, stdin=stdin)
        assert (done.code, done.out) == (2, b"")
        assert done.err == (
            f"{name}: error: these are not Kubernetes manifests [no-manifests]\n"
            f"    hint: for a values file: {hint.format(values)}\n"
        )


@pytest.mark.parametrize("command", FROM_MANIFESTS)
def test_an_empty_input_has_no_diff(run: Runner, command: str) -> None:
    done = run(*command.split(), stdin="")
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("<stdin>: error: the input is empty [no-manifests]\n    hint: helm template plx ")
    assert "did the command before the pipe fail?" in done.err


def test_the_module_can_be_imported() -> None:
    assert "program" in runpy.run_module("helm_cleaner.__main__", run_name="imported")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["merge", "-f", '"a'], "is not a valid list of files"),
        (["preprocess", "values.yaml"], "only Helm runs this command"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_usage_of_what_is_for_helm_and_of_lists(run: Runner, args: list[str], message: str) -> None:
    done = run(*args)
    assert (done.code, done.out) == (2, b"")
    assert message in done.err


def test_the_program_does_not_search_for_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes half of the time of many findings. A caller of `main` keeps its collector."""
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(sys, "argv", ["helm-cleaner", "--version"])
    before = gc.isenabled()
    try:
        gc.enable()
        main(["--version"])
        assert gc.isenabled()
        program()
        assert (gc.isenabled(), ended) == (False, [0])
    finally:
        (gc.enable if before else gc.disable)()
