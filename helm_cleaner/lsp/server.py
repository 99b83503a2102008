"""The server itself: LSP over stdio, by pygls. What is found, and what the fixes do, is asked of its caller."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from helm_cleaner.codes import BY_NAME, IGNORABLE
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.fixes import FixEdits
from helm_cleaner.lsp import fields
from helm_cleaner.output.rule_page import rule_page
from helm_cleaner.repository.ignores import add_comment
from helm_cleaner.text import make_printable
from helm_cleaner.version import __version__

_SOURCE = "helm-cleaner"
_FIX_ALL = "source.fixAll.helm-cleaner"
_PAUSE = 0.05  # seconds without another change until a text is checked
_SEVERITIES = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}


class CheckResult(Protocol):
    """What is found in a folder with some open files. findings: by a file's absolute path."""

    findings: Mapping[str, Sequence[Diagnostic]]

    def edits(self) -> Mapping[Diagnostic, Sequence[FixEdits]]:
        """What the fix of each finding does to the text, and other suggestions."""

    def fix_all(self, path: str) -> bytes | None:
        """A file's content after every safe fix; None if it is not checked."""

    def url(self, code: str) -> str:
        """Where a code is explained; empty if that is not known."""


# Of a folder and the contents of its open files, by absolute path.
Check = Callable[[str, Mapping[str, bytes]], CheckResult]


class _State:
    """The check, and its last result for each folder."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.checked: dict[str, CheckResult] = {}
        self.contents: dict[str, Mapping[str, bytes]] = {}  # what the results are about


def serve(check: Check) -> None:
    """Serves a client on stdin and stdout until it exits or closes them."""
    create_server(check).start_io()


def create_server(check: Check) -> LanguageServer:
    """A server that asks `check` what is found."""
    server = LanguageServer(_SOURCE, __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
    state = _State(check)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        _publish(server, state, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: types.DidChangeTextDocumentParams) -> None:
        document, version = params.text_document, params.text_document.version
        await asyncio.sleep(_PAUSE)
        known = server.workspace.text_documents.get(document.uri)
        if known is not None and known.version == version:
            _publish(server, state, document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def did_save(params: types.DidSaveTextDocumentParams) -> None:
        _publish(server, state, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def did_close(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def did_change_files(_params: types.DidChangeWatchedFilesParams) -> None:
        for uri in list(server.workspace.text_documents):
            _publish(server, state, uri)

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, _FIX_ALL]),
    )
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return _actions(server, state, params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        return _hover(server, state, params)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", ":"]))
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        return _complete(server, params)

    return server


# ---- findings -------------------------------------------------------------------------------------------------------


def _publish(server: LanguageServer, state: _State, uri: str) -> None:
    """Checks the folder of a document, and sends what is found in its open documents."""
    document = server.workspace.text_documents.get(uri)
    if document is None:
        return
    folder = _folder(server, document)
    state.contents[folder] = _contents(server, folder)
    checked = state.checked[folder] = state.check(folder, state.contents[folder])
    for each in _documents(server, folder):
        found = [_to_lsp(each, checked, d) for d in checked.findings.get(_path(each), ())]
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(each.uri, found, each.version))


def _documents(server: LanguageServer, folder: str) -> list[TextDocument]:
    """The open documents that are checked with a folder."""
    return [each for each in server.workspace.text_documents.values() if _folder(server, each) == folder]


def _contents(server: LanguageServer, folder: str) -> dict[str, bytes]:
    return {_path(each): _encode(each.source) for each in _documents(server, folder)}


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _folder(server: LanguageServer, document: TextDocument) -> str:
    """The folder that is checked for a document: that of the workspace, or the document's own."""
    path = _path(document)
    roots = [os.path.abspath(each.uri.removeprefix("file://")) for each in server.workspace.folders.values()]
    if server.workspace.root_path:
        roots.append(os.path.abspath(server.workspace.root_path))
    inside = [root for root in roots if path.startswith(os.path.join(root, ""))]
    return max(inside, key=len, default=os.path.dirname(path))


def _path(document: TextDocument) -> str:
    return os.path.abspath(document.path)


def _to_lsp(document: TextDocument, checked: CheckResult, d: Diagnostic) -> types.Diagnostic:
    url = checked.url(d.code)
    text = f"{d.path}: {d.message}" if d.path else d.message
    return types.Diagnostic(
        range=_range(document, d),
        message=make_printable(f"{text}\nhint: {d.hint}" if d.hint else text),
        severity=_SEVERITIES[d.severity],
        code=d.code,
        code_description=types.CodeDescription(url) if url else None,
        source=_SOURCE,
    )


def _range(document: TextDocument, d: Diagnostic) -> types.Range:
    line = (d.location.line or 1) - 1
    column = (d.location.column or 1) - 1
    return _client_range(document, (line, column), (line, column + max(d.location.length, 1)))


def _client_range(document: TextDocument, start: tuple[int, int], end: tuple[int, int]) -> types.Range:
    """A range in the client's units, of one in characters."""
    ends = types.Range(types.Position(*start), types.Position(*end))
    return document.position_codec.range_to_client_units(document.lines, ends)


# ---- actions --------------------------------------------------------------------------------------------------------


def _actions(server: LanguageServer, state: _State, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = server.workspace.text_documents.get(params.text_document.uri)
    if document is None:
        return []
    folder, path = _folder(server, document), _path(document)
    if state.contents.get(folder) != _contents(server, folder):  # a change has not been checked yet
        _publish(server, state, document.uri)
    checked, wanted = state.checked[folder], params.context.only
    actions: list[types.CodeAction] = []
    if _is_wanted(types.CodeActionKind.QuickFix, wanted):
        edits = checked.edits()
        for d in checked.findings.get(path, ()):
            shown = _to_lsp(document, checked, d)
            if _overlap(shown.range, params.range):
                actions += [_fix(server, folder, shown, each) for each in edits.get(d, ())]
                actions += _ignore(server, state, document, d, shown)
    if _is_wanted(_FIX_ALL, wanted) and (fixed := checked.fix_all(path)) is not None:
        text = fixed.decode("utf-8", "replace")
        if text != document.source:
            end = types.Position(len(document.lines), 0)
            change = types.TextEdit(types.Range(types.Position(0, 0), end), text)
            edit = types.WorkspaceEdit(changes={document.uri: [change]})
            actions.append(types.CodeAction("Fix everything that has one meaning", kind=_FIX_ALL, edit=edit))
    return actions


def _is_wanted(kind: str, wanted: Sequence[str] | None) -> bool:
    return wanted is None or any(kind == each or kind.startswith(f"{each}.") for each in wanted)


def _overlap(one: types.Range, other: types.Range) -> bool:
    def key(position: types.Position) -> tuple[int, int]:
        return position.line, position.character

    return key(one.start) <= key(other.end) and key(other.start) <= key(one.end)


def _fix(server: LanguageServer, folder: str, shown: types.Diagnostic, fix: FixEdits) -> types.CodeAction:
    changes: dict[str, list[types.TextEdit]] = {}
    for each in fix.edits:
        path = os.path.normpath(os.path.join(folder, each.file))
        known = {_path(d): d for d in server.workspace.text_documents.values()}
        document = known.get(path) or server.workspace.get_text_document(_uri(path))
        start, end = (each.start_line - 1, each.start_column - 1), (each.end_line - 1, each.end_column - 1)
        changes.setdefault(document.uri, []).append(types.TextEdit(_client_range(document, start, end), each.text))
    return types.CodeAction(
        title=make_printable(fix.message[:1].upper() + fix.message[1:]),
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[shown],
        edit=types.WorkspaceEdit(changes=changes),
        is_preferred=fix.applicability == "safe",
    )


def _uri(path: str) -> str:
    from pathlib import Path

    return Path(path).as_uri()


def _ignore(
    server: LanguageServer, state: _State, document: TextDocument, d: Diagnostic, shown: types.Diagnostic
) -> list[types.CodeAction]:
    """The action that ignores a finding by a comment, where one can stand: not in JSON, nor within a text."""
    if d.location.line is None or d.location.line > len(document.lines) or d.code not in IGNORABLE:
        return []
    at = d.location.line - 1
    line = document.lines[at].rstrip("\r\n")
    new = add_comment(line, d.code)
    text = "".join((*document.lines[:at], document.lines[at].replace(line, new, 1), *document.lines[at + 1 :]))
    folder, path = _folder(server, document), _path(document)
    left = state.check(folder, {**_contents(server, folder), path: _encode(text)}).findings.get(path, ())
    expected = [(each.code, each.path) for each in state.checked[folder].findings.get(path, ())
                if (each.code, each.location.line) != (d.code, d.location.line)]  # fmt: skip
    if [(each.code, each.path) for each in left] != expected:
        return []
    edit = types.TextEdit(_client_range(document, (at, 0), (at, len(line))), new)
    return [
        types.CodeAction(
            title=f"Ignore {d.code} on this line",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[shown],
            edit=types.WorkspaceEdit(changes={document.uri: [edit]}),
        )
    ]


# ---- hover and completion -------------------------------------------------------------------------------------------


def _hover(server: LanguageServer, state: _State, params: types.HoverParams) -> types.Hover | None:
    document = server.workspace.text_documents.get(params.text_document.uri)
    if document is None:
        return None
    at = types.Range(params.position, params.position)
    checked = state.checked.get(_folder(server, document))
    parts = [
        f"```\n{rule_page(BY_NAME[d.code])}```"
        for d in (checked.findings.get(_path(document), ()) if checked else ())
        if d.code in BY_NAME and _overlap(_range(document, d), at)
    ]
    field = fields.find_field(document.lines, params.position.line)
    if field is not None and (text := field.rule.get("description")):
        parts.insert(0, f"**{'.'.join(field.path).replace('.[]', '[]')}**: {text}")
    if not parts:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(parts)))


def _complete(server: LanguageServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    document = server.workspace.text_documents.get(params.text_document.uri)
    if document is None:
        return []
    codec, lines = document.position_codec, [line.rstrip("\r\n") for line in document.lines]
    at = codec.position_from_client_units(document.lines, params.position)
    items = []
    for each in fields.complete(lines, at.line, at.character):
        where = _client_range(document, (at.line, each.start), (at.line, at.character))
        item = types.CompletionItem(each.text, detail=each.detail or None, text_edit=types.TextEdit(where, each.text))
        items.append(item)
    return items
