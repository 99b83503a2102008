"""What is needed of `typing` at run time, without its import: Helm waits for it, and it takes a third of PyYAML's time.

To a type checker all is as `typing` has it; names that only annotations use are imported under `if TYPE_CHECKING`.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _Fields(type):
        """Makes a class's annotations the fields of a `collections.namedtuple`, those with a value having a default."""

        def __new__(cls, name, bases, members):
            if not bases:
                return super().__new__(cls, name, bases, members)
            fields = list(members["__annotations__"])
            defaults = [members.pop(field) for field in fields if field in members]
            base = namedtuple(name, fields, defaults=defaults, module=members["__module__"])
            return type(name, (base,), {"__slots__": (), **members})

    class NamedTuple(metaclass=_Fields):
        """The base of a class whose fields are its annotations; those with a default come last."""
