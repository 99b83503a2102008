"""The text of the programs, as the Jobs hold it."""

from __future__ import annotations

from helm_cleaner.data_files import read_data_file


_MARK = "# ---- in the Job, the text of rules.py stands above this line ----\n"


def read_program(name: str) -> str:
    """A program, with `rules` in place of its imports. name: survey or deletion."""
    _, _, own = _text(name).partition(_MARK)
    lead = _text(name).partition('"""\n\nfrom ')[0].removeprefix('"""').strip()
    extra = _imports(name)
    return "\n".join(f"# {line}".rstrip() for line in lead.splitlines()) + "\n" + _text("rules") + extra + own


def _imports(name: str) -> str:
    """The imports of Python's own modules in a program."""
    head = _text(name).partition(_MARK)[0].partition("from __future__ import annotations\n")[2]
    return head.partition("from helm_cleaner.")[0].rstrip() + "\n\n"


def _text(name: str) -> str:
    return read_data_file("in_cluster", f"{name}.py").decode()
