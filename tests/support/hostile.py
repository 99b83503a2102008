"""Malicious or very large input, and how a run on it must end."""

from __future__ import annotations

import json

from helm_cleaner.names import KEY
from tests.support.command import Ran

DEEP = 10_000
LONG = 100_000  # characters; a quadratic search in so many takes minutes


def configmap(section_text: str, more: str = "") -> str:
    """An agent's ConfigMap with this text in its key."""
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n"
    return f"{head}  {KEY}: {json.dumps(section_text)}\n{more}"


EMPTY = configmap("{}").encode()
COMMANDS = {
    "merge": ["merge", "-f", "v.yaml"],
    "validate": ["validate", "v.yaml"],
    "preprocess": ["preprocess", "", "", "", "cleaner://v.yaml"],
    "post-render": ["post-render", "-f", "v.yaml"],
    "diff": ["diff", "-f", "v.yaml"],
    "patch": ["patch", "-o", "kustomize", "-f", "v.yaml"],
    "explain": ["explain", "-f", "v.yaml"],
    "fix": ["fix", "v.yaml"],
}


def check(done: Ran, code: int, said: str) -> None:
    """The run has ended as it should, and its messages are of a size that someone may read."""
    assert done.code == code, done.err[:2000]
    assert said in done.err
    assert "Traceback" not in done.err
    assert "a bug" not in done.err
    if code:
        assert len(done.err) < 10_000


EXPANDS = "the aliases in this document expand to too much data"
TOO_DEEP = "nested too deeply"
NO_JSON = "the rendered section is not JSON"


def bomb(levels: int, width: int) -> str:
    lines = [f"a0: &a0 [{', '.join(['lol'] * width)}]\n"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, levels)]
    return "".join(lines)
