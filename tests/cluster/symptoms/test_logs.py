"""Lines of the agent's log and of a job's, as kubectl prints them."""

from __future__ import annotations

import pytest

from helm_cleaner.cluster.symptoms.logs import diagnose_agent_log, diagnose_job_log, is_clean, is_quiet

STAMP = "2026-11-01T03:00:00.123456789Z "
CONFLICT = "Run already running, triggering an apply mechanism."
NOT_MADE = "Run could not be cleaned. Agent failed converting run manifest: ClientConnectorError(…)"
AGENT: dict[str, tuple[list[str], list[tuple[str, int]]]] = {
    "nothing": (["Agent is starting.", "Checking agent state.", "Sleeping for 2.0 seconds"], []),
    "conflicts": ([CONFLICT, "Checking agent state.", CONFLICT], [("lost-batch", 2)]),
    "a refusal": (["Run submission error."], [("lost-batch", 1)]),
    "both": ([CONFLICT, "Run submission error."], [("lost-batch", 1), ("lost-batch", 1)]),
    "not made": ([NOT_MADE, "Traceback (most recent call last):"], [("lost-batch", 1)]),
    "not compiled": (["Agent failed during compilation with unknown exception: KeyError('a')"], [("lost-batch", 1)]),
    "another run's pod": (["Run could not be cleaned: ApiException(…)"], []),  # it was to be stopped, not cleaned
    "not started": (["Agent failed to start: TypeError: …", "Agent is shutting down."], [("agent-failed", 0)]),
}


@pytest.mark.parametrize(
    "prefix", ["", STAMP, f"[pod/plx-polyaxon-agent-1/polyaxon-agent] {STAMP}"], ids=["bare", "time", "pod"]
)
@pytest.mark.parametrize(("lines", "wanted"), AGENT.values(), ids=AGENT)
def test_the_agents_log(lines: list[str], wanted: list[tuple[str, int]], prefix: str) -> None:
    found = diagnose_agent_log("".join(f"{prefix}{line}\r\n" for line in lines), "plx-cleaner-agent")
    assert [each.code for each in found] == [code for code, _ in wanted]
    for each, (_, count) in zip(found, wanted, strict=True):
        assert count == 0 or each.message.startswith(
            f"{count} batch{'' if count == 1 else 'es'} of deleted runs lost: "
        )
        assert each.evidence in lines
        assert each.time == ("2026-11-01T03:00:00.123456789Z" if prefix else "")


def test_a_refused_configuration_is_quoted_with_the_failure() -> None:
    text = "2 validation errors for V1CompiledOperation\n  Input should be a valid string [type=string_type]\n"
    (found,) = diagnose_agent_log(f"{text}Agent failed to start: TypeError: x\n", "")
    assert found.evidence == (
        "Agent failed to start: TypeError: x / 2 validation errors for V1CompiledOperation / "
        "Input should be a valid string [type=string_type]"
    )


JOB: dict[str, tuple[str, list[str]]] = {
    "deleted": ("ProviderKind.S3 subpath was cleaned, subpath: \n`['b/a']`\n", []),
    "was never there": ("Could not delete path /a/b\nError: [Errno 2] No such file or directory: '/a/b'\n", []),
    "was never in the bucket": ("Could not delete path b/a\nError: ['b/a']\n", []),
    "read-only": ("Could not delete path /a/b\nError: [Errno 30] Read-only file system: 'm'\n", ["not-deleted"]),
    "no right": ("Could not delete path b/a\nError: Access Denied\n", ["not-deleted"]),
    "one of two": ("Could not delete path a\nError: [Errno 2]\nCould not delete path b\nError: no\n", ["not-deleted"]),
    "another image": ("Usage: polyaxon\n\nError: No such command 'clean-artifacts'.\n", ["failed-twice"]),
    "no CLI": ("/bin/bash: line 1: polyaxon: command not found\n", ["failed-twice"]),
    "no credentials": ("Traceback (most recent call last):\n  File …\ngoogle.auth.exceptions…\n", ["failed-twice"]),
    "cut off": ("Could not delete path /a/b\n", []),
}  # fmt: skip


@pytest.mark.parametrize("prefix", ["", STAMP], ids=["bare", "time"])
@pytest.mark.parametrize(("text", "codes"), JOB.values(), ids=JOB)
def test_a_jobs_log(text: str, codes: list[str], prefix: str) -> None:
    found = diagnose_job_log("".join(f"{prefix}{line}\n" for line in text.splitlines()), "plx-cleaner-agent")
    assert [each.code for each in found] == codes


def test_how_many_paths_were_not_deleted() -> None:
    (found,) = diagnose_job_log("Could not delete path a\nError: Access Denied\n" * 3, "")
    assert "did not delete 3 paths" in found.message
    assert found.evidence == "Could not delete path a / Error: Access Denied"


@pytest.mark.parametrize(
    ("text", "level", "quiet"),
    [
        (None, "WARNING", True),
        ("", "warning", True),
        ("Agent is starting.\n", "ERROR", True),
        ("Sleeping for 2.0 seconds\n", "WARNING", False),
        (None, "INFO", False),
        (None, None, False),
    ],
)
def test_a_quiet_log(text: str | None, level: str | None, quiet: bool) -> None:
    assert is_quiet(text, level) == quiet


def test_a_clean_log() -> None:
    assert is_clean("subpath was cleaned, subpath: \n")
    assert not is_clean("Could not delete path a\nError: [Errno 2]\nsubpath was cleaned, subpath: \n")
    assert not is_clean("")
