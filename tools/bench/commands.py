"""Commands, what was measured of them, and how they compare."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MIB = 2**20
MAXRSS = MIB if sys.platform == "darwin" else 1024  # what a unit of ru_maxrss is: bytes there, KiB elsewhere
TOOL = str(Path(sys.executable).with_name("helm-cleaner"))


@dataclass
class Command:
    """A command and what was measured of it.

    most, most_memory: how many times the time and the memory of the first in its group it may be apart from it. memory:
    how many MiB it may take. threads: whether it computes in several threads, so that its processor time is more than
    anybody waits for. before: what is done before each run, unmeasured.
    """

    title: str
    argv: Sequence[str]
    stdin: Path | None = None
    most: float | None = None
    memory: float | None = None
    most_memory: float | None = None
    threads: bool = False
    before: Callable[[], object] | None = None
    cpu: list[float] = field(default_factory=list)  # seconds, user and system
    wall: list[float] = field(default_factory=list)  # seconds
    peak: float = 0  # MiB; never less than this benchmark's own, with which a child is born

    def run(self) -> None:
        """Runs it once. SystemExit if it fails; to find something is no failure."""
        if self.before is not None:
            self.before()
        with (self.stdin or Path(os.devnull)).open("rb") as stdin:
            start = time.perf_counter()
            process = subprocess.Popen(self.argv, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            sys.exit(f"bench: exit {process.returncode} from {' '.join(self.argv)[:1000]}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.peak = max(self.peak, usage.ru_maxrss * MAXRSS / MIB)

    def seconds(self, *, wall: bool) -> float:
        """The median of its runs."""
        return statistics.median(self.wall if wall else self.cpu)


@dataclass
class Group:
    """Commands that are measured in turns.

    ours: whether all are ways to use helm-cleaner, of which the first is the measure; else the first is helm-cleaner,
    and the others are its measures. turns: at most so many. is_large: whether it takes long.
    """

    title: str
    commands: list[Command]
    ours: bool = False
    turns: int = 100
    is_large: bool = False


def take_turns(turns: int, commands: Sequence[Command]) -> None:
    """Runs the commands in alternation, so that a slow moment of the machine strikes all of them."""
    if turns > 2:
        for command in commands:  # once to warm the caches
            command.run()
            command.cpu.clear()
            command.wall.clear()
    for _ in range(turns):
        for command in commands:
            command.run()


def report(group: Group) -> bool:
    """Prints a group's rows; whether it kept its budget."""
    first, *others = group.commands
    print(group.title)
    kept = _row(first, "", "" if first.memory is None else f"at most {first.memory:.0f} MiB", _fits(first))
    for command in others:
        ratio = first.seconds(wall=command.threads) / command.seconds(wall=command.threads)
        ratio = 1 / ratio if group.ours else ratio
        beside = f"{ratio:.2f}x" if ratio >= 1 or group.ours else f"{1 / ratio:.1f}x faster"
        budget, fine = "", _fits(command)
        if command.most is not None:
            budget = f"at most {command.most:g}x" if command.most >= 1 else f"at least {1 / command.most:g}x faster"
            fine &= ratio <= command.most
        if command.most_memory is not None:
            budget += f", {command.most_memory:g}x memory"
            more, less = (command, first) if group.ours else (first, command)
            fine &= more.peak <= command.most_memory * less.peak
        kept &= _row(command, beside, budget, fine)
    return kept


def _fits(command: Command) -> bool:
    return command.memory is None or command.peak <= command.memory


def _row(command: Command, beside: str, budget: str, fine: bool) -> bool:
    cpu, wall = command.seconds(wall=False) * 1000, command.seconds(wall=True) * 1000
    verdict = f"{budget:<28}{'ok' if fine else 'OVER'}" if budget else ""
    print(f"  {command.title:<38}{cpu:>8.0f}{wall:>8.0f}{command.peak:>8.1f}   {beside:<14}{verdict}".rstrip())
    return fine or not budget
