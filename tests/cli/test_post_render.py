"""helm-cleaner post-render: a stream in, the patched stream or what is wrong out."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from helm_cleaner import CleanerError, post_render
from tests.conftest import COMMAND, Runner
from tests.support.manifests import CONFIGMAP, DEPLOYMENT, SMALL_STREAM, WHOLE


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
    assert "the manifests pass through unchanged (--warn-only)" in done.err


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


def test_an_edit_that_fails_its_verification_is_not_written(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from helm_cleaner.yamltext import scalars

    monkeypatch.setattr(scalars, "to_json", lambda text: f'"{text} and more"')
    monkeypatch.setattr(scalars, "to_yaml", lambda text: f"{text}-and-more")
    done = run()
    assert (done.code, done.out) == (3, b"")
    assert "the edited document differs from the intended one; nothing was written [internal]" in done.err


def releases(count: int) -> bytes:
    """Releases in separate namespaces, with enough other documents to make the stream large."""
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


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_to_post_render(name: str) -> None:
    """Output is written at the end, so an interrupted run writes nothing."""
    with subprocess.Popen([COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        assert p.stdin
        p.stdin.write(SMALL_STREAM)
        p.stdin.flush()
        time.sleep(1)  # it waits for the end of its input
        p.send_signal(getattr(signal, name))
        out, err = p.communicate(timeout=60)
    assert p.returncode == (130 if name == "SIGINT" else -signal.SIGTERM)
    assert (out, err) == (b"", b"")


@pytest.mark.parametrize("text", ["cleaner: {imageTag: dev}\n", "hello", "---\n# values\n\ncleaner:\n  imageTag: x\n"])
def test_values_are_not_manifests(run: Runner, text: str) -> None:
    done = run(stdin=text)
    assert (done.code, done.out) == (2, b"")
    assert done.err == (
        "<stdin>: error: these are not Kubernetes manifests [no-manifests]\n"
        "    hint: for a values file: helm-cleaner validate -f values.yaml\n"
    )
    assert run("--warn-only", stdin=text).out == text.encode()


@pytest.mark.parametrize(
    "text", ["---\n# Source: a.yaml\n\n---\r\n", "  # a\n...\n", '{"apiVersion": "v1", "kind": "List"}\n']
)
def test_a_chart_may_render_nothing(run: Runner, text: str) -> None:
    done = run(stdin=text)
    assert (done.code, done.out) == (0, text.encode())
