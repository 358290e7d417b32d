"""yaml-language-server, spoken to as editors do: JSON-RPC over its standard streams, each message with its length."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

ROOT = Path(__file__).parent.parent.parent
#: Where `.ci/run` puts it.
INSTALLED = ROOT / ".venv" / "language-server" / "node_modules" / ".bin" / "yaml-language-server"
NAMED_BY = "OUTREACH_YAML_LANGUAGE_SERVER"
SECONDS = 30.0

SETTINGS = {
    "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}},
    "http": {},
    "editor": {"tabSize": 2},
}


def found() -> str | None:
    """The program: named by the environment, installed by `.ci/run`, or somewhere on the path."""
    named = os.environ.get(NAMED_BY)
    here = str(INSTALLED) if INSTALLED.exists() and shutil.which("node") else None
    return named or here or shutil.which("yaml-language-server")


class LanguageServer:
    """One running server. Positions count from 0, as the protocol does."""

    def __init__(self, process: subprocess.Popen[bytes]):
        self.process, self.number = process, 0
        self.answers: dict[int, Queue[Any]] = {}
        self.diagnostics: dict[str, Queue[Any]] = {}
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def ask(self, method: str, parameters: Any) -> Any:
        """A request, and what the server answers."""
        self.number += 1
        waiting = self.answers[self.number] = Queue()
        self._write({"jsonrpc": "2.0", "id": self.number, "method": method, "params": parameters})
        answer = waiting.get(timeout=SECONDS)
        assert "error" not in answer, answer
        return answer.get("result")

    def tell(self, method: str, parameters: Any) -> None:
        """A notification: nothing is answered."""
        self._write({"jsonrpc": "2.0", "method": method, "params": parameters})

    def open(self, file: Path, text: str | None = None) -> list[dict[str, Any]]:
        """Open a file (or this text in its place) and wait for what the server minds in it."""
        uri = file.as_uri()
        self.diagnostics[uri] = Queue()
        text = file.read_text(encoding="utf-8") if text is None else text
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        try:
            minded: list[dict[str, Any]] = self.diagnostics[uri].get(timeout=SECONDS)
        except Empty:
            raise AssertionError(f"the server said nothing of {file.name}") from None
        return minded

    def complete(self, file: Path, line: int, character: int) -> dict[str, dict[str, Any]]:
        """What may stand at this place of an open file, by its label."""
        answer = self.ask("textDocument/completion", _at(file, line, character))
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"]: item for item in items}

    def hover(self, file: Path, line: int, character: int) -> str:
        """What an editor shows beside the pointer."""
        answer = self.ask("textDocument/hover", _at(file, line, character))
        contents = answer["contents"] if answer else ""
        return str(contents["value"] if isinstance(contents, dict) else contents)

    def _listen(self) -> None:
        while message := self._read():
            if "method" in message and "id" in message:  # it asks us: for settings, mostly
                self._write({"jsonrpc": "2.0", "id": message["id"], "result": self._answer(message)})
            elif "id" in message:
                self.answers.pop(message["id"]).put(message)
            elif message.get("method") == "textDocument/publishDiagnostics":
                said = message["params"]
                self.diagnostics.setdefault(said["uri"], Queue()).put(said["diagnostics"])

    def _answer(self, message: dict[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [SETTINGS.get(item.get("section", "").strip("[]"), {}) for item in message["params"]["items"]]

    def _read(self) -> dict[str, Any] | None:
        out = self.process.stdout
        assert out is not None
        length = 0
        while line := out.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return dict(json.loads(out.read(length))) if length else None

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()


@contextmanager
def language_server(program: str, folder: Path) -> Iterator[LanguageServer]:
    """A server for this folder, ready to be asked."""
    process = subprocess.Popen(
        [program, "--stdio"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    server = LanguageServer(process)
    try:
        root = {"uri": folder.as_uri(), "name": folder.name}
        server.ask("initialize", {
            "processId": os.getpid(), "rootUri": root["uri"], "workspaceFolders": [root],
            "capabilities": {
                "workspace": {"configuration": True, "workspaceFolders": True},
                "textDocument": {
                    "completion": {"completionItem": {"snippetSupport": True}},
                    "hover": {"contentFormat": ["markdown"]},
                    "publishDiagnostics": {},
                },
            },
        })  # fmt: skip
        server.tell("initialized", {})
        server.tell("workspace/didChangeConfiguration", {"settings": SETTINGS})
        yield server
        server.ask("shutdown", None)
        server.tell("exit", None)
        process.wait(timeout=SECONDS)
    finally:
        process.kill()
        server.listener.join(SECONDS)
        process.communicate()


def _at(file: Path, line: int, character: int) -> dict[str, Any]:
    return {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": character}}
