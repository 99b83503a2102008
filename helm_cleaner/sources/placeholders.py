"""Placeholders, which another tool fills in before Helm sees the values."""

from __future__ import annotations

import re
from collections.abc import Callable

from helm_cleaner.sources.templates import MARK

_FLUX = re.compile(r"(?<!\$)\$\{")
_WHOLE = re.compile(r"(?<!\$)\$\{(?:[^{}\n]|\$\{[^{}\n]*\})*\}")
_ARGO = re.compile(r"\$(?:[A-Za-z_]|\{)")
# Replaced in files before Helm reads them: by envsubst and Terraform (`$$` escapes), Azure Pipelines, and Octopus.
_PLAIN = re.compile(r"(?<!\$)\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\$\([A-Za-z_][\w.-]*\)|#\{[^{}]+\}#?")
_COMMENTED = re.compile(r"(?<=[:\-] )#\{[^{}\n]+\}#?(?=[ \t]*$)", re.MULTILINE)  # YAML takes it for a comment
_DIRECTIVE = re.compile(r"%\{[^{}\n]*\}")  # of a Terraform template
_VALS = re.compile(r"(?<![\w+])(?:secret)?ref\+[A-Za-z0-9_-]+://")  # https://github.com/helmfile/vals
_VAULT = re.compile(r"<path:[^<>#\n]+#[^<>\n]+>")  # https://argocd-vault-plugin.readthedocs.io

PlaceholderTest = Callable[[str], bool]


def in_any_file(text: str) -> bool:
    """What any file may contain: vals' `ref+vault://…`, argocd-vault-plugin's `<path:…#key>`, and marks."""
    return ("ref+" in text and _VALS.search(text) is not None) or in_vault(text) or MARK in text


def or_in_any_file(test: PlaceholderTest | None) -> PlaceholderTest:
    """A test that is also met by what any file may contain."""
    return in_any_file if test is None else lambda text: in_any_file(text) or test(text)


def in_vault(text: str) -> bool:
    """argocd-vault-plugin's `<path:secret/data/x#key>`."""
    return "<path:" in text and _VAULT.search(text) is not None


def in_plain_values(text: str) -> bool:
    """A values file: `${x}`, `$(x)` or `#{x}`, which may be of several tools."""
    return (("$" in text or "#{" in text) and _PLAIN.search(text) is not None) or MARK in text


def mask_commented(text: str) -> str:
    """The text with marks in place of each value such as `#{x}#`; every other character keeps its index."""
    return _COMMENTED.sub(_marks, text) if "#{" in text else text


def mask_plain(text: str) -> str:
    """The text with marks in place of `${x}` and the like, and blanks for directives such as `%{ if x }`.

    For a text that is YAML only without them (`{a: ${x}}`). Every other character keeps its index.
    """
    return _PLAIN.sub(_marks, _DIRECTIVE.sub(lambda found: " " * len(found[0]), text))


def _marks(found: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", MARK, found[0])


def in_template(text: str) -> bool:
    """An ApplicationSet or a `.gotmpl`: `{{ … }}`, or the marks from `templates.mask`."""
    return "{{" in text or MARK in text


def in_flux(text: str) -> bool:
    """What Flux applies: `${VAR}` and `${VAR:=x}`, or the marks from `mask_flux`; `$${VAR}` is escaped."""
    return _FLUX.search(text) is not None or MARK in text or is_encrypted(text)


def mask_flux(text: str) -> str:
    """The text with marks in place of what Flux fills in, such as `${VAR:=x}`; every other character keeps its index.

    Flux does so before the text is read as YAML, in which a placeholder need not make sense (`{a: ${VAR}}`).
    """
    return _WHOLE.sub(lambda found: MARK * len(found[0]), text)


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


def has_placeholder(text: str) -> bool:
    """Whether the text has a placeholder of any tool."""
    return "{{" in text or "${" in text or MARK in text
