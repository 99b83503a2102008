"""Both parsers."""

from __future__ import annotations

import pytest

from helm_cleaner.yamltext import loaders


@pytest.fixture(params=["_FastLoader", "_PureLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The parser that the test uses: libyaml or PyYAML's own."""
    name: str = request.param
    if not hasattr(loaders, name):
        pytest.skip("PyYAML is here without libyaml")
    monkeypatch.setattr(loaders, "Loader", getattr(loaders, name))
    return name
