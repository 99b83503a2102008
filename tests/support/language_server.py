"""Language servers, driven over stdio as an editor drives them; and Red Hat's, for YAML, fetched from npm."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from tools.programs import TOOLS, scratch

PACKAGE = "yaml-language-server@1.25.0"  # 2.0 needs Node.js 22
FOLDER = TOOLS / PACKAGE
SECONDS = 120  # how long an answer may take before the server counts as hung


def program() -> list[str] | None:
    """The command that runs the server, which is fetched into .tools once; None where npm cannot do that."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    main = FOLDER / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not main.exists():
        with scratch() as folder:
            options = ["--silent", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
            command = [npm, "install", *options, "--prefix", str(folder), PACKAGE]
            if subprocess.run(command, capture_output=True, timeout=600, check=False).returncode:
                return None
            FOLDER.mkdir(parents=True, exist_ok=True)
            try:
                (folder / "node_modules").rename(FOLDER / "node_modules")
            except OSError:
                if not main.exists():  # another process of the tests was first
                    raise
    return [node, str(main), "--stdio"]


class LanguageServer:
    """A server with one open folder, as a context manager. Positions are (line, column), zero-based as in LSP."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self._folder = folder
        self._last_id = 0
        self._versions: dict[str, int] = {}  # of the open files
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> LanguageServer:
        self._reader.start()
        capabilities = {"textDocument": {"completion": {"completionItem": {"snippetSupport": False}}}}
        uri = self._folder.as_uri()
        folders = [{"uri": uri, "name": "folder"}]
        self.ask("initialize", processId=None, rootUri=uri, workspaceFolders=folders, capabilities=capabilities)
        self.tell("initialized")
        # No catalog of schemas from the Internet: the modeline alone says which one.
        settings = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
        self.tell("workspace/didChangeConfiguration", settings=settings)
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None) -> None:
        try:
            if kind is None:
                self.ask("shutdown")
                self.tell("exit")
                self._process.wait(SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()

    def open(self, name: str) -> list[dict[str, Any]]:
        """Opens a file of the folder; returns the problems that the server reports."""
        path = self._folder / name
        text = path.read_bytes().decode("utf-8")
        self._versions[name] = 1
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        return self.problems(name)

    def change(self, name: str, text: str, where: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Replaces a range of an open file, or all of it; returns the problems that the server reports then."""
        self._versions[name] += 1
        document = {"uri": self.uri(name), "version": self._versions[name]}
        change = {"text": text} if where is None else {"text": text, "range": where}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[change])
        return self.problems(name)

    def problems(self, name: str) -> list[dict[str, Any]]:
        """The problems of an open file's last version, when the server reports them."""
        while True:
            message = self._next("what is wrong")
            told = message.get("params", {})
            if message.get("method") != "textDocument/publishDiagnostics" or told["uri"] != self.uri(name):
                continue
            if told.get("version", self._versions[name]) == self._versions[name]:
                return list(told["diagnostics"])

    def actions(self, name: str, where: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
        """The code actions for a range, of these kinds or of any."""
        context = {"diagnostics": [], **({"only": list(kinds)} if kinds else {})}
        document = {"uri": self.uri(name)}
        return list(self.ask("textDocument/codeAction", textDocument=document, range=where, context=context) or [])

    def uri(self, name: str) -> str:
        """The URI of a file of the folder."""
        return (self._folder / name).as_uri()

    def hover(self, name: str, at: tuple[int, int]) -> str:
        """The text shown at a place, in Markdown."""
        found = self.ask("textDocument/hover", **self._place(name, at))
        contents = found["contents"] if found else ""
        return str(contents["value"] if isinstance(contents, dict) else contents)

    def complete(self, name: str, at: tuple[int, int]) -> list[str]:
        """The completions offered at a place, by label."""
        found = self.ask("textDocument/completion", **self._place(name, at))
        items = found["items"] if isinstance(found, dict) else found or []
        return [str(item["label"]) for item in items]

    def _place(self, name: str, at: tuple[int, int]) -> dict[str, Any]:
        return {"textDocument": {"uri": self.uri(name)}, "position": {"line": at[0], "character": at[1]}}

    def ask(self, method: str, **params: Any) -> Any:
        """Sends a request; returns its result. AssertionError if the server returns an error."""
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._next(method)
            if message.get("id") == self._last_id and "method" not in message:
                assert "error" not in message, message
                return message.get("result")

    def tell(self, method: str, **params: Any) -> None:
        """Sends a notification."""
        self._send({"method": method, "params": params})

    def _next(self, wanted: str) -> dict[str, Any]:
        """The next message, after answering the server's own requests for settings."""
        while True:
            try:
                message = self._answers.get(timeout=SECONDS)
            except queue.Empty:
                raise AssertionError(f"the language server does not answer: {wanted}") from None
            assert message is not None, f"the language server has ended: {wanted}"
            if "method" not in message or "id" not in message:
                return message
            items = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            self._send({"id": message["id"], "result": None if items is None else [None for _ in items]})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        length = 0
        while header := pipe.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
            elif not header.strip():
                self._answers.put(json.loads(pipe.read(length)))
        self._answers.put(None)
