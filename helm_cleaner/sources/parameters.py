"""Parameters in a file that act like `--set` flags, each with the places of its name and value."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.names import SECTION
from helm_cleaner.sources.placeholders import PlaceholderTest, has_placeholder, in_any_file
from helm_cleaner.sources.templates import MARK, unmask
from helm_cleaner.sources.values_stack import Layer
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, Origin, ParsedValues
from helm_cleaner.values.set_flags import Flag, apply_flag

AS_VALUES = "write it in values, in quotes: {}"


class Parameter(NamedTuple):
    """A parameter.

    option: set, set-string or set-file. name, at: its name, and the place of that. value: the node of its value; text:
    what follows the `=`. content: that of the file that a set-file names, or None if it cannot be read.
    """

    option: str
    name: str
    at: Origin
    value: YamlNode
    text: str
    content: str | None = None


def read_parameters(parameters: list[Parameter], unknown: PlaceholderTest, as_text: str = AS_VALUES) -> list[Layer]:
    """The values of parameters, merged in Helm's order. InputError, with the places, for those that Helm refuses.

    as_text: as in `Origin`.
    """
    if not parameters:
        return []
    values = Map(parameters[0].at)
    wrong: list[Diagnostic] = []
    for option in ("set", "set-string", "set-file"):
        for parameter in parameters:
            if parameter.option == option:
                wrong += _apply(values, parameter, unknown, as_text)
    if wrong:
        raise InputError(wrong)
    return [Layer(ParsedValues(values, []), parameters[0].value.document)]


def find_unread(parameters: list[Parameter]) -> list[Diagnostic]:
    """Warnings about the parameters of the section that name a file which cannot be read."""
    return [
        each.value.warn_not_checked(f"the file {unmask(each.text)} is not among the given files: it is not checked")
        for each in parameters
        if each.option == "set-file" and each.content is None and SECTION in each.name.split(".")
    ]


def _apply(values: Map, parameter: Parameter, unknown: PlaceholderTest, as_text: str) -> list[Diagnostic]:
    if has_placeholder(parameter.name):
        values.has_placeholders = True
        return []
    value_at = parameter.value.origin if parameter.value.node is not None else parameter.at
    value_at = Origin(value_at.kind, value_at.written, as_text)

    def place(index: int) -> Origin:
        return parameter.at if index <= len(parameter.name) else value_at

    text = parameter.text
    if unknown(text) or in_any_file(text) or (parameter.option == "set-file" and parameter.content is None):
        text = MARK  # whatever the grammar of --set would make of it
    flag = Flag(parameter.option, f"{parameter.name}={text}")
    try:
        apply_flag(values, flag, lambda _: parameter.content or "", place, MARK.__eq__)
    except InputError as e:
        return [d._replace(location=value_at.location) for d in e.diagnostics]
    return []


def escape_commas(text: str) -> str:
    """A value with its commas escaped, unless it is a list in braces."""
    if text.startswith("{") and text.endswith("}"):
        return text
    return "".join(f"\\{c}" if c == "," and text[i - 1 : i] != "\\" else c for i, c in enumerate(text))
