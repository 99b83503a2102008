"""Values files: the section at its path, or in an umbrella chart's below each of Polyaxon's charts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from helm_cleaner import values
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.sources import umbrella
from helm_cleaner.sources.files import OWN_VALUES, File, Files
from helm_cleaner.sources.named_files import KIND
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.values import Map, Origin, ParsedValues

LAYERED = "values files"
_OTHERS = (
    ".gitlab-ci", ".travis", ".pre-commit", "azure-pipelines", "bitbucket-pipelines", "docker-compose", "compose.y",
    "mkdocs", "taskfile", "chart.y", "chart.lock", "requirements.y", "playbook",
)  # fmt: skip
_OF_A_JOB = frozenset(
    ("script", "stage", "before_script", "extends", "steps", "runs-on", "container_name", "entrypoint")
)


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether a document of no ecosystem may be a values file, and not, say, a CI job named `cleaner`."""
    if document.node is None:
        return False
    name = file.replace("\\", "/").rpartition("/")[2]
    if name.lower().startswith(_OTHERS) or ".gitlab-ci." in name:
        return False
    if document.at("stages") and any(each.at("script") for _, each in document.entries()):
        return False
    return not any(key in _OF_A_JOB for key, _ in document.at(SECTION).entries())


def find_values(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that a values file passes to its chart, which is not known."""
    stack = ValuesStack()
    given = files.find_given(file)
    stack.add(document.mapping, files.placeholder_test(given) if given else None)
    chart = umbrella.of_values(file, files)
    chart.add_own_values(stack, files)
    yield ChartValues(KIND, file, None, document.origin, stack, chart.sections)


def find_layer_values(given: Sequence[File], files: Files) -> ChartValues:
    """The values in files that Helm is given together, in its order. Not empty."""
    stack = ValuesStack()
    for file in given:
        stack.add(files.values_of, file)
    chart = next((found for file in given if (found := umbrella.of_values(file.name, files)).sections), None)
    if chart and not any(posixpath.basename(file.name.replace("\\", "/")) == OWN_VALUES for file in given):
        chart.add_own_values(stack, files)
    origin = stack.layers[0].read.values.origin if stack.layers else Origin("file", Location(given[0].name))
    return ChartValues(LAYERED, given[-1].name, None, origin, stack, chart.sections if chart else ())


def read_values(content: bytes, file: str) -> ParsedValues:
    """The content of a values file with a name. InputError if Helm would refuse it."""
    given = File(file, content)
    found = Files([given]).values_of(given)
    return found[0].read if found else values.no_values()


def find_unreached(values: Map, sections: list[Path]) -> list[Diagnostic]:
    """The warning about a section at the top of an umbrella chart's values."""
    if not sections or SECTION not in values:
        return []
    under = to_dotted(sections[0])
    message = f"a section at the top of an umbrella chart's values reaches no subchart; the chart reads {under}"
    place = values.keys_at[SECTION].location
    return [Diagnostic("warning", "no-section", SECTION, message, f"write it below {sections[0][0]}:", place)]
