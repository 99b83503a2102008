"""Names of pull secrets."""

from __future__ import annotations

import pytest

from tests.support.section import (
    errors,
)


@pytest.mark.parametrize(
    ("name", "fine"),
    [("regcred", True), ("a.b-c.d", True), ("0x", True), ("x" * 253, True), ("x" * 254, False), ("A", False),
     ("a_b", False), ("", False), ("-a", False), ("a..b", False), ("a ", False)],
)  # fmt: skip
def test_pull_secrets(name: str, fine: bool) -> None:
    assert errors({"imagePullSecrets": [name]}) == [("imagePullSecrets[0]", "pull-secret")] * (not fine)
