"""Patches of objects that pass values to charts: strategic and JSON 6902, inline and in files of their own.

An operation of a JSON patch is read as an object that has nothing but the operation's value at its path. The values
that a patch applies to are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.names import KEY, SECTION
from helm_cleaner.sources.ecosystems import find_values_in_object
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.values_stack import ChartValues, Layer, PatchTarget, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.values import Map, ParsedValues
from helm_cleaner.yamltext.nodes import STR

# What a patch without a target applies to, by its path: kinds of objects, each with where values are in it.
_ROOTS = {
    "HelmRelease": re.compile(r"/spec/values"),
    "Application": re.compile(r"/spec/(source|sources/[^/]+)(/helm|\Z)"),
    "ApplicationSet": re.compile(r"/spec/(template|generators)(/|\Z)"),
    "HelmChart": re.compile(r"/spec/(valuesContent|set)(/|\Z)"),
    "ConfigMap": re.compile(rf"/data/{KEY}\Z"),
    "Release": re.compile(r"/spec/forProvider(/|\Z)"),
}
# The names of what may contain the section.
_ABOVE = ("", "spec", "values", "valuesObject", "valuesContent", "helm", "source", "forProvider")
_TAG = "tag:yaml.org,2002:"
_STRATEGIC = "patchesStrategicMerge"
_NAME = re.compile(r"[\w.-]+\Z")  # and not the regular expression that a target may have
_NO_TARGET = PatchTarget("", "", "")


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a JSON patch: a list of operations."""
    del file
    items = list(document.items())
    return bool(items) and all(item.at("op").is_scalar and item.at("path").is_scalar for item in items)


def find_values(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values in a JSON patch in a file of its own; a kustomization may name what it patches."""
    target = files.patch_target(file)
    yield from _of_operations(document, file, files, _target(target) if target is not None else _NO_TARGET)


def find_patches(holder: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values in the patches that are written in a kustomization; files with patches are looked at by themselves."""
    for key in ("patches", "patchesJson6902", _STRATEGIC):
        for each in holder.at(key).items():
            target = _target(each.at("target"))
            try:
                patch = each if key == _STRATEGIC else each.at("patch")
                is_text = patch.is_scalar and (key != _STRATEGIC or "\n" in patch.text)  # and not the name of a file
                for document in patch.documents() if is_text else [patch] * (not patch.is_scalar):
                    yield from _of_document(document, file, files, target)
            except InputError as e:
                stack = ValuesStack()
                stack.wrong += e.diagnostics
                yield ChartValues(target.kind, file, None, each.origin, stack, patched=target)


def find_replacements(kustomization: YamlNode, file: str) -> Iterator[ChartValues]:
    """Warnings about replacements in the section, which are not followed."""
    for replacement in kustomization.at("replacements").items():
        for each in replacement.at("targets").items():
            for path in each.at("fieldPaths").items():
                if SECTION in re.split(r"[./]", path.text):
                    target = _target(each.at("select"))
                    stack = ValuesStack()
                    stack.wrong.append(path.warn_not_checked("what a replacement puts into the section is not checked"))
                    yield ChartValues(target.kind, file, None, path.origin, stack, patched=target)


def _target(target: YamlNode) -> PatchTarget:
    return PatchTarget(*(target.at(key).text for key in ("kind", "name", "namespace")))


def _of_document(document: YamlNode, file: str, files: Files, target: PatchTarget) -> Iterator[ChartValues]:
    if recognizes(document, file):
        yield from _of_operations(document, file, files, target)
    elif document.kind:
        for each in (*find_values_in_object(document, file, files), *_of_config_map(document, file)):
            meta = document.at("metadata")
            own = PatchTarget(document.kind, meta.at("name").text, meta.at("namespace").text)
            yield each._replace(patched=target if target.name else own)


def _of_operations(patch: YamlNode, file: str, files: Files, target: PatchTarget) -> Iterator[ChartValues]:
    """The values in a JSON patch: what its operations set together, and by itself what one puts into a list."""
    together: dict[tuple[str, str], ChartValues] = {}
    for operation in patch.items():
        pointer = operation.at("path").text
        kinds = [target.kind] if target.kind else [kind for kind, root in _ROOTS.items() if root.match(pointer)]
        for kind in kinds:
            for each in _of_operation(operation, kind, file, files):
                each = each._replace(patched=target._replace(kind=kind))
                parts = pointer.split("/")
                at = parts.index(SECTION) if SECTION in parts else len(parts)
                key = kind, "/".join(part for part in parts[:at] if part.isdigit())
                if key not in together or any(part == "-" or part.isdigit() for part in parts[at:]):
                    together[key if key not in together else (kind, pointer)] = each
                else:
                    together[key].stack.extend(each.stack)
    yield from together.values()


def _of_operation(operation: YamlNode, kind: str, file: str, files: Files) -> Iterator[ChartValues]:
    pointer, name = operation.at("path"), operation.at("op").text
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.text.split("/")[1:]]
    if name in ("add", "replace"):
        value = operation.at("value")
        made = _object(kind, parts, value, pointer)
        if value.node is None:
            return
        is_within = SECTION in parts[:-1]  # then keys of the section are in the pointer, and no node is all of it
        for each in (*find_values_in_object(made, file, files), *_of_config_map(made, file)):
            each.stack.unchecked.clear()
            each.stack.layers[:] = [_editable(layer, value.node, is_within=is_within) for layer in each.stack.layers]
            yield each._replace(origin=operation.origin)
    elif name in ("move", "copy") and (SECTION in parts or not parts or parts[-1] in _ABOVE):
        stack = ValuesStack()
        message = f"the operation {name!r} is not followed: what it puts there is not checked"
        stack.wrong.append(operation.warn_not_checked(message, "write the section in an operation 'add' to check it"))
        yield ChartValues(kind, file, None, operation.origin, stack)


def _of_config_map(document: YamlNode, file: str) -> Iterator[ChartValues]:
    """The section in a patch of the ConfigMap that Polyaxon's charts render."""
    value = document.at("data", KEY)
    if document.kind == "ConfigMap" and value.is_scalar:
        stack = ValuesStack()
        stack.add(value.read_embedded)
        for number, layer in enumerate(stack.layers):
            values = Map(value.origin)
            values.put(SECTION, layer.read.values, value.origin)
            stack.layers[number] = layer._replace(read=ParsedValues(values, layer.read.notices))
        yield ChartValues("ConfigMap", file, ours=True, origin=value.origin, stack=stack)


def _object(kind: str, parts: list[str], value: YamlNode, pointer: YamlNode) -> YamlNode:
    """An object of a kind with nothing but a value at a path."""
    assert pointer.node is not None
    start, end = pointer.node.start_mark, pointer.node.end_mark

    def text(content: str) -> ScalarNode:
        return ScalarNode(STR, content, start, end, style='"')

    node = value.node
    for part in reversed(parts):
        if part == "-" or part.isdigit():
            node = SequenceNode(f"{_TAG}seq", [node], start, end)
        else:
            node = MappingNode(f"{_TAG}map", [(text(part), node)], start, end)
    own: list[tuple[Node, Node]] = [(text("apiVersion"), text("patch/v1")), (text("kind"), text(kind))]
    below = node.value if isinstance(node, MappingNode) else []
    return YamlNode(pointer.document, MappingNode(f"{_TAG}map", [*own, *below], start, end))


def _editable(layer: Layer, value: Node, *, is_within: bool) -> Layer:
    """A layer whose node is in the file, or none, as for parameters."""
    if layer.node is None or layer.document.root is layer.node:
        return layer
    return layer._replace(node=None if is_within else value)


def _fits(pattern: str, name: str) -> bool:
    """Whether a name fits that of a target, which may be a regular expression, or empty."""
    with suppress(re.error):
        return not pattern or re.fullmatch(pattern, name) is not None
    return False


def over_base(values: ChartValues, files: Files) -> ChartValues:
    """The values of a patch, with what the object that it patches says of the chart; a warning if that is not there."""
    assert values.patched is not None
    kind, name, namespace = values.patched
    bases = []
    for file, part in files.objects(kind, name if _NAME.match(name) else "", namespace) if kind else ():
        if _fits(name, part.at("metadata", "name").text):
            bases += [each for each in find_values_in_object(part, file.name, files) if each.patched is None]
    if bases:
        base = next((each for each in bases if each.ours), bases[0])
        return values._replace(ours=base.ours, sections=base.sections)
    if values.ours is None:
        message = f"the {kind} that this patch applies to is not in these files: its values are not checked"
        values.stack.unchecked.append(
            Diagnostic("warning", "not-checked", "", message, "give its file as well", values.origin.location)
        )
    return values
