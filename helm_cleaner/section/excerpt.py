"""The last fields of a Diagnostic for a place in a section: the location and its source text."""

from __future__ import annotations

from helm_cleaner.diagnostics import Location
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.text import quote, shorten
from helm_cleaner.values import Origin, Value, to_data

Finding = tuple[str, str, str, Location]


def where(path: Path, message: str, hint: str, value: Value) -> Finding:
    """The path, message, hint and location of a finding about a value."""
    location = value.origin.location
    return (
        to_dotted(path),
        shorten(message),
        shorten(hint),
        location if location.source is not None else _excerpt(path, value, location, key=False),
    )


def where_key(path: Path, message: str, hint: str, value: Value, at: Origin) -> Finding:
    """The same for a finding about the value's key."""
    location = at.location
    location = location if location.source is not None else _excerpt(path, value, location, key=True)
    return to_dotted(path), shorten(message), shorten(hint), location


def _excerpt(path: Path, value: Value, location: Location, *, key: bool) -> Location:
    """A rendered section has no source line that the user knows, so the field is shown as it would be written."""
    name = path[-1]
    head = f"{name}: " if isinstance(name, str) else "- "
    text = quote(to_data(value))
    if key:
        return location._replace(source=head + text, column=1, length=len(head) - 2 or 1)
    return location._replace(source=head + text, column=len(head) + 1, length=len(text))
