"""Both parsers."""

from __future__ import annotations

import pytest

from helm_cleaner.yamltext import document


@pytest.fixture(params=["_FastLoader", "_PureLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The parser that the test runs with: libyaml or PyYAML's own."""
    name: str = request.param
    if not hasattr(document, name):
        pytest.skip("PyYAML is here without libyaml")
    monkeypatch.setattr(document, "Loader", getattr(document, name))
    return name
