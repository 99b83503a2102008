"""post-render as a KRM function for kustomize and kpt: reads a ResourceList and writes it back with results.

Follows the KRM Functions Specification v1 (kubernetes-sigs/kustomize, functions-spec.md). The options are in the list's
functionConfig: in the `spec` of an object of any kind, or as strings in the `data` of a ConfigMap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner import polyaxon, yamltext
from helm_cleaner.actions import post_render
from helm_cleaner.diagnostics import BugError, CleanerError, Diagnostic, InputError
from helm_cleaner.names import HOOK, KEY, SECTION
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.text import make_printable
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import ParsedValues, merge_into, read_document
from helm_cleaner.yamltext import Document, Operation, items
from helm_cleaner.yamltext.stream import Span, Stream

if TYPE_CHECKING:
    from typing import Any


_CONFIG = "functionConfig"
_FLAGS = ("noDefaults", "noRollout", "requireTarget", "warnOnly")
# Annotations in which the orchestrator stores the file of an object.
_FILE, _INDEX = "config.kubernetes.io/path", "config.kubernetes.io/index"


class KrmAnswer(NamedTuple):
    """The answer of the function.

    pieces: joined, the ResourceList to write. error: the error, or None.
    """

    pieces: list[bytes | memoryview]
    diagnostics: list[Diagnostic]
    notes: list[str]
    error: CleanerError | None


def answer(stream: Stream, options: post_render.Options, *, warn_only: bool = False) -> KrmAnswer | None:
    """The answer to a ResourceList; None for any other stream.

    The functionConfig overrides the options. If `post_render.changes` refuses the list, only its results change, and
    the answer has the error, unless the functionConfig sets warnOnly. InputError if the results cannot be written.

    Items that cannot matter are neither parsed nor checked if the lines alone show where each item ends.
    """
    shortened = _answer_from_shortened(stream, options, warn_only=warn_only)
    return shortened or answer_whole(stream, options, warn_only=warn_only)


def _answer_from_shortened(stream: Stream, options: post_render.Options, *, warn_only: bool) -> KrmAnswer | None:
    """The answer from the items that matter alone; None if telling them apart takes the whole list."""
    short = items.shorten_list(stream.content, polyaxon.is_relevant, (HOOK.encode(),))
    if short is None:
        return None
    shortened = Stream(short.text, stream.name)
    found = _resource_list(shortened)
    if found is None or not items.is_faithful(short, found[1]):
        return None
    made = _answer(shortened, *found, options, warn_only=warn_only)
    try:
        return made._replace(pieces=[items.restore_list(b"".join(made.pieces), short)])
    except ValueError:  # a value of the user's looks like a stand-in for an item
        return None


def answer_whole(stream: Stream, options: post_render.Options, *, warn_only: bool = False) -> KrmAnswer | None:
    """Like `answer`, but parses the whole list, so that it may be written in any style."""
    found = _resource_list(stream)
    return None if found is None else _answer(stream, *found, options, warn_only=warn_only)


def _answer(
    stream: Stream, span: Span, document: Document, options: post_render.Options, *, warn_only: bool
) -> KrmAnswer:
    operations: list[Operation] = []
    notes: list[str] = []
    error: CleanerError | None = None
    try:
        options, config_warns = _apply_config(document, options)
        warn_only = warn_only or config_warns
        operations, findings, notes = post_render.plan(stream, span, document, options)
        yamltext.check(document, operations)
    except BugError:
        raise
    except CleanerError as e:
        operations, findings, error = [], e.diagnostics, e
    if error is not None and warn_only:
        error, notes = None, ["the manifests pass through unchanged (warnOnly)"]
    objects = {path: item for path, _, item in polyaxon.iter_objects(document.data)}
    agents = [path for path, item in objects.items() if polyaxon.find_agents(item)]
    results = [_result(d.severity, _message(d), _reference(_find_subject(d, agents, objects))) for d in findings]
    results += [_result("info", note, {}) for note in notes]
    results += [
        _change(operation._replace(path=operation.path[len(path) :]), item)
        for path, item in objects.items()
        for operation in operations
        if operation.path[: len(path)] == path
    ]
    if results:
        there = _find_results(document)
        operations.append(Operation("add" if there is None else "replace", ("results",), [*(there or []), *results]))
    texts = {span: yamltext.edit(document, operations).encode()} if operations else {}
    return KrmAnswer(stream.replace(texts), findings, notes, error)


def apply_function_config(stream: Stream, options: post_render.Options) -> post_render.Options:
    """The options that `answer` uses for a ResourceList, without warnOnly; for any other stream, the options unchanged.

    InputError if the functionConfig is invalid.
    """
    found = _resource_list(stream)
    return options if found is None else _apply_config(found[1], options)[0]


def _resource_list(stream: Stream) -> tuple[Span, Document] | None:
    """The stream's only document if it is a ResourceList, comments aside.

    Also None for a document that cannot be read: as in any other stream, it may not matter.
    """
    found = None
    for span in stream.documents():
        try:
            document = stream.compose(span)
            data = document.data
        except InputError:
            return None
        if document.root is None:
            continue
        is_list = isinstance(data, dict) and data.get("kind") == "ResourceList" and isinstance(data.get("items"), list)
        if found is not None or not is_list:
            return None
        found = span, document
    return found


# ---- results --------------------------------------------------------------------------------------------------------


def _find_results(document: Document) -> list[Any] | None:
    """The existing results of the list; None without any. InputError if JSON cannot represent them."""
    there = document.data.get("results")
    if there is None:
        return None
    try:
        if isinstance(there, list):
            json.dumps(there, allow_nan=False)
            return there
        what, hint = "it is not a list", "write results: []"
    except ValueError:
        what, hint = "it contains a number that JSON cannot represent", "remove it"
    entry = yamltext.find_entry(document, ("results",))
    place = document.at(entry[1]) if entry else document.location(0)
    raise InputError.of("yaml-shape", f"/results cannot be edited: {what}", place, hint)


def _result(severity: str, message: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"message": message, "severity": severity, **more}


def _message(d: Diagnostic) -> str:
    """The finding on one line, safe for a terminal: orchestrators print it unchanged."""
    hint = f" (hint: {d.hint})" if d.hint else ""
    return make_printable(f"{d.path}: {d.message} [{d.code}]{hint}" if d.path else f"{d.message} [{d.code}]{hint}")


def _find_subject(d: Diagnostic, agents: list[Path], objects: dict[Path, Any]) -> Any:
    """The agent's ConfigMap that a finding is about: the one at its location, or else the only one.

    None if there are several with the same name, in several namespaces.
    """
    if d.path.partition(".")[0] != SECTION:
        return None
    named = [path for path in agents if polyaxon.name_of(objects[path]).name == d.location.file]
    meant = named or agents
    return objects[meant[0]] if len(meant) == 1 else None


def _reference(item: Any) -> dict[str, Any]:
    """The fields of a result that refer to the object and its field; none if there is no object."""
    if item is None:
        return {}
    return {**_object(item), "field": {"path": to_dotted(("data", KEY))}}


def _object(item: dict[str, Any]) -> dict[str, Any]:
    name, namespace = polyaxon.name_of(item)
    reference = {"apiVersion": item.get("apiVersion"), "kind": item.get("kind"), "name": name, "namespace": namespace}
    found: dict[str, Any] = {"resourceRef": {key: str(value) for key, value in reference.items() if value}}
    annotations = polyaxon.annotations_of(item)
    file = annotations.get(_FILE, annotations.get(f"internal.{_FILE}"))
    if file is not None:
        found["file"] = {"path": str(file)}
        index = annotations.get(_INDEX, annotations.get(f"internal.{_INDEX}"))
        if index is not None and re.fullmatch("[0-9]{1,9}", str(index)):
            found["file"]["index"] = int(index)
    return found


def _change(operation: Operation, item: dict[str, Any]) -> dict[str, Any]:
    field: dict[str, Any] = {"path": to_dotted(operation.path), "proposedValue": operation.value}
    if operation.op == "replace":
        current: Any = item
        for part in operation.path:
            current = current[part]
        field["currentValue"] = current
    what = "the section is completed" if operation.path[-1] == KEY else "the agent's configuration has changed"
    return _result("info", what, {**_object(item), "field": field})


# ---- options --------------------------------------------------------------------------------------------------------


def _apply_config(document: Document, options: post_render.Options) -> tuple[post_render.Options, bool]:
    """The options with those in the functionConfig, and whether it sets warnOnly. InputError if it is invalid."""
    flags = dict.fromkeys(_FLAGS, False)
    for key, value in _spec(document):
        if key.value == "values":
            options = options._replace(overrides=_merge_values(_values(document, value), options.overrides))
        elif key.value == "ignore":
            options = options._replace(ignore=options.ignore.union(_codes(document, value)))
        elif key.value in flags:
            flags[key.value] = _boolean(document, key.value, value)
        else:
            message = f"unknown option {key.value!r}"
            hint = f"the options are values, ignore, {', '.join(_FLAGS)}"
            raise _config_error(document, key, (_CONFIG, key.value), message, hint)
    return options._replace(
        fill=options.fill and not flags["noDefaults"],
        rollout=options.rollout and not flags["noRollout"],
        require_target=options.require_target or flags["requireTarget"],
    ), flags["warnOnly"]


def _spec(document: Document) -> Iterator[tuple[Node, Node]]:
    """The options in the functionConfig: keys and values."""
    assert document.root is not None
    entry = yamltext.find_pair(document.root, _CONFIG)
    if entry is None or _is_null(document, entry[1]):
        return
    config = _mapping(document, entry[1], (_CONFIG,))
    kind = yamltext.find_pair(config, "kind")
    here, elsewhere = ("data", "spec") if kind and kind[1].value == "ConfigMap" else ("spec", "data")
    other, spec = yamltext.find_pair(config, elsewhere), yamltext.find_pair(config, here)
    if other and not _is_null(document, other[1]):
        hint = f"write them below {here}, or in {elsewhere} of another kind of object"
        raise _config_error(document, other[0], (_CONFIG, elsewhere), "options are not read from here", hint)
    if spec and not _is_null(document, spec[1]):
        yield from _mapping(document, spec[1], (_CONFIG, here)).value


def _is_null(document: Document, node: Node) -> bool:
    return isinstance(node, ScalarNode) and yamltext.construct(document, node) is None


def _mapping(document: Document, node: Node, path: Path) -> MappingNode:
    """The node. InputError if it is not a mapping, or has merged entries."""
    if not isinstance(node, MappingNode):
        raise _config_error(
            document, node, path, "must be a mapping", "write its fields below it, as in spec: {values: …}"
        )
    for key, _ in node.value:
        if yamltext.is_merge(key):
            raise _config_error(
                document, key, path, "a merge key `<<` is not supported here", "write out the keys that it merges"
            )
    return node


def _values(document: Document, node: Node) -> ParsedValues:
    """The values under `values`: a mapping or, in a ConfigMap, the text of a values file."""
    if isinstance(node, MappingNode):
        return read_document(Document(document.text, node, document.file, document.first_line))
    if isinstance(node, ScalarNode):
        from helm_cleaner.yamltext.nested import compose_scalar

        return read_document(compose_scalar(document, node))
    raise _config_error(
        document, node, (_CONFIG, "values"), "must be a mapping, or the text of a values file", "values: {cleaner: …}"
    )


def _merge_values(values: ParsedValues, overrides: ParsedValues | None) -> ParsedValues:
    """The values with others merged over them."""
    if overrides is None:
        return values
    merge_into(values.values, overrides.values)
    return ParsedValues(values.values, [*values.notices, *overrides.notices])


def _boolean(document: Document, name: str, node: Node) -> bool:
    value = yamltext.construct(document, node)
    if isinstance(value, bool) or value in ("true", "false"):  # text in a ConfigMap
        return value in (True, "true")
    raise _config_error(document, node, (_CONFIG, name), "must be true or false", f"write {name}: true")


def _codes(document: Document, node: Node) -> list[str]:
    """The codes under `ignore`: a list or, in a ConfigMap, a text with commas."""
    value = yamltext.construct(document, node)
    codes = value.split(",") if isinstance(value, str) else value
    if isinstance(codes, list) and all(isinstance(code, str) for code in codes):
        return [code.strip() for code in codes]
    raise _config_error(document, node, (_CONFIG, "ignore"), "must be a list of codes", "write ignore: [agent-config]")


def _config_error(document: Document, node: Node, path: Path, message: str, hint: str) -> InputError:
    return InputError.of("function-config", message, document.at(node), hint, to_dotted(path))
