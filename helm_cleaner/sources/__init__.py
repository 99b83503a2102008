"""Where people write the section: values files, Flux, Argo CD, Helmfile, and other tools that pass values to a chart.

A module per ecosystem says which values an object passes to its chart; `search` goes through the files.
"""

from helm_cleaner.places.files import File, Files
from helm_cleaner.places.place import Layer, Place
from helm_cleaner.places.search import Found, Tell, find, ignored, umbrella_note

__all__ = ["File", "Files", "Found", "Layer", "Place", "Tell", "find", "ignored", "umbrella_note"]
