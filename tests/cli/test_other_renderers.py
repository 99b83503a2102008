"""post-render --before and --after: another post-renderer on one stream with ours."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Helm, Runner, tool
from tests.support.command import COMMAND
from tests.support.manifests import CONFIGMAP, DEPLOYMENT, WHOLE
from tools import CHART

STREAM = CONFIGMAP % "{}" + DEPLOYMENT
# A post-renderer that adds a line to the end, with what it was given as its arguments.
_ADD = "import sys; sys.stdout.write(sys.stdin.read() + '# ' + ' '.join(sys.argv[1:]) + chr(10))"
ADD = shlex.join([sys.executable, "-c", _ADD])


def python(code: str) -> str:
    """The command that runs a line of Python."""
    return shlex.join([sys.executable, "-c", code])


def test_the_stream_goes_through_before_then_ours_then_after(run: Runner) -> None:
    done = run("--no-rollout", "--before", f"{ADD} first", "--after", f"{ADD} second", stdin=STREAM)
    assert (done.code, done.err) == (0, "")
    assert done.out == (CONFIGMAP % WHOLE + DEPLOYMENT + "# first\n# second\n").encode()


def test_ours_sees_what_before_writes(run: Runner) -> None:
    done = run(
        "--before", python("import sys; print(sys.stdin.read().replace('{}', '{\"imageTag\":1}'))"), stdin=STREAM
    )
    assert (done.code, done.out) == (1, b"")
    assert "cleaner.imageTag: must be a string" in done.err


def test_a_command_is_split_as_by_a_shell_and_run_without_one(run: Runner) -> None:
    done = run("--no-defaults", "--no-rollout", "--after", f"{ADD} 'a  b' $HOME \"c|d\" e\\ f;", stdin=DEPLOYMENT)
    assert done.out == (DEPLOYMENT + "# a  b $HOME c|d e f;\n").encode()


@pytest.mark.parametrize("option", ["--before", "--after"])
@pytest.mark.parametrize("args", [[], ["--warn-only"], ["--require-target"]], ids=" ".join)
@pytest.mark.parametrize(
    ("command", "message"),
    [
        (python("import sys; sys.exit(7)"), "exit code 7; nothing was written [renderer]"),
        (python("import os; os.kill(os.getpid(), 9)"), "killed by SIGKILL; nothing was written [renderer]"),
        (python("import sys; sys.stdin.read()"), "printed nothing; nothing was written [renderer]"),
        (python("print(); print('  ')"), "printed nothing; nothing was written [renderer]"),
        ("no-such-program --x", "no-such-program --x: cannot be started: No such file or directory [renderer]"),
        ("/", "/: cannot be started: Permission denied [renderer]"),
    ],
    ids=["exit code", "killed", "nothing", "blank lines", "missing", "a folder"],
)
def test_a_failure_of_the_other_ends_it(run: Runner, option: str, args: list[str], command: str, message: str) -> None:
    done = run(*args, option, command, stdin=STREAM)
    assert (done.code, done.out) == (2, b"")
    assert f"{option}: error: " in done.err
    assert message in done.err


@pytest.mark.parametrize("option", ["--before", "--after"])
def test_what_the_other_says_reaches_the_user(run: Runner, option: str) -> None:
    talk = "import sys; print('its warning', file=sys.stderr); print(sys.stdin.read())"
    done = run(option, python(talk), stdin=DEPLOYMENT)
    assert done.code == 0
    assert "its warning\n" in done.err
    failed = run(option, python(f"{talk}; sys.exit(1)"), stdin=DEPLOYMENT)
    assert failed.code == 2
    assert "its warning\n" in failed.err
    assert "hint: its own messages are above" in failed.err


@pytest.mark.parametrize("option", ["--before", "--after"])
@pytest.mark.parametrize(
    ("command", "message"),
    [("", "the command is empty"), (" ", "the command is empty"), ("''", "the command is empty"),
     ("sed 's/a/b/", "cannot be split: no closing quotation"), ("sed \\", "cannot be split: no escaped character")],
)  # fmt: skip
def test_a_command_that_cannot_be_split(run: Runner, option: str, command: str, message: str) -> None:
    done = run(option, command, stdin=STREAM)
    assert (done.code, done.out) == (2, b"")
    assert f"helm-cleaner post-render: error: {option}: " in done.err
    assert message in done.err


def test_our_refusal_does_not_start_the_one_after(run: Runner, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    done = run("--after", f"touch {mark}", stdin=CONFIGMAP % '{"imageTag":1}')
    assert (done.code, done.out) == (1, b"")
    assert not mark.exists()


def test_warn_only_passes_the_stream_to_the_one_after(run: Runner) -> None:
    bad = CONFIGMAP % '{"imageTag":1}'
    done = run("--warn-only", "--after", f"{ADD} x", stdin=bad)
    assert (done.code, done.out) == (0, f"{bad}# x\n".encode())


def test_a_stream_larger_than_a_pipe_holds(run: Runner) -> None:
    comment = "# " + "x" * (1 << 20) + "\n"
    done = run("--no-rollout", "--before", "cat", "--after", "cat", stdin=STREAM + comment)
    assert (done.code, done.out) == (0, (CONFIGMAP % WHOLE + DEPLOYMENT + comment).encode())


def test_a_resource_list_goes_through_them_too(run: Runner) -> None:
    stream = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
    done = run("--before", "cat", "--after", f"{ADD} after", stdin=stream)
    assert done.code == 0
    assert done.out.endswith(b"# after\n")


@pytest.mark.helm
@pytest.mark.parametrize("option", ["--before", "--after"])
def test_kustomize_beside_ours_in_one_release(helm: Helm, option: str, tmp_path: Path) -> None:
    """kustomize adds a label to every object, before ours or after it, with each real Helm."""
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [all.yaml]\nlabels: [{pairs: {team: platform}, includeSelectors: false}]\n"
    )
    script = tmp_path / "kustomize.sh"
    script.write_text(f'#!/bin/sh\ncd "{tmp_path}" && cat > all.yaml && exec "{tool("kubectl")}" kustomize .\n')
    script.chmod(0o755)
    words = ["--no-defaults", "--set", "cleaner.imageTag=dev", option, str(script)]
    args = [word for each in words for word in ("--post-renderer-args", each)]
    done = helm("template", "plx", CHART, "--post-renderer", "helm-cleaner", *args)
    assert "team: platform" in done.stdout
    assert '"imageTag":"dev"' in done.stdout
    script.write_text("#!/bin/sh\necho 'no overlay here' >&2\nexit 4\n")
    failed = helm("template", "plx", CHART, "--post-renderer", "helm-cleaner", *args, check=False)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "no overlay here" in failed.stderr
    assert f"{option}: error: {script}: exit code 4; nothing was written [renderer]" in failed.stderr


def test_an_interrupt_ends_both(tmp_path: Path) -> None:
    """As on a terminal, where Ctrl-C reaches every process of the pipe."""
    mark = tmp_path / "started"
    slow = shlex.join(["sh", "-c", f"touch {mark}; exec sleep 60"])
    with subprocess.Popen([COMMAND, "--before", slow], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, start_new_session=True) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(STREAM.encode())
        process.stdin.close()
        for _ in range(600):
            if mark.exists():
                break
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        process.stdin = None
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")
