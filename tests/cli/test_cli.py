"""The command line: options, exit codes, what goes to stdout and what is said."""

from __future__ import annotations

import importlib
import io
import mmap
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helm_cleaner import CleanerError, __version__, post_render
from helm_cleaner.cli import COMMANDS, main, streams
from tests.conftest import COMMAND, Runner
from tests.support.command import run_redirected
from tests.support.commandlines import invocations, parse
from tests.support.manifests import CONFIGMAP, DEPLOYMENT, WHOLE


def test_it_is_the_default_command(run: Runner) -> None:
    plain, named = run(), run("post-render")
    assert plain.code == named.code == 0
    assert plain.out == named.out
    assert (CONFIGMAP % WHOLE).encode() in plain.out
    assert plain.err == ""


def test_options_may_come_without_the_command(run: Runner) -> None:
    assert b'"imageTag":"dev"' in run("--set", "cleaner.imageTag=dev").out


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--set", "cleaner.imageTag=dev"], b'"imageTag":"dev"'),
        (["--set-string", "cleaner.imageTag=2.10"], b'"imageTag":"2.10"'),
        (["--set-json", 'cleaner.nodeSelector={"a":"b"}'], b'"nodeSelector":{"a":"b"}'),
        (["--set-file", "cleaner.imageTag=tag.txt"], b'"imageTag":"from-file"'),
        (["-f", "a.yaml"], b'"imageTag":"from-a"'),
        (["--values", "a.yaml", "-f", "b.yaml"], b'"imageTag":"from-b"'),
        (["-f", "b.yaml", "-f", "a.yaml"], b'"imageTag":"from-a"'),
        (["-f", "a.yaml", "--set", "cleaner.imageTag=flag"], b'"imageTag":"flag"'),
        (["--set", "cleaner.resources=null"], b'"imageTag":"2.15.1"}'),
        (["--no-defaults"], b"POLYAXON_AGENT_CLEANER: '{}'"),
        (["--no-defaults", "--set", "cleaner.imageTag=x"], b'POLYAXON_AGENT_CLEANER: \'{"imageTag":"x"}\''),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_value_options(
    run: Runner, args: list[str], expected: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tag.txt").write_text("from-file")
    Path("a.yaml").write_text("cleaner: {imageTag: from-a}\nother: {x: 1}\n")
    Path("b.yaml").write_text("cleaner:\n  imageTag: from-b\n")
    done = run(*args)
    assert done.code == 0, done.err
    assert expected in done.out


def test_values_from_the_environment_come_first(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / name).write_text(f"cleaner: {{imageTag: {name}, nodeSelector: {{{name}: '1'}}}}\n")
    monkeypatch.setenv("HELM_CLEANER_VALUES", os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")]))
    done = run("-f", str(tmp_path / "c"))
    assert b'"imageTag":"c"' in done.out
    assert b'"nodeSelector":{"a":"1","b":"1","c":"1"}' in done.out


def test_no_rollout_leaves_checksums_alone(run: Runner) -> None:
    assert b"checksum/agent-config" in run().out
    done = run("--no-rollout")
    assert done.out == (CONFIGMAP % WHOLE + DEPLOYMENT).encode()


@pytest.mark.parametrize("stdin", ["", "\n", " \n" * 4000], ids=["nothing", "a line", "much of it"])
@pytest.mark.parametrize("args", [[], ["--warn-only"], ["--require-target"]], ids=" ".join)
def test_an_empty_stdin_is_no_success(run: Runner, args: list[str], stdin: str) -> None:
    done = run(*args, stdin=stdin)
    assert (done.code, done.out) == (2, b"")
    assert "<stdin>: error: stdin is empty: no manifests were piped in" in done.err
    assert "--output-dir" in done.err
    assert "a broken pipe" in done.err


def test_no_target_is_said(run: Runner) -> None:
    done = run(stdin=DEPLOYMENT)
    assert (done.code, done.out) == (0, DEPLOYMENT.encode())
    assert done.err == "helm-cleaner: no agent ConfigMap in these manifests: nothing to patch\n"


def test_require_target(run: Runner) -> None:
    done = run("--require-target", stdin=DEPLOYMENT)
    assert (done.code, done.out) == (2, b"")
    assert "no agent ConfigMap in these manifests: nothing to patch [no-target]" in done.err


@pytest.mark.parametrize("args", [[], ["--require-target"]], ids=["plain", "require-target"])
def test_hooks_alone_pass_in_silence(run: Runner, args: list[str]) -> None:
    hook = "---\nkind: Job\nmetadata:\n  annotations: {helm.sh/hook: pre-delete}\n"
    done = run(*args, stdin=hook)
    assert (done.code, done.out, done.err) == (0, hook.encode(), "")


BAD = CONFIGMAP % '{"imagePullPolicy":"always","imageTag":2.1,"tag":"x"}'


def test_everything_wrong_is_said_at_once(run: Runner) -> None:
    done = run(stdin=BAD)
    assert (done.code, done.out) == (1, b"")
    for expected in (
        'cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never [pull-policy]',
        "cleaner.imageTag: must be a string, found the number 2.1 [type]",
        "cleaner.tag: unknown field; allowed: image, imageTag,",
        "hint: did you mean imageTag?",
    ):
        assert expected in done.err


def test_warn_only_says_it_and_passes_the_stream(run: Runner) -> None:
    done = run("--warn-only", stdin=BAD)
    assert (done.code, done.out) == (0, BAD.encode())
    assert "error: cleaner.imagePullPolicy" in done.err
    assert "the manifests pass through as they came (--warn-only)" in done.err


VALUES_ERRORS: dict[str, tuple[bytes | None, list[str]]] = {
    "missing": (None, ["values.yaml: error: cannot be read: No such file or directory [file]"]),
    "not yaml": (b"a: [1\nb: 2\n", ["values.yaml:2:2: error: not YAML: ", "[yaml]"]),
    "not utf-8": (b"a: 1\nb: \xff\n", ["values.yaml:2:4: error: byte 0xff is not UTF-8 [encoding]"]),
    "list": (b"- a\n", ["values.yaml:1:1: error: a values file must be a mapping, found a list [values]"]),
    "scalar": (b"hello\n", ['values.yaml:1:1: error: a values file must be a mapping, found "hello" [values]']),
    "control": (b"a: b\x00\n", ["values.yaml:1:5: error: control character U+0000 is not allowed in YAML [yaml]"]),
    "two documents": (b"a: 1\n---\nb: 1\n", ["values.yaml:2:1: error: a second document starts here"]),
    "infinity": (b"a: .inf\n", ["values.yaml:1:4: error: JSON has no .inf: unsupported value: +Inf [values]"]),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), VALUES_ERRORS.values(), ids=VALUES_ERRORS)
def test_values_files_that_cannot_be_used(
    run: Runner, content: bytes | None, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("values.yaml").write_bytes(content)
    done = run("-f", "values.yaml")
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(expected[0])
    assert all(part in done.err for part in expected)


def test_all_unusable_values_are_said_at_once(run: Runner, tmp_path: Path) -> None:
    done = run("-f", str(tmp_path / "no"), "-f", str(tmp_path), "--set", "a", "--set-json", "b={", "--set-file", "c=no")
    assert (done.code, done.out) == (2, b"")
    assert done.err.count(": error: ") == 5


def test_stdin_cannot_be_a_values_file(run: Runner) -> None:
    done = run("-f", "-")
    assert (done.code, done.out) == (2, b"")
    assert "-: error: stdin holds the manifests and cannot be a values file too [file]" in done.err


def test_a_bad_set_shows_the_flag(run: Runner) -> None:
    done = run("--set", "cleaner.image=a,cleaner.imageTag")
    assert (done.code, done.out) == (2, b"")
    assert done.err.splitlines()[:3] == [
        '--set: error: key "imageTag" has no value [set]',
        "    cleaner.image=a,cleaner.imageTag",
        "                            ^",
    ]


NO_JSON = "rel-agent-config: error: cleaner: the rendered section is not JSON: "
STREAM_ERRORS: dict[str, tuple[bytes, str]] = {
    "not yaml": (b"a: 1\n---\nPOLYAXON_AGENT_CLEANER: [\n", "<stdin>:4:1: error: not YAML: "),
    "not utf-8": (b"a: 1\n---\nPOLYAXON_AGENT_CLEANER: \xff\n", "<stdin>:3:25: error: byte 0xff is not UTF-8 "),
    "utf-16": ((CONFIGMAP % "{}").encode("utf-16"), "<stdin>: error: the input is in UTF-16, not in UTF-8 [encoding]"),
    "utf-16 without a mark": ((CONFIGMAP % "{}").encode("utf-16-be"), "<stdin>: error: the input is in UTF-16"),
    "utf-32": ((CONFIGMAP % "{}").encode("utf-32"), "<stdin>: error: the input is in UTF-32, not in UTF-8 [encoding]"),
    "no json": ((CONFIGMAP % "{image:").encode(), NO_JSON),
    "json with NaN": ((CONFIGMAP % '{"a":NaN}').encode(), NO_JSON),
    "json with infinity": ((CONFIGMAP % '{"a":1e999}').encode(), NO_JSON),
}  # fmt: skip


@pytest.mark.parametrize(("stream", "expected"), STREAM_ERRORS.values(), ids=STREAM_ERRORS)
def test_streams_that_cannot_be_used(run: Runner, stream: bytes, expected: str) -> None:
    done = run(stdin=stream)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(expected)


def test_what_need_not_be_read_may_hold_anything(run: Runner) -> None:
    junk = b"---\n\xff\xfe not: [yaml\n---\n- \x00\n"
    done = run(stdin=(CONFIGMAP % WHOLE).encode() + junk)
    assert (done.code, done.out) == (0, (CONFIGMAP % WHOLE).encode() + junk)


@pytest.mark.parametrize("content", ["null", "", "  "], ids=["null", "empty", "blank"])
def test_a_section_of_nothing_means_the_defaults(run: Runner, content: str) -> None:
    assert (CONFIGMAP % WHOLE).encode() in run(stdin=CONFIGMAP % content).out
    assert b"POLYAXON_AGENT_CLEANER: '{}'" in run("--no-defaults", stdin=CONFIGMAP % content).out


@pytest.mark.parametrize("content", ["[]", '"x"', "5", "true"])
def test_a_section_that_is_no_mapping(run: Runner, content: str) -> None:
    done = run(stdin=CONFIGMAP % content)
    assert (done.code, done.out) == (1, b"")
    assert "rel-agent-config: error: cleaner: must be a mapping, found " in done.err


def test_a_finding_in_a_file_is_said_once_for_several_agents(run: Runner, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("cleaner: {imagePullPolicy: never}\n")
    done = run("-f", str(values), stdin=(CONFIGMAP + "---\n" + CONFIGMAP) % ("{}", "{}"))
    assert done.code == 1
    assert done.err.count("[pull-policy]") == 1
    assert done.err.startswith(f"{values}:1:28: error: cleaner.imagePullPolicy: ")


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
    from helm_cleaner.actions import post_render

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(post_render, "render", broken)
    done = run()
    assert (done.code, done.out) == (3, b"")
    assert done.err.startswith(
        f"helm-cleaner {__version__}: error: a bug in helm-cleaner; nothing was written [internal]"
    )
    assert "RuntimeError: boom" in done.err


def test_an_edit_that_fails_its_verification_is_not_written(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from helm_cleaner.yamltext import scalars

    monkeypatch.setattr(scalars, "quoted", lambda text: f'"{text} and more"')
    monkeypatch.setattr(
        importlib.import_module("helm_cleaner.yamltext.edit"), "_plain", lambda text: f"{text}-and-more"
    )
    done = run()
    assert (done.code, done.out) == (3, b"")
    assert "the edited document differs from the intended one; nothing was written [internal]" in done.err


def test_an_interruption(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from helm_cleaner.actions import post_render

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(post_render, "render", interrupted)
    assert (run().code, run().out) == (130, b"")


# ---- as a process of its own --------------------------------------------------------------------------------------


def test_a_closed_pipe_is_no_traceback() -> None:
    stream = (CONFIGMAP % "{}" + "---\n# " + "x" * 1_000_000).encode()
    with subprocess.Popen([COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        assert p.stdin
        assert p.stdout
        assert p.stderr
        p.stdout.close()
        p.stdin.write(stream)
        p.stdin.close()
        assert p.stderr.read() == b""
    assert p.returncode == 2


@pytest.mark.parametrize(
    ("redirection", "expected"),
    [
        ("<&-", "<stdin>: error: stdin is closed"),
        ("0>out", "<stdin>: error: cannot be read: Bad file descriptor"),
        (">&-", "<stdout>: error: stdout is closed"),
        ("2>&-", ""),
    ],
)
def test_closed_streams(redirection: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_text(BAD if redirection == "2>&-" else CONFIGMAP % "{}")
    command = f'"{COMMAND}" < in {redirection}'
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if redirection == "2>&-" else 2)
    assert done.stdout == ""
    assert done.stderr.startswith(expected)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "merge --help",
        "--version",
        "merge",
        "schema",
        "plugin path",
        "fix --diff v",
        "validate --format json v",
    ],
)
@pytest.mark.parametrize(
    ("redirection", "expected"),
    [(">&-", "<stdout>: error: stdout is closed"), (">/dev/full", "<stdout>: error: cannot be written: No space left")],
    ids=["closed", "full"],
)
def test_output_with_nowhere_to_go(command: str, redirection: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "v").write_text("cleaner: {imageTag: 2.10}\n")
    done = run_redirected(command, redirection, tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert expected in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["merge -f -", "validate -", "post-render"])
def test_closed_stdin(command: str, tmp_path: Path) -> None:
    done = run_redirected(command, "<&-", tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("<stdin>: error: stdin is closed [stdin]")


def test_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [COMMAND], input=(CONFIGMAP % "{}").encode(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("<stdout>: error: cannot be written: No space left on device [stdout]")


@pytest.mark.parametrize("advice", [None, 9999], ids=["as it is", "a kernel without huge pages"])
@pytest.mark.parametrize(("pages", "more"), [(0, 0), (0, 1), *((n, m) for n in (1, 2, 4, 9) for m in (-1, 0, 1))])
def test_a_large_stream_is_read_whole(
    pages: int, more: int, advice: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (b"0123456789\n" * mmap.PAGESIZE)[: pages * mmap.PAGESIZE + more]
    monkeypatch.setattr(streams, "_LARGE", mmap.PAGESIZE)
    if advice:
        monkeypatch.setattr(mmap, "MADV_HUGEPAGE", advice, raising=False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    stream = streams.read_stream()
    assert stream[:] == data
    assert len(stream) == len(data)


def releases(count: int) -> bytes:
    """Releases in namespaces of their own, with so much beside them that the stream is a large one."""
    one = CONFIGMAP % "{}" + DEPLOYMENT + "---\n" + "# ballast\n" * 10_000
    return "".join("---\n" + one.replace("rel-", f"r{number}-") for number in range(count)).encode()


def test_a_hundred_releases() -> None:
    stream = releases(110)
    done = subprocess.run([COMMAND], input=stream, capture_output=True, check=True)
    assert done.stdout == post_render(stream)
    assert done.stdout.count(b"checksum/agent-config: ") == 110


def test_what_is_wrong_in_a_hundred_releases() -> None:
    stream = releases(110)
    for number in (5, 30, 31, 90):
        stream = stream.replace(b"name: r%d-agent\n" % number, b"name: [}\n")
    with pytest.raises(CleanerError) as refused:
        post_render(stream)
    done = subprocess.run([COMMAND], input=stream, capture_output=True, text=False, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    lines = [d.location.line for d in refused.value.diagnostics]
    assert len(lines) == 4
    assert [int(line) for line in re.findall(rb"^<stdin>:(\d+):", done.stderr, re.MULTILINE)] == lines


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


# ---- what may have been meant ---------------------------------------------------------------------------------------

MEANT: dict[str, tuple[list[str], str]] = {
    "an option": (["--warnonly"], "did you mean --warn-only?"),
    "an option with a value": (["merge", "--sett=a=b"], "did you mean --set?"),
    "-f for files": (["validate", "-f", "v.yaml"], "pass files without -f: helm-cleaner validate values.yaml"),
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


@pytest.mark.parametrize("args", [["diff"], ["patch", "-o", "flux"], ["diff", "-"], ["-f", "v.yaml"]], ids=" ".join)
def test_nobody_types_manifests(args: list[str], tmp_path: Path) -> None:
    """Where stdin is a terminal they say so, and do not wait."""
    (tmp_path / "v.yaml").write_text("a: 1\n")
    ours, theirs = os.openpty()
    done = subprocess.run(
        [COMMAND, *args], stdin=theirs, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("helm-cleaner: error: no manifests are piped in\n    hint: helm template ")


@pytest.mark.parametrize("command", [["diff"], ["patch", "-o", "kustomize"]], ids=" ".join)
@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("", "there is nothing to read"),
        ("cleaner: {imageTag: dev}\n", "these are no manifests"),
        ("hello", "these are"),
    ],
    ids=["nothing", "values", "text"],
)
def test_what_is_no_manifest_has_no_diff(run: Runner, command: list[str], stdin: str, said: str) -> None:
    done = run(*command, stdin=stdin)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(f"<stdin>: error: {said}")
    assert "did the command before the pipe fail?" in done.err
