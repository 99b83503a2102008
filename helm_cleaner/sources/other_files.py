"""Values outside of what is read: in Terraform, and in the flags of commands. They are not checked, which is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path
from helm_cleaner.sources.files import File, Files, is_script

_TERRAFORM = ".tf"
_YAML = (".yaml", ".yml")  # most files


def is_other(file: File) -> bool:
    """Whether a file holds neither YAML nor JSON, by its name or its first line."""
    if file.name.endswith(_YAML):
        return False
    return file.name.endswith(_TERRAFORM) or is_script(file.name) or file.content.startswith(b"#!")


def may_have_flags(content: bytes) -> bool:
    """Whether a file may pass flags to Helm."""
    return b"--set" in content or b"overrideValues" in content


def find_unchecked(file: File, files: Files, sections: Sequence[Path]) -> Iterator[Diagnostic]:
    """The warnings about a file. sections: the paths of sections."""
    if may_have_flags(file.content):
        from helm_cleaner.sources import helm_commands

        yield from helm_commands.find_unchecked(file.content, file.name, sections)
    if file.name.endswith(_TERRAFORM) and b"helm_release" in file.content:
        from helm_cleaner.sources import terraform

        yield from terraform.find_unchecked(file, files)
