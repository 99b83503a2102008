"""Where people write the section: values files, Flux, Argo CD, Helmfile, and other tools that pass values to a chart.

A module per ecosystem says which values an object passes to its chart; `search` goes through the files.
"""

from helm_cleaner.sources.files import UNCONFIGURED, File, Files, Repository
from helm_cleaner.sources.found_sections import FoundSections, Progress, no_progress, umbrella_note
from helm_cleaner.sources.search import find_sections
from helm_cleaner.sources.values_stack import Layer, SectionSource

__all__ = [
    "UNCONFIGURED",
    "File",
    "Files",
    "FoundSections",
    "Layer",
    "Progress",
    "Repository",
    "SectionSource",
    "find_sections",
    "no_progress",
    "umbrella_note",
]
