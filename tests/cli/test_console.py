"""Messages to the user."""

from __future__ import annotations

import io
import sys

import pytest

from helm_cleaner.cli.console import print_text


def test_a_closed_stderr_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.TextIOWrapper(io.BytesIO())
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    print_text("nobody hears this\n")
