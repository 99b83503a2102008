"""The size of a section, and of the ConfigMap and the environment that hold it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import post_render, section
from helm_cleaner.diagnostics import CleanerError, Location, SectionError
from helm_cleaner.names import KEY, MAX_DATA
from helm_cleaner.values import Origin, from_data
from tests.support.command import run
from tests.support.hostile import COMMANDS, EMPTY, check, configmap
from tests.support.manifests import CONFIGMAP

pytestmark = pytest.mark.slow

ENTRIES = {f"example.com/rack-{n:06}": "x" * 63 for n in range(12_000)}  # 1.2 MB


def labels(count: int) -> dict[str, object]:
    return {"nodeSelector": dict(list(ENTRIES.items())[:count])}


def refused(stream: bytes) -> list[tuple[str, str]]:
    with pytest.raises(SectionError) as caught:
        post_render(stream, defaults=False)
    return [(d.code, d.message) for d in caught.value.diagnostics]


def test_a_section_larger_than_a_configmap(tmp_path: Path) -> None:
    text = json.dumps(labels(12_000))
    limit = "bytes of JSON; Kubernetes limits the data of a ConfigMap to 1,048,576 bytes [too-large]"
    done = run([], configmap(text).encode())
    check(done, 1, limit)
    (tmp_path / "v.yaml").write_text(json.dumps({"cleaner": labels(12_000)}))
    for name in ("validate", "post-render"):  # the others find what these do
        done = run([arg.replace("v.yaml", str(tmp_path / "v.yaml")) for arg in COMMANDS[name]], EMPTY)
        check(done, 1, limit)
        assert done.out == b""
        assert "v.yaml:1:14: error: cleaner: is 1,1" in done.err
        assert "nodeSelector is the largest field" in done.err


def test_the_limit_is_on_the_whole_configmap() -> None:
    text = section.to_json(section.parse_rendered(json.dumps(labels(1000)), "c"))  # type: ignore[arg-type]  # a mapping
    room = 1024 * 1024 - len(text)
    fits = configmap(text, f"  other: {'x' * room}\n").encode()
    assert post_render(fits, defaults=False) == fits
    over = configmap(text, f"  other: {'x' * (room + 1)}\n").encode()
    message = "with it the ConfigMap has 1,048,577 bytes of data; Kubernetes allows at most 1,048,576 in total"
    assert refused(over) == [("too-large", message)]
    assert message in run(["validate", "-"], over).err


def test_bytes_are_counted_not_characters() -> None:
    over = configmap("{}", f"  other: {'é' * (512 * 1024)}\n").encode()
    assert [code for code, _ in refused(over)] == ["too-large"]
    binary = configmap("{}", f"binaryData:\n  other: {'AAAA' * (342 * 1024)}\n").encode()
    assert [code for code, _ in refused(binary)] == ["too-large"]
    fits = configmap("{}", f"binaryData:\n  other: {'AAAA' * (341 * 1024)}\n").encode()
    assert post_render(fits, defaults=False) == fits


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux'")
def test_the_limit_of_an_environment_variable_is_that_of_linux() -> None:
    def starts(size: int) -> bool:
        try:
            subprocess.run(["true"], env={KEY: "x" * size, "PATH": os.environ["PATH"]}, check=True)
        except OSError:
            return False
        return True

    from helm_cleaner.names import MAX_IN_ENVIRONMENT

    if os.sysconf("SC_PAGE_SIZE") == 4096:
        assert (starts(MAX_IN_ENVIRONMENT), starts(MAX_IN_ENVIRONMENT + 1)) == (True, False)
    fill = MAX_IN_ENVIRONMENT - len('{"nodeSelector":{"a":""}}')
    for size, codes in ((fill, {"label-value"}), (fill + 1, {"label-value", "too-large"})):
        stream = configmap(json.dumps({"nodeSelector": {"a": "x" * size}}, separators=(",", ":"))).encode()
        assert {code for code, _ in refused(stream)} == codes


@pytest.mark.parametrize("data", [["x" * 2_000_000], {"nodeSelector": {"a": "x" * 2_000_000}}], ids=["list", "mapping"])
def test_a_section_that_is_too_large(data: Any) -> None:
    found = section.resolve(from_data(data, Origin("chart", Location("cm")))).findings
    assert "too-large" in {d.code for d in found}


def test_a_section_that_only_might_be_too_large() -> None:
    found = section.resolve(from_data({"nodeSelector": {"a": "x" * 100_000}}, Origin("chart", Location("cm")))).findings
    assert {d.code for d in found} == {"label-value"}


def test_a_section_that_is_too_large_is_not_said_to_fill_the_configmap_too() -> None:
    stream = (CONFIGMAP % json.dumps({"nodeSelector": {"a": "x" * MAX_DATA}})).encode()
    with pytest.raises(CleanerError) as e:
        post_render(stream)
    (found,) = (d for d in e.value.diagnostics if d.code == "too-large")
    assert found.message.startswith(
        "is 1,048,787 bytes of JSON; Kubernetes limits the data of a ConfigMap to 1,048,576 bytes"
    )


def test_a_configmap_that_is_too_large() -> None:
    stream = (CONFIGMAP % "{}").encode() + b"  OTHER: " + b"x" * MAX_DATA + b"\n"
    with pytest.raises(CleanerError, match="with it the ConfigMap has"):
        post_render(stream)
