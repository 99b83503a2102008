"""The work on a large stream, on two processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TypeVar

    Item = TypeVar("Item")

_MANY = 100  # from so many items on, a second process gains more than it costs


def each(function: Callable[[Item], Any], items: Sequence[Item]) -> list[Any]:
    """What the function makes of each item, in order; of many items, a second process does every other one.

    That process only helps: where it fails, or has something to say that is no plain data, its part is done again here.
    """
    if len(items) < _MANY or not hasattr(os, "fork") or _processors() < 2:
        return [function(item) for item in items]
    import marshal

    source, sink = os.pipe()
    helper = os.fork()
    if not helper:
        status = 1
        try:
            os.close(source)
            with open(sink, "wb") as pipe:
                pipe.write(marshal.dumps([function(item) for item in items[1::2]]))
            status = 0
        finally:
            os._exit(status)
    os.close(sink)
    with open(source, "rb") as pipe:
        mine = [function(item) for item in items[::2]]
        sent = pipe.read()
    _, status = os.waitpid(helper, 0)
    others = [function(item) for item in items[1::2]] if status else marshal.loads(sent)  # noqa: S302  # our own
    outcomes = [None] * len(items)
    outcomes[::2], outcomes[1::2] = mine, others
    return outcomes


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
