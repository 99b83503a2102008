"""The tests: a folder for each package of the package, and some for what goes through all of it."""

import pytest

pytest.register_assert_rewrite("tests.support")
