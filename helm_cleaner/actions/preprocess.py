"""A values file in, the same file with its section checked and normalized out, every other byte kept."""

from __future__ import annotations

from helm_cleaner import section, values
from helm_cleaner.actions.fix import regular
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import plain


class Result(NamedTuple):
    """The file's new content, and warnings."""

    content: bytes
    diagnostics: list[Diagnostic]


def preprocess(content: bytes, file: str) -> Result:
    """A values file with its section normalized; a file without a section as it is.

    SectionError with every finding where the section, laid over the charts' defaults, is invalid; InputError where
    Helm would refuse the file, or where the section has a shape that cannot be rewritten; BugError where the new file
    does not say the same as the old one.
    """
    read = values.read(content, file)
    found = section.find(read.values, (SECTION,))
    if found is None or values.is_null(found[0]):
        return Result(content, [])
    before = plain(found[0])
    said = section.resolve(None, section.defaults_to_judge_by(), read).valid().findings
    said = section.without_advice(said)
    if plain(found[0]) == before:
        return Result(content, said)
    return Result(regular(content, file, read.values), said)  # whose section `resolve` has normalized
