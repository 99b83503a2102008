"""Options that several commands share, among them the value options, which mean what they mean to Helm."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from helm_cleaner.cli import COMMANDS
from helm_cleaner.cli.errors import UsageError, did_you_mean
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.paths import Path, parse_path
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values.set_flags import Flag
from helm_cleaner.yamltext.scalars import decode_like_go

if TYPE_CHECKING:
    from typing import Any, NoReturn


class _Unmeasured(argparse.HelpFormatter):
    """The formatter that argparse creates for each option; measuring the terminal would import shutil."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"width": 80, **options})


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises UsageError, because Helm 4 discards what argparse writes to stderr.

    Its help is written like all other output, so that a closed stdout is an error.
    examples: command lines at the end of the help, printed unchanged; notes: lines before them.
    """

    def __init__(self, examples: Sequence[str] = (), notes: Sequence[str] = (), **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_Unmeasured, **options)
        self.examples = examples
        self.notes = notes

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        return super().parse_known_args(self._joined(args), namespace)

    def _joined(self, args: Sequence[str]) -> list[str]:
        """The arguments with the values of Helm's own options joined to these: Helm takes whatever follows for the
        value, argparse only what does not begin with a dash.
        """
        result: list[str] = []
        rest = iter(args)
        for arg in rest:
            is_helms = isinstance(self._option_string_actions.get(arg), (_Set, _Files))
            value = next(rest, None) if is_helms else None
            if value is None or not value.startswith("-") or value == "-":
                result += [arg] if value is None else [arg, value]
            else:
                result.append(f"{arg}={value}" if arg.startswith("--") else arg + value)
            if arg == "--":
                return [*result, *rest]
        return result

    def format_help(self) -> str:
        self.formatter_class = argparse.HelpFormatter
        notes = "".join(f"{line}\n" for line in ("", *self.notes)) if self.notes else ""
        return super().format_help() + notes + "\nexamples:\n" + "".join(f"  {line}\n" for line in self.examples)

    def print_help(self, _file: Any = None) -> None:
        write_stdout([self.format_help().encode()])

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self._hint(message) or f"{self.prog} --help", self.prog)

    def _hint(self, message: str) -> str:
        """A hint for an unknown option or argument; "" if there is none."""
        from helm_cleaner.nearness import find_nearest

        _, found, words = message.partition("unrecognized arguments: ")
        for word in words.split() if found else ():
            name = word.partition("=")[0]
            if name in ("-f", "--values", "--file") and any(action.dest == "files" for action in self._actions):
                return f"pass files without {name}: {self.prog} values.yaml"
            if word in COMMANDS:  # after an option, so that the default command got it
                return f"put the command first: helm-cleaner {word} …"
            if near := find_nearest(name, self._option_string_actions):
                return f"did you mean {near}?"
            if not word.startswith("-") and "-f" in self._option_string_actions:
                return f"pass a values file with -f: {self.prog} -f {word}"
        return ""


class _Set(argparse.Action):
    """Collects the --set flags of all kinds in one list."""

    def __call__(self, _parser: Any, namespace: Any, given: Any, option_string: str | None = None) -> None:
        text = decode_like_go(
            os.fsencode(given)
        )  # Python decodes a byte that is not UTF-8 to a character that nothing else knows
        flags = [*(getattr(namespace, self.dest) or []), Flag((option_string or "").lstrip("-"), text)]
        setattr(namespace, self.dest, flags)


class _Files(argparse.Action):
    """Collects values files; like Helm, accepts several in one flag, separated by commas."""

    def __call__(self, parser: Any, namespace: Any, given: Any, _option_string: str | None = None) -> None:
        if not any(c in given for c in ',"'):
            names = [given]  # the name is not a list
        else:
            import csv

            try:
                names = next(csv.reader([given], strict=True), [""])
            except csv.Error as e:
                hint = "quote a name that contains a comma: '\"a,b.yaml\"'"
                raise UsageError(f"{given!r} is not a valid list of files: {e}", hint, parser.prog) from None
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest) or []), *names])


def add_manifests(parser: Parser) -> None:
    """Adds the manifests that a command reads."""
    parser.add_argument("manifests", metavar="MANIFESTS|-", nargs="?",
                        help="file with rendered manifests; - is stdin (default)")  # fmt: skip


def add_value_options(parser: Parser, *, several_sections: bool = False) -> None:
    """Adds -f, the --set flags and --section to a command."""
    group = parser.add_argument_group("values, as Helm takes them")
    group.add_argument("-f", "--values", metavar="FILE", dest="files", action=_Files, default=[],
                       help="a values file with a cleaner: section; repeatable, later files win")  # fmt: skip
    for option, form, what in (
        ("set", "K=V", "for example cleaner.imageTag=dev; separate several with commas"),
        ("set-string", "K=V", "the same, but the value is always a string"),
        ("set-json", "K=JSON", "the same, with the value in JSON"),
        ("set-file", "K=FILE", "the same, with the file's content as the value"),
        ("set-literal", "K=TEXT", "the same, with all the text after the = as the value: no commas, braces or escapes"),
    ):
        group.add_argument(f"--{option}", metavar=form, dest="flags", action=_Set, default=[], help=what)
    add_section_option(group, several=several_sections)


def add_ignore_option(parser: Parser) -> None:
    """Adds --ignore to a command; its value is a list of codes."""
    option = parser.add_argument("--ignore", metavar="CODE", action="append", default=[],
                                 help="leave out the findings with a code; repeatable")  # fmt: skip
    option.completions = ignorable_codes  # type: ignore[attr-defined]  # for completion.py


def ignorable_codes() -> Sequence[str]:
    """The codes that --ignore takes."""
    from helm_cleaner.codes import IGNORABLE

    return IGNORABLE


def check_codes(codes: Sequence[str], prog: str) -> None:
    """UsageError for a code that cannot be ignored."""
    if not codes:
        return
    from helm_cleaner.codes import BY_NAME, IGNORABLE

    for code in codes:
        if code not in IGNORABLE:
            is_other = code in BY_NAME
            what = f"{code} cannot be ignored: it is not about a section" if is_other else f"unknown code {code!r}"
            hint = did_you_mean(code, () if is_other else IGNORABLE, "helm-cleaner rule lists the codes")
            raise UsageError(what, hint, prog)


def add_defaults_options(parser: Parser) -> None:
    """Adds --defaults and --no-defaults to a command."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--defaults", metavar="FILE", help="use a chart's values.yaml instead of the built-in defaults")
    group.add_argument("--no-defaults", action="store_true", help="use no defaults")


def add_section_option(parser: Parser | argparse._ArgumentGroup, *, several: bool = False) -> None:
    """Adds --section to a command; its value is the path's parts, or with `several` a list of such paths."""
    what = (
        "path of the section, for example polyaxon.cleaner (default: cleaner; below the chart's key if the Chart.yaml "
        "beside a values file names one of Polyaxon's charts as a dependency)"
    )
    if several:
        parser.add_argument("--section", metavar="PATH", type=_path, action="append", default=[],
                            help=f"{what}; repeatable")  # fmt: skip
    else:
        parser.add_argument("--section", metavar="PATH", type=_path, help=what)


def _path(text: str) -> Path:
    try:
        return parse_path(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(str(e)) from None
