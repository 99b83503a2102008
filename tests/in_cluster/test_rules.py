from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from helm_cleaner.in_cluster.rules import RUN, Folder, Refusal, Store, find_prefixes, read_time

RUN_NAME = "abc3456789ab4def8123456789abcdef"
ROOT = "bucket/p"
WHEN = datetime(2026, 11, 1, tzinfo=timezone.utc)


class Bucket:
    """A file system of objects, as fsspec has them. objects: each one's type, by its path."""

    def __init__(self, objects: dict[str, str], listed: list[str] | None = None) -> None:
        self.objects, self.listed = objects, listed

    def invalidate_cache(self) -> None:
        pass

    def info(self, path: str) -> dict[str, Any]:
        if path in self.objects:
            return {"name": path, "type": self.objects[path]}
        if any(each.startswith(path + "/") for each in self.objects):
            return {"name": path, "type": "directory"}
        raise FileNotFoundError(path)

    def find(self, _path: str, **_: object) -> dict[str, dict[str, Any]]:
        return {
            path: {"name": path, "type": kind, "size": 10, "LastModified": WHEN} for path, kind in self.objects.items()
        }

    def ls(self, path: str, **_: object) -> list[str]:
        assert path.endswith("/")
        return self.listed or []


def store_of(objects: dict[str, str], listed: list[str] | None = None) -> Store:
    store = object.__new__(Store)
    store.fs, store.path, store._root, store._is_local = Bucket(objects, listed), f"s3://{ROOT}", ROOT, False
    return store


FOLDER = f"{ROOT}/{RUN_NAME}"


def test_a_folder_of_objects() -> None:
    store = store_of({f"{FOLDER}/a": "file", f"{FOLDER}/b/c": "file", f"{FOLDER}/b": "directory"})
    assert store.look(RUN_NAME) == Folder(20, 2, WHEN.timestamp())


def test_the_key_of_an_empty_folder() -> None:
    assert store_of({f"{FOLDER}/": "file"}).look(RUN_NAME) == Folder(0, 0, WHEN.timestamp())


@pytest.mark.parametrize("objects", [
    {f"{FOLDER}/a": "file", f"{FOLDER}-backup/a": "file"},
    {f"{FOLDER}/a": "file", f"{ROOT}2/{RUN_NAME}/a": "file"},
])  # fmt: skip
def test_a_list_that_names_what_is_elsewhere(objects: dict[str, str]) -> None:
    """The folder's age cannot be told then, so it is left."""
    found = store_of(objects).look(RUN_NAME)
    assert found is not None
    assert found.newest is None
    assert "is not below it" in found.problem


def test_a_file_and_a_folder_of_one_name() -> None:
    store = store_of({FOLDER: "directory", f"{FOLDER}/a": "file"})
    store.fs.find = lambda *_, **__: {FOLDER: {"name": FOLDER, "type": "file", "size": 1, "LastModified": WHEN}}
    found = store.look(RUN_NAME)
    assert found is not None
    assert found.newest is None
    assert store_of({FOLDER: "file", f"{FOLDER}/a": "file"}).look(RUN_NAME) is None


def test_what_is_directly_below_the_store() -> None:
    assert store_of({}, [f"{ROOT}/b", f"{ROOT}/a/", ROOT, f"{ROOT}/"]).list_names() == ["a", "b"]


@pytest.mark.parametrize("path", [f"{ROOT}2/a", f"{ROOT}/a/b", "other/a", "bucket"])
def test_a_list_of_something_else(path: str) -> None:
    with pytest.raises(Refusal, match="not directly below it"):
        store_of({}, [f"{ROOT}/a", path]).list_names()


@pytest.mark.parametrize(("entry", "found"), [
    ({"mtime": 1.5}, 1.5),
    ({"mtime": WHEN}, WHEN.timestamp()),
    ({"LastModified": WHEN}, WHEN.timestamp()),
    ({"last_modified": WHEN.replace(tzinfo=None)}, WHEN.timestamp()),
    ({"updated": "2026-11-01T00:00:00Z"}, WHEN.timestamp()),
    ({"updated": "2026-11-01T00:00:00.123Z"}, WHEN.timestamp() + 0.123),
    ({"updated": "yesterday"}, None),
    ({"mtime": None}, None),
    ({}, None),
])  # fmt: skip
def test_each_library_tells_the_time_in_its_own_way(entry: dict[str, Any], found: float | None) -> None:
    assert read_time(entry) == (None if found is None else pytest.approx(found))


def test_a_file_without_a_time_makes_the_age_unknown() -> None:
    store = store_of({f"{FOLDER}/a": "file", f"{FOLDER}/b": "file"})
    real = store.fs.find
    store.fs.find = lambda *args, **options: {
        path: {**entry, "LastModified": WHEN if path.endswith("a") else None}
        for path, entry in real(*args, **options).items()
    }
    assert store.look(RUN_NAME) == Folder(20, 2, None)


def test_names_that_others_begin_with() -> None:
    assert find_prefixes(["a", "ab", "abc", "b", "c", "c-x"]) == {"a", "ab", "c"}


@pytest.mark.parametrize("name", ["", "a", "A" * 32, "0" * 32, f"{RUN_NAME}0", RUN_NAME.upper(), f"{RUN_NAME}\n"])
def test_what_is_no_runs_name(name: str) -> None:
    assert not RUN.fullmatch(name)
