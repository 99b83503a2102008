"""Placeholders, which another tool fills in before Helm sees the values."""

from __future__ import annotations

import re
from collections.abc import Callable

from helm_cleaner.places.templates import MARK

_FLUX = re.compile(r"(?<!\$)\$\{")
_ARGO = re.compile(r"\$(?:[A-Za-z_]|\{)")

Test = Callable[[str], bool]


def in_template(text: str) -> bool:
    """An ApplicationSet or a `.gotmpl`: `{{ … }}`, or the marks from `templates.masked`."""
    return "{{" in text or MARK in text


def in_flux(text: str) -> bool:
    """What Flux applies: `${VAR}` and `${VAR:=x}`; `$${VAR}` is escaped."""
    return _FLUX.search(text) is not None or is_encrypted(text)


def in_fleet(text: str) -> bool:
    """Fleet: `${ .ClusterLabels.x }`."""
    return "${" in text


def in_argo_parameter(text: str) -> bool:
    """The value of an Argo CD parameter: `$ARGOCD_APP_NAME`, with or without braces."""
    return _ARGO.search(text) is not None


def in_set_parameter(text: str) -> bool:
    """The value of an Argo CD parameter in an ApplicationSet."""
    return in_template(text) or in_argo_parameter(text)


def is_encrypted(text: str) -> bool:
    """A text that SOPS encrypted."""
    return text.startswith("ENC[")


def is_filled_in(text: str) -> bool:
    """Whether the text has a placeholder of any tool."""
    return "{{" in text or "${" in text or MARK in text
