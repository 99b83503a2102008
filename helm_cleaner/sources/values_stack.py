"""A source: values that a file passes to a chart, and the path of the section in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yaml.nodes import Node

from helm_cleaner import section
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import Agent
from helm_cleaner.sources.templates import Conditions
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Origin, ParsedValues, merge_into
from helm_cleaner.yamltext import Document

if TYPE_CHECKING:
    from typing import Any


class Layer(NamedTuple):
    """Values in one part of a file.

    read: the values. document: what they stand in; `yamltext.Within` for YAML in a text, whose `around` and `outer`
    lead to the file. node: where in it they begin; None for parameters, which stand in several places.
    conditions: those of a template that are met; others: the same values under other conditions.
    """

    read: ParsedValues
    document: Document
    node: Node | None = None
    conditions: Conditions = frozenset()
    others: Sequence[Layer] = ()


class ValuesStack:
    """Layers in order, each over the one before. An unreadable layer is reported and does not hide the others.

    wrong: what cannot be read. unchecked: warnings about values below or between them that are not checked. files: the
    names of the values files among them; templated: those of which a template fills in a part. unused: those that other
    values replace as a whole. below: the values in the chart's own values.yaml, if it is an umbrella chart among the
    files.
    """

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.wrong: list[Diagnostic] = []
        self.unchecked: list[Diagnostic] = []
        self.files: list[str] = []
        self.templated: list[str] = []
        self.unused: list[str] = []
        self.below: ParsedValues | None = None

    def add(self, read: Callable[..., list[Layer]], *args: Any, **options: Any) -> None:
        """Adds the layer that a function reads."""
        try:
            self.layers += read(*args, **options)
        except InputError as e:
            self.wrong += e.diagnostics

    def extend(self, other: ValuesStack) -> None:
        """Adds what is on another stack."""
        self.layers += other.layers
        self.wrong += other.wrong
        self.unchecked += other.unchecked
        self.files += other.files
        self.templated += other.templated


class PatchTarget(NamedTuple):
    """An object that a patch is laid over; each of these may be empty if the patch does not say it."""

    kind: str
    name: str
    namespace: str


class ChartValues(NamedTuple):
    """The values that one object of a file passes to a chart.

    kind: that of the object, for messages. file: the file that contains it. ours: whether it names one of Polyaxon's
    charts, or None if it names no chart. origin: where the object begins. stack: its values. sections: the paths of
    the sections in the values of an umbrella chart. patched: the object that these values are laid over, if they are in
    a patch. version: that of the chart, as far as the object names it.
    """

    kind: str
    file: str
    ours: bool | None
    origin: Origin
    stack: ValuesStack
    sections: Sequence[Path] = ()
    patched: PatchTarget | None = None
    version: str = ""


class SectionSource(NamedTuple):
    """A section: in values over defaults, or in a ConfigMap that a chart rendered.

    file: the file of the object that passes it to a chart. over, path: all layers merged, and the section's path in
    them. layers: one by one, for editing. is_whole: whether nothing comes between these values and the defaults but
    those in below, of an umbrella chart's own values.yaml.
    agent: the ConfigMap that a chart rendered; the others are empty then. version: as in ChartValues.
    """

    file: str
    kind: str
    over: ParsedValues | None = None
    path: Path = ()
    layers: Sequence[Layer] = ()
    ours: bool | None = None
    is_whole: bool = True
    agent: Agent | None = None
    below: ParsedValues | None = None
    version: str = ""


def source_of(given: ChartValues, over: ParsedValues, path: Path, layers: Sequence[Layer]) -> SectionSource:
    """The section at a path of values. over: the layers, merged."""
    stack = given.stack
    is_nested = path in given.sections and section.is_nested(path)
    is_whole = not stack.unchecked and not stack.wrong and not is_nested and given.patched is None
    version = "" if given.sections else given.version  # that of an umbrella chart says nothing about Polyaxon's
    return SectionSource(
        given.file, given.kind, over, path, tuple(layers), given.ours, is_whole, None, stack.below, version
    )


def variants(layers: Sequence[Layer], conditions: Conditions = frozenset()) -> list[Sequence[Layer]]:
    """The layers under each of the conditions of their templates, which are the same ones in all layers.

    conditions: those that are met in the document that names the layers; if there are any, no others are.
    """
    of_layers = (each.conditions for layer in layers if layer.others for each in (layer, *layer.others))
    sets = [conditions] if conditions else [*dict.fromkeys(of_layers)]
    return [[under for layer in layers if (under := _under(each, layer))] for each in sets] or [layers]


def _under(conditions: Conditions, layer: Layer) -> Layer | None:
    """A layer where conditions are met: as many of them as it knows, and no others.

    If it always depends on a variable, any of its values will do; None if the conditions say that it is another one.
    """
    fitting = [each for each in (layer, *layer.others) if each.conditions <= conditions]
    if not fitting:
        known = {_variable(each) for each in conditions}
        return None if any(_variable(each) in known for each in layer.conditions) else layer
    return max(fitting, key=lambda each: len(each.conditions))


def _variable(condition: str) -> str:
    """What `eq .x "y"` is about, which is met for one value at a time."""
    return condition.rpartition(" ")[0] if condition.startswith("eq ") else condition


def merge_layers(layers: Sequence[Layer], origin: Origin) -> ParsedValues:
    """Merges layers as Helm merges values files."""
    values, notices = Map(origin), []
    for layer in layers:
        merge_into(values, layer.read.values)
        notices += layer.read.notices
    return ParsedValues(values, notices)
