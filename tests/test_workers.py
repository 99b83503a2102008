"""Two processes: what comes of it is what one would make of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

# In a process of its own, as the command has it: pytest may have threads, and what has threads should not fork.
CODE = """
import os
from helm_cleaner.cli import workers
workers._processors = lambda: {processors}
parent = os.getpid()
def function(item):
    here = os.getpid() == parent
    if not here and {trouble}:
        {what}
    return [item, b"*" * item, here]
outcomes = workers.each(function, range({count}))
assert [outcome[:2] for outcome in outcomes] == [[n, b"*" * n] for n in range({count})]
print(sum(outcome[2] for outcome in outcomes))
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("no process is left")
"""


@pytest.mark.parametrize(
    ("count", "processors", "trouble", "what", "done_here"),
    [
        pytest.param(99, 2, "False", "pass", 99, id="few"),
        pytest.param(100, 1, "False", "pass", 100, id="one processor"),
        pytest.param(100, 2, "False", "pass", 50, id="even"),
        pytest.param(1001, 2, "False", "pass", 501, id="odd, and more than a pipe holds"),
        pytest.param(100, 2, "item == 51", "raise ValueError", 100, id="an error"),
        pytest.param(100, 2, "item == 51", "return item, ValueError()", 100, id="no plain data"),
        pytest.param(100, 2, "item == 51", "os.kill(os.getpid(), 9)", 100, id="killed"),
    ],
)
def test_each(count: int, processors: int, trouble: str, what: str, done_here: int) -> None:
    code = CODE.format(count=count, processors=processors, trouble=trouble, what=what)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == f"{done_here}\nno process is left\n"
    assert done.stderr == ""
