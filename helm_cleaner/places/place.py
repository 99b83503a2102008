"""What a place is: values that some file hands a chart, and where in them the section stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yaml.nodes import Node

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import Agent
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Origin, Read, merge
from helm_cleaner.yamltext import Document

if TYPE_CHECKING:
    from typing import Any


class Layer(NamedTuple):
    """Values in one part of a file.

    read: the values. document: what they stand in; `yamltext.Within` for YAML in a text, whose `around` and `outer`
    lead to the file. node: where in it they begin; None for parameters, which stand in several places.
    other: the same where the conditions of a template are not met.
    """

    read: Read
    document: Document
    node: Node | None = None
    other: Layer | None = None


class Gathered:
    """Layers as they are found, one upon the other; what cannot be read is kept, and hides none of the others.

    wrong: what cannot be read. unseen: warnings about values that lie below or between them and are not looked at.
    """

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.wrong: list[Diagnostic] = []
        self.unseen: list[Diagnostic] = []

    def add(self, read: Callable[..., list[Layer]], *args: Any, **options: Any) -> None:
        """Lays what a function reads over what is there."""
        try:
            self.layers += read(*args, **options)
        except InputError as e:
            self.wrong += e.diagnostics


class Handed(NamedTuple):
    """What one object of a file hands a chart.

    kind: what the object is, for messages. file: the file that it is in. ours: whether it names one of Polyaxon's
    charts; None where it names none. origin: where the object begins. gathered: its values. sections: where in them
    the sections are, for the values of an umbrella chart.
    """

    kind: str
    file: str
    ours: bool | None
    origin: Origin
    gathered: Gathered
    sections: Sequence[Path] = ()


class Place(NamedTuple):
    """A section: in values that are laid over defaults, or in a ConfigMap that a chart rendered.

    file: the file of what hands it to a chart. over, path: all layers as one, and where in them the section is. layers:
    one by one, to edit them. is_whole: whether nothing lies between these values and the chart's defaults.
    agent: the ConfigMap that a chart rendered; the others are empty then.
    """

    file: str
    kind: str
    over: Read | None = None
    path: Path = ()
    layers: Sequence[Layer] = ()
    ours: bool | None = None
    is_whole: bool = True
    agent: Agent | None = None


def branches(layers: Sequence[Layer]) -> list[Sequence[Layer]]:
    """The layers where the conditions of their templates are met and, if there are any, where they are not."""
    if not any(layer.other for layer in layers):
        return [layers]
    return [layers, [layer.other or layer for layer in layers]]


def as_one(layers: Sequence[Layer], origin: Origin) -> Read:
    """Layers as one, each laid over those before it as Helm lays values files over each other."""
    values, notices = Map(origin), []
    for layer in layers:
        merge(values, layer.read.values)
        notices += layer.read.notices
    return Read(values, notices)
