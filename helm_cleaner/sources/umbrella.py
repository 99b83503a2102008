"""Umbrella charts: the sections of Polyaxon's charts among the dependencies of a Chart.yaml.

A dependency's values are under its alias, or else its name
(https://helm.sh/docs/topics/charts/#alias-field-in-dependencies). It may be an umbrella chart too, if it is in the
folder `charts`, or in the one that its repository names (`file://../platform`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import InputError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.sources.charts import is_polyaxon_chart, is_polyaxons
from helm_cleaner.sources.files import CHART_FILES, OWN_VALUES, File, Files
from helm_cleaner.sources.placeholders import has_placeholder
from helm_cleaner.sources.values_stack import ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.typed import NamedTuple

_MOST_LEVELS = 4  # of umbrella charts in umbrella charts
CHART, REQUIREMENTS = CHART_FILES  # the latter has the dependencies of a chart with apiVersion v1


class Chart(NamedTuple):
    """A chart that a file names.

    ours: whether it is one of Polyaxon's, or has one of them as a dependency; None if that is not known. sections:
    their paths, if it is an umbrella chart. values: its values.yaml, if it is an umbrella chart and has one.
    """

    ours: bool | None
    sections: list[Path]
    values: File | None = None

    def add_own_values(self, stack: ValuesStack, files: Files) -> None:
        """Takes the chart's own values, over which Helm lays those that were stack."""
        if self.values is not None:
            try:
                stack.below = files.read_own_values(self.values)
            except InputError as e:
                stack.wrong += e.diagnostics


def sections(read: Callable[[str], bytes | None], mirrors: Collection[str] = ()) -> list[Path]:
    """The paths of the sections in the values of a chart with one of Polyaxon's charts as a dependency.

    read: returns the content of a file by its path from the chart's folder. mirrors: as in `is_polyaxon_chart`. Empty
    for any other chart, and for Polyaxon's own.
    """
    return [(*keys, SECTION) for keys in dict.fromkeys(_keys(read, mirrors, "", _MOST_LEVELS))]


def _keys(read: Callable[[str], bytes | None], mirrors: Collection[str], folder: str, levels: int) -> Iterator[Path]:
    """Where the values of Polyaxon's charts are in those of the chart in a folder. levels: how deep to look."""
    chart = _part(read(folder + CHART))
    if chart is None or is_polyaxons(chart.at("name").text, mirrors):
        return
    for part in (chart, _part(read(folder + REQUIREMENTS)) if chart.at("apiVersion").text == "v1" else None):
        for each in part.at("dependencies").items() if part is not None else ():
            name, repository = each.at("name").text, each.at("repository").text
            key = each.at("alias").text or name
            if is_polyaxon_chart(name, mirrors):
                yield (key,)
            elif name and levels:
                local = repository.startswith("file://")
                below = repository.removeprefix("file://") if local else f"charts/{name}"
                yield from ((key, *rest) for rest in _keys(read, mirrors, f"{folder}{below}/", levels - 1))


def of_folder(chart: str, file: str, files: Files) -> Chart:
    """The chart with a name, or in a folder with a path, that another file names."""
    if not chart.startswith("."):
        return Chart(files.is_polyaxon_chart(chart), [])
    found = _found(
        lambda name: files.find_beside(file, f"{chart}/{name}"), lambda: files.own_values_of(file, chart), files
    )
    return found if found.ours else Chart(files.is_polyaxon_chart(chart), [])


def of_repository(folder: str, files: Files) -> Chart:
    """The chart in a folder of a Git repository, whose root is not known."""
    if not folder or has_placeholder(folder):
        return Chart(None, [])

    def find(name: str) -> File | None:
        return files.ending_with(f"{folder}/{name}")

    return _found(find, lambda: find(OWN_VALUES), files)


def of_values(file: str, files: Files) -> Chart:
    """The chart in the folder of a values file."""
    found = _found(lambda name: files.find_beside(file, name), lambda: files.own_values_of(file, ""), files)
    return found._replace(values=None) if posixpath.basename(file.replace("\\", "/")) == OWN_VALUES else found


def _found(find: Callable[[str], File | None], own_values: Callable[[], File | None], files: Files) -> Chart:
    def read(name: str) -> bytes | None:
        found = find(name)
        return found.content if found else None

    if below := sections(read, files.mirrors):
        return Chart(ours=True, sections=below, values=own_values())
    there = _part(read(CHART))
    is_named = there is not None and is_polyaxons(there.at("name").text, files.mirrors)
    return Chart(ours=True if is_named else None, sections=[])


def _part(content: bytes | None) -> YamlNode | None:
    if content is None or b"name" not in content:
        return None
    try:
        document = yamltext.compose(yamltext.decode(content, CHART), CHART)
    except InputError:
        return None
    return YamlNode(document, document.root)
