"""Plain scalars, keys and numbers as Helm reads them; every expectation here is put to real Helms too."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.yamltext import scalars
from helm_cleaner.yamltext.scalars import Scalar
from tests.conftest import Helm

INFINITY = float("inf")
Cases = list[tuple[str, Scalar]]
WORDS: Cases = [
    *((word, True) for word in ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")),
    *((word, False) for word in ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")),
    *((word, None) for word in ("", "~", "null", "Null", "NULL")),
    *((word, word) for word in ("tRUE", "oN", "nO", "yEs", "nULL", "t", "f", "None", "=", "nan", "inf", "Infinity")),
]
INTEGERS: Cases = [
    *[("0", 0), ("-0", 0), ("+1", 1), ("-17", -17), ("1_000", 1000), ("1__0_", 10)],
    *[("0777", 511), ("-0777", -511), ("00", 0), ("0_7", 7), ("0o777", 511), ("0O17", 15), ("-0o17", -15)],
    *[("0x1F", 31), ("0X1f", 31), ("-0x1f", -31), ("0x_1", 1), ("0b101", 5), ("0B1", 1), ("-0b101", -5), ("+0b1", 1)],
    *[("9007199254740993", 2**53 + 1), ("9223372036854775808", 2**63), ("18446744073709551615", 2**64 - 1)],
    *[("-9223372036854775808", -(2**63)), ("0xffffffffffffffff", 2**64 - 1), ("0b" + "1" * 64, 2**64 - 1)],
]
FLOATS: Cases = [
    *[("2.10", 2.1), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("+.5e1", 5.0), ("1e3", 1000.0), ("1.E+3", 1000.0)],
    *[("-1e-3", -0.001), ("0.0", 0.0), ("1_0.5", 10.5), ("1e0_1", 10.0), ("08", 8.0), ("-09", -9.0), ("1e-400", 0.0)],
    *[("18446744073709551616", 2.0**64), ("-9223372036854775809", -(2.0**63)), ("00000000000000000000008", 8.0)],
]
TEXTS = [
    *["12:30:45", "1:30", "2024-01-01", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00", "1.2.3", "1,000", "10%", "1-2"],
    *[
        "0x",
        "0b",
        "0o",
        "0o8",
        "0b2",
        "0xg",
        "0x1p-2",
        "-",
        "+",
        ".",
        "..",
        "+.",
        "--1",
        "+-1",
        "e3",
        "1e",
        "1e+",
        ".e1",
    ],
    *["1e400", "-1e400", "0b" + "1" * 65, "_1", "1_e", "1000m", "2Gi", "é", "😀", "-.nan", "+.nan", "0x1.8", ".5."],
]
RESOLVED: Cases = [*WORDS, *INTEGERS, *FLOATS, *((text, text) for text in TEXTS)]
# What strconv.ParseInt and ParseFloat also take, where go-yaml lets them.
ODD: Cases = [("0b-1", -1), ("0b+1", 1), (".5_0", 0.5)]


@pytest.mark.parametrize(("text", "value"), [*RESOLVED, *ODD])
def test_resolve(text: str, value: Scalar) -> None:
    found = scalars.resolve(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], INFINITY),
        (["-.inf", "-.Inf", "-.INF"], -INFINITY),
    ],
)
def test_infinities(texts: list[str], value: float) -> None:
    assert [scalars.resolve(text) for text in texts] == [value] * len(texts)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    found = scalars.resolve(text)
    assert isinstance(found, float)
    assert math.isnan(found)


# ---- tags ---------------------------------------------------------------------------------------------------------

TAGGED: list[tuple[str, str, Scalar]] = [
    *[("str", "5", "5"), ("str", "", ""), ("str", "~", "~"), ("str", "yes", "yes"), ("str", "0x1", "0x1")],
    *[("int", "5", 5), ("int", "0x10", 16), ("int", "-0b1", -1), ("int", "1_000", 1000)],
    *[("float", "1.5", 1.5), ("float", "5", 5.0), ("float", "0x10", 16.0), ("float", "1e3", 1000.0)],
    *[("bool", "yes", True), ("bool", "Off", False), ("null", "", None), ("null", "~", None)],
    *[("binary", "aMOp", "hé"), ("binary", "", ""), ("binary", "YQ==", "a")],
    *[("timestamp", "2024-01-01", "2024-01-01"), ("set", "5", "5"), ("map", "yes", "yes"), ("merge", "5", "5")],
]
UNFIT = [
    *[("int", "x"), ("int", "5.0"), ("int", ""), ("int", "1e3"), ("int", "true"), ("float", "x"), ("float", "yes")],
    *[("bool", "5"), ("bool", "tRUE"), ("null", "x"), ("null", "0"), ("binary", "*"), ("binary", "YQ")],
]
LENIENT = [("timestamp", "x"), ("timestamp", "5"), ("timestamp", "12:30"), ("float", "18446744073709551615")]


@pytest.mark.parametrize(("tag", "text", "value"), TAGGED)
def test_tagged(tag: str, text: str, value: Scalar) -> None:
    found = scalars.resolve_tagged(f"tag:yaml.org,2002:{tag}", text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("tag", ["!x", "tag:example.com,2000:int", "int"])
def test_tags_of_the_user_make_text(tag: str) -> None:
    assert scalars.resolve_tagged(tag, "5") == "5"


@pytest.mark.parametrize(
    ("tag", "text"),
    [*UNFIT, *LENIENT, ("binary", "é")],
)
def test_tags_that_do_not_fit(tag: str, text: str) -> None:
    with pytest.raises(ValueError, match=tag):
        scalars.resolve_tagged(f"tag:yaml.org,2002:{tag}", text)


def test_binary_that_is_not_utf_8() -> None:
    assert scalars.resolve_tagged("tag:yaml.org,2002:binary", "8J+Y") == "\ufffd\ufffd\ufffd"


# ---- numbers in JSON ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"),
    [
        *[(None, "null"), (True, "true"), (False, "false"), ("5", '"5"'), ("", '""')],
        *[(0, "0"), (511, "511"), (-17, "-17"), (1000.0, "1000"), (2.1, "2.1"), (-0.5, "-0.5"), (0.1, "0.1")],
        *[(2**53 - 1, "9007199254740991"), (2**53, "9007199254740992"), (2**53 + 1, "9007199254740992")],
        *[(2**53 + 3, "9007199254740996"), (-(2**53) - 1, "-9007199254740992"), (2**63, "9223372036854776000")],
        *[(2**64 - 1, "18446744073709552000"), (1e20, "1" + "0" * 20), (123456789012345678, "123456789012345680")],
        *[(1e21, "1e+21"), (1.5e300, "1.5e+300"), (-1e21, "-1e+21"), (1 / 3, "0.3333333333333333")],
    ],
)
def test_as_json(value: Scalar, written: str) -> None:
    assert json.dumps(scalars.convert_number(value)) == written


@pytest.mark.parametrize(("value", "name"), [(INFINITY, r"\+Inf"), (-INFINITY, "-Inf"), (float("nan"), "NaN")])
def test_json_has_no_word_for_them(value: float, name: str) -> None:
    with pytest.raises(ValueError, match=f"unsupported value: {name}$"):
        scalars.convert_number(value)


# ---- keys ---------------------------------------------------------------------------------------------------------

KEYS = [
    *[("on", "true"), ("y", "true"), ("No", "false"), ("a", "a"), ("1:30", "1:30"), ("2024-01-01", "2024-01-01")],
    *[("5", "5"), ("-5", "-5"), ("0x10", "16"), ("0777", "511"), ("1_000", "1000"), ("08", "8"), ("1e400", "1e400")],
    *[("9007199254740993", "9007199254740993"), ("-9223372036854775808", "-9223372036854775808")],
    *[("2.10", "2.1"), ("0.1", "0.1"), ("1e3", "1000"), ("1.", "1"), ("0.0", "0"), ("-2.5", "-2.5")],
    *[
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("123456.5", "123456.5"),
        ("100000.0", "100000"),
        ("1000000.0", "1e+06"),
    ],
    *[("1e21", "1e+21"), ("1234567.0", "1.234567e+06"), ("16777216.5", "1.6777216e+07"), (".NaN", ".nan")],
    *[(".inf", ".inf"), ("-.Inf", "-.inf")],
]
ROUNDED_KEYS = [
    *[("5907.63544601987", "5907.6353"), ("16777217.0", "1.6777216e+07"), ("39838994232154773421", "3.9838996e+19")],
    *[("1.5e300", ".inf"), ("-1e39", "-.inf"), ("3.4028236e38", ".inf"), ("1e-46", "0"), ("-0.0", "-0")],
]


@pytest.mark.parametrize(("text", "key"), [*KEYS, *ROUNDED_KEYS])
def test_keys(text: str, key: str) -> None:
    assert scalars.to_key(scalars.resolve(text)) == key
    assert scalars.resolve_key(text) == key


@pytest.mark.parametrize("text", ["", "~", "null", "9223372036854775808"])
def test_what_cannot_be_a_key(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be a key"):
        scalars.resolve_key(text)


# ---- real Helm ----------------------------------------------------------------------------------------------------

TEMPLATE = """\
kind: ConfigMap
apiVersion: v1
metadata: {name: values}
data:
  values: {{ toJson .Values.list | squote }}
"""


def as_helm_reads(helm: Helm, folder: Path, items: list[str]) -> list[Any]:
    """What a template sees of a list in a values file; the items are YAML."""
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: one\nversion: 0.0.1\n")
    (folder / "templates" / "values.yaml").write_text(TEMPLATE)
    (folder / "values.yaml").write_text("list:\n" + "".join(f"- {item}\n" for item in items), encoding="utf-8")
    rendered = helm("template", "one", folder).stdout
    found: list[Any] = json.loads(rendered.partition("  values: ")[2].strip().strip("'"))
    return found


@pytest.mark.helm
def test_helm_reads_scalars_so(helm: Helm, tmp_path: Path) -> None:
    tagged: Cases = [(f"!!{tag} {text}", value) for tag, text, value in TAGGED]
    cases = [case for case in [*RESOLVED, *ODD, *tagged] if case[0] != "-"]  # which is no scalar where it stands alone
    found = as_helm_reads(helm, tmp_path, [text for text, _ in cases])
    assert found == [scalars.convert_number(value) for _, value in cases]


@pytest.mark.helm
def test_helm_reads_keys_so(helm: Helm, tmp_path: Path) -> None:
    cases = [*KEYS, *ROUNDED_KEYS]
    found = as_helm_reads(helm, tmp_path, [f"{text}: 1" for text, _ in cases])
    assert found == [{key: 1} for _, key in cases]


def test_a_number_that_no_float_holds() -> None:
    with pytest.raises(ValueError, match="out of range"):
        scalars.convert_number(10**400)


@pytest.mark.parametrize("text", ["2024-13-45", "2024-02-30", "2024-02-28 25:00:00"])
def test_a_date_that_there_is_not(text: str) -> None:
    assert not scalars._is_timestamp(text)
