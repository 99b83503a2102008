"""Runs helm-cleaner in the page's worker, as the command line runs it: on a file, with its output captured."""

import io
import json
import os
import sys
from pathlib import Path

from helm_cleaner.cli import main

WORK = Path("/work")
VALUES, STORE = WORK / "values.yaml", WORK / "store.yaml"
os.environ["HELM_CLEANER_STDERR"] = "plain"
os.environ["NO_COLOR"] = "1"
WORK.mkdir()
os.chdir(WORK)


def run(*args: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it writes to stdout and stderr."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = sys.stdin, sys.stdout, sys.stderr
    stdout, stderr = (io.TextIOWrapper(stream, encoding="utf-8") for stream in (out, err))
    sys.stdin, sys.stdout, sys.stderr = None, stdout, stderr  # nothing is piped in
    try:
        code = main(list(args))
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    stdout.flush()
    stderr.flush()
    return code, out.getvalue().decode(), err.getvalue().decode()


def check(text: str, chart: str, store: str) -> str:
    """What validate, merge and explain say of values, as JSON. chart: the chart's version; store: values, or empty."""
    VALUES.write_bytes(text.encode())
    STORE.write_bytes(store.encode())
    stores = ["-f", STORE.name] if store else []
    _, findings, _ = run("validate", "--format", "json", VALUES.name)
    code, section, talk = run("merge", "-f", VALUES.name, "--show-origin")
    if code:
        code, section, talk = run("merge", "-f", VALUES.name, "--show-origin", "--raw")
    code_of_job, job, reason = run("explain", "-f", VALUES.name, *stores, "--chart-version", chart, "-o", "yaml")
    return json.dumps(
        {
            "findings": json.loads(findings or "[]"),
            "section": section if not code else talk,
            "job": job if not code_of_job else f"No Job: Polyaxon cannot run it as it is.\n\n{reason}",
        }
    )


def fix(text: str) -> str:
    """The values with every safe fix applied."""
    VALUES.write_bytes(text.encode())
    run("fix", VALUES.name)
    return VALUES.read_bytes().decode()
