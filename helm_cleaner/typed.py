"""What is needed of `typing` at run time, without its import.

That takes 5 ms on a quiet machine, a third as long as the import of PyYAML, and Helm would wait for it at each upgrade.

Type checkers see `typing` itself. Names that only annotations use are imported under `if TYPE_CHECKING`.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _Fields(type):
        """Turns a class's annotations into the fields of a `collections.namedtuple`; values are defaults."""

        def __new__(cls, name, bases, members):
            if not bases:
                return super().__new__(cls, name, bases, members)
            fields = list(members["__annotations__"])
            defaults = [members.pop(field) for field in fields if field in members]
            base = namedtuple(name, fields, defaults=defaults, module=members["__module__"])
            return type(name, (base,), {"__slots__": (), **members})

    class NamedTuple(metaclass=_Fields):
        """Base of a class whose annotations are its fields. Fields with a default come last."""
