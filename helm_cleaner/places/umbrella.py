"""Umbrella charts: the sections of Polyaxon's charts among the dependencies of a Chart.yaml.

A dependency's values are under its alias, or else its name
(https://helm.sh/docs/topics/charts/#alias-field-in-dependencies). It may be an umbrella chart too, if it is in the
folder `charts`, or in the one that its repository names (`file://../platform`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import InputError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.places.charts import OURS, is_ours
from helm_cleaner.places.files import CHART_FILES, Files
from helm_cleaner.places.part import Part
from helm_cleaner.places.unknown import is_filled_in

_MOST_LEVELS = 4  # of umbrella charts in umbrella charts
CHART, REQUIREMENTS = CHART_FILES  # the latter has the dependencies of a chart with apiVersion v1


def sections(read: Callable[[str], bytes | None]) -> list[Path]:
    """The paths of the sections in the values of a chart with one of Polyaxon's charts as a dependency.

    read: returns the content of a file by its path from the chart's folder. Empty for any other chart, and for
    Polyaxon's own.
    """
    return [(*keys, SECTION) for keys in dict.fromkeys(_keys(read, "", _MOST_LEVELS))]


def _keys(read: Callable[[str], bytes | None], folder: str, levels: int) -> Iterator[Path]:
    """Where the values of Polyaxon's charts are in those of the chart in a folder. levels: how deep to look."""
    chart = _part(read(folder + CHART))
    if chart is None or chart.at("name").text in OURS:
        return
    for part in (chart, _part(read(folder + REQUIREMENTS)) if chart.at("apiVersion").text == "v1" else None):
        for each in part.at("dependencies").items() if part is not None else ():
            name, repository = each.at("name").text, each.at("repository").text
            key = each.at("alias").text or name
            if is_ours(name):
                yield (key,)
            elif name and levels:
                local = repository.startswith("file://")
                below = repository.removeprefix("file://") if local else f"charts/{name}"
                yield from ((key, *rest) for rest in _keys(read, f"{folder}{below}/", levels - 1))


def of_folder(chart: str, file: str, files: Files) -> tuple[bool | None, list[Path]]:
    """Whether a chart that another file names is one of Polyaxon's, and where the sections are if it is an umbrella.

    chart: a name, or the path of a folder.
    """
    if not chart.startswith("."):
        return is_ours(chart), []

    def read(name: str) -> bytes | None:
        found = files.beside(file, f"{chart}/{name}")
        return found.content if found else None

    ours, below = _of_chart(read)
    return (ours, below) if ours else (is_ours(chart), [])


def of_repository(folder: str, files: Files) -> tuple[bool | None, list[Path]]:
    """The same for a chart in a folder of a Git repository, whose root is not known."""

    def read(name: str) -> bytes | None:
        found = files.ending_with(f"{folder}/{name}")
        return found.content if found else None

    return _of_chart(read) if folder and not is_filled_in(folder) else (None, [])


def _of_chart(read: Callable[[str], bytes | None]) -> tuple[bool | None, list[Path]]:
    below = sections(read)
    there = _part(read(CHART))
    return (True if below or (there is not None and there.at("name").text in OURS) else None), below


def _part(content: bytes | None) -> Part | None:
    if content is None or b"name" not in content:
        return None
    try:
        document = yamltext.compose(yamltext.decode(content, CHART), CHART)
    except InputError:
        return None
    return Part(document, document.root)
