"""What post-render would change, as patches for tools that run no post-renderer: RFC 6902, kustomize, Flux."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from helm_cleaner import polyaxon
from helm_cleaner.actions import post_render
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Origin, from_data
from helm_cleaner.values.writing import to_yaml
from helm_cleaner.yamltext import Document, Operation
from helm_cleaner.yamltext.scalars import escape
from helm_cleaner.yamltext.stream import Span, Stream

if TYPE_CHECKING:
    from typing import Any


Namesake = tuple[str, str]  # kind and name


class Patch(NamedTuple):
    """The changes of an object.

    path: where it is in its document, () unless it is in a List. operations: their paths start at the object.
    location: where the document begins.
    """

    path: Path
    api_version: str
    kind: str
    name: polyaxon.Name
    operations: list[Operation]
    location: Location


def make_patches(stream: Stream, edits: Mapping[Span, post_render.DocumentEdit]) -> list[Patch]:
    """The edits of a stream, object by object, in order."""
    lines = stream.first_lines(edits)
    return [
        patch
        for (span, edit), line in zip(edits.items(), lines, strict=True)
        for patch in make_document_patches(stream.compose(span), edit, Location(stream.name, line))
    ]


def make_document_patches(document: Document, edit: post_render.DocumentEdit, location: Location) -> list[Patch]:
    """The edit of one document, object by object. location: where the document begins."""
    found: list[Patch] = []
    for path, kind, item in polyaxon.iter_objects(document.data):
        operations = [
            operation._replace(path=operation.path[len(path) :])
            for operation in edit.operations
            if operation.path[: len(path)] == path
        ]
        if operations:
            version = str(item.get("apiVersion") or "")
            found.append(Patch(path, version, kind, polyaxon.name_of(item), operations, location))
    return found


def find_namesakes(stream: Stream, found: Sequence[Patch]) -> Collection[Namesake]:
    """The kinds and names that a patched object shares with another object of the stream."""
    names = tuple({patch.name.name.encode() for patch in found if patch.name.name})
    there = Counter(
        (kind, polyaxon.name_of(item).name)
        for span in stream.find(names)
        for _, kind, item in polyaxon.iter_objects(stream.compose(span).data)
    )
    return {namesake for namesake, times in there.items() if times > 1}


def format_json(found: Sequence[Patch]) -> str:
    """One array of `{"target": {"apiVersion","kind","name","namespace"}, "patch": [RFC 6902 operations]}`.

    namespace is null if the manifest leaves it to the release.
    """
    items = [
        {
            "target": {
                "apiVersion": patch.api_version,
                "kind": patch.kind,
                "name": patch.name.name,
                "namespace": patch.name.namespace,
            },
            "patch": _operations(patch),
        }
        for patch in found
    ]
    return escape(json.dumps(items, ensure_ascii=False, indent=2)) + "\n"


def format_kustomization(found: Sequence[Patch], twice: Collection[Namesake], resource: str) -> str:
    """A kustomization that patches a resource, the file with the manifests, as post-render would.

    twice: the `namesakes`. InputError if an object has no name.
    """
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": [resource]}
    return _yaml(head) + _patches(found, twice)


def format_flux(found: Sequence[Patch], twice: Collection[Namesake]) -> str:
    """The postRenderers of a Flux HelmRelease, for its spec. twice, InputError: as in `kustomization`."""
    return "postRenderers:\n" + _indent("- kustomize:\n" + _indent(_patches(found, twice), 4), 2)


def _patches(found: Sequence[Patch], twice: Collection[Namesake]) -> str:
    """The patches of a kustomization (kustomize's reference, `patches`), the operations readable in a block."""
    if not found:
        return "patches: []\n"
    entries = [
        _indent(_yaml([{"target": _target(patch, twice)}]) + "  patch: |-\n" + _indent(_yaml(_operations(patch)), 4), 2)
        for patch in found
    ]
    return "patches:\n" + "".join(entries)


def _target(patch: Patch, twice: Collection[Namesake]) -> dict[str, str]:
    """kustomize's selector of the object: regular expressions for a whole string; an empty one matches everything."""
    if not patch.name.name:
        message, hint = "has no name, by which kustomize would select it", "give it one, in metadata.name"
        raise InputError.of("no-name", message, patch.location, hint, patch.kind)
    group, _, version = patch.api_version.rpartition("/")
    parts = {"group": group, "version": version, "kind": patch.kind, "name": patch.name.name.replace(".", r"\.")}
    target = {part: text for part, text in parts.items() if text}
    if patch.name.namespace:
        target["namespace"] = patch.name.namespace
    elif (patch.kind, patch.name.name) in twice:  # kustomize puts an object without a namespace into this one
        target["namespace"] = "default"
    return target


def _operations(patch: Patch) -> list[dict[str, Any]]:
    return [operation.as_json() for operation in patch.operations]


def _yaml(data: Any) -> str:
    return to_yaml(from_data(data, Origin("", Location(""))))


def _indent(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in text.removesuffix("\n").split("\n"))
