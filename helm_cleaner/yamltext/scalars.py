"""YAML scalars: what plain ones mean to Helm and Kubernetes, and how to write a value so that they read it back.

Both read YAML with sigs.k8s.io/yaml, that is go-yaml v2 and then JSON: YAML 1.1 booleans, Go's integer prefixes, no
base-60 numbers, timestamps as strings, and every number a float64. PyYAML reads many of these differently.
"""

from __future__ import annotations

import base64
import codecs
import datetime
import json
import re
import struct
from functools import lru_cache

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
}
_NUMBER_START = frozenset("+-.0123456789")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_LOOSE_UNDERSCORE = re.compile(r"(?<![0-9])_|_(?![0-9])")
_SIGNED_BINARY = re.compile(r"0b([-+][01]{1,63})\Z")
_TIMESTAMP = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]| )(\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?)?(Z|[-+]\d\d:\d\d)?\Z")
_TAG = "tag:yaml.org,2002:"
# Needs no quotes in a block or in braces, unless it means something else there.
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./@+~-]*(:[A-Za-z0-9_./@+~-]+)*\Z")
_SINGLE_QUOTED = r"[ -&(-~]+\Z"
# What YAML does not allow unescaped, and marks that change the direction of the text that a reader sees.
_UNPRINTABLE = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"


@lru_cache(maxsize=4096)  # a release repeats a few words very often
def resolve(text: str) -> Scalar:
    """The value of a plain scalar without a tag, like `resolve` of go-yaml v2 with Go's ParseInt and ParseFloat."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if text[0] == ".":  # Go's syntax of floats: underscores only between digits
        return text if _LOOSE_UNDERSCORE.search(text) else _float(text.replace("_", ""), text)
    digits = text.replace("_", "")
    if m := _INTEGER.match(digits):
        sign, hexadecimal, binary, octal, decimal = m.groups()
        for group, base in ((hexadecimal, 16), (binary, 2), (octal, 8), (decimal, 10)):
            if group is not None and len(group.lstrip("0")) <= 64:
                value = int(group, base)
                if value < 2**63 or (value < 2**64 and not sign) or (value == 2**63 and sign == "-"):
                    return -value if sign == "-" else value
    if m := _SIGNED_BINARY.match(digits):  # go-yaml tries this after ParseInt has failed
        return int(m[1], 2)
    return _float(digits, text)


def _float(digits: str, text: str) -> Scalar:
    if not _FLOAT.match(digits):
        return text
    value = float(digits)
    return text if value in (float("inf"), float("-inf")) else value  # ParseFloat: value out of range


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag (in PyYAML's full form). ValueError if the tag does not fit."""
    kind = tag.removeprefix(_TAG) if tag.startswith(_TAG) else ""
    if kind == "binary":
        return _binary(text)
    if kind == "timestamp":
        if not _is_timestamp(text):
            raise ValueError(f"cannot decode `{text}` as a !!timestamp")
        return text  # checked, but kept as a string
    if kind not in ("bool", "int", "float", "null"):
        return text  # !!str; Helm ignores custom tags
    value = resolve(text)
    found = {bool: "bool", int: "int", float: "float", type(None): "null"}.get(type(value), "str")
    if isinstance(value, int) and (found, kind) == ("int", "float") and value < 2**63:
        return float(value)
    if found != kind:
        raise ValueError(f"cannot decode !!{found} `{text}` as a !!{kind}")
    return value


def _binary(text: str) -> str:
    try:
        data = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        raise ValueError("!!binary value contains invalid base64 data") from None
    return decode_like_go(data)


def decode_like_go(data: bytes) -> str:
    """Bytes as Go writes them to JSON: U+FFFD for each byte that is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        codecs.register_error("helm-cleaner", _replace_a_byte)
        return data.decode(errors="helm-cleaner")


def _replace_a_byte(e: UnicodeError) -> tuple[str, int]:
    assert isinstance(e, UnicodeDecodeError)
    return "\ufffd", e.start + 1


def _is_timestamp(text: str) -> bool:
    m = _TIMESTAMP.match(text)
    if not m or ("T" in text.upper()) != bool(m[7]) or (m[4] is None and m[7]):
        return False
    try:
        datetime.datetime(*(int(part) for part in m.groups()[:6] if part))  # type: ignore[arg-type]  # six at most
    except ValueError:
        return False
    return True


def convert_number(value: Scalar) -> Scalar:
    """The value after Helm's conversion through JSON, where every number is a float64 with the shortest digits.

    So 9007199254740993 becomes ...992, 1e3 becomes 1000 and 2.10 becomes 2.1. ValueError for NaN and infinities.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("a number is out of range") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"unsupported value: {'NaN' if number != number else '+Inf' if number > 0 else '-Inf'}")
    if abs(number) < 2**53:
        return int(number) if number == int(number) else number
    if abs(number) >= 1e21:
        return number
    digits, _, exponent = repr(number).partition("e")  # shortest digits, then zeros, as Go writes them
    whole, _, fraction = digits.partition(".")
    return int((whole + fraction).ljust(len(whole) + int(exponent), "0")) if exponent else int(number)


def to_key(value: Scalar) -> str:
    """A mapping's key as the JSON key of sigs.k8s.io/yaml: `on` is "true", 2.10 is "2.1". ValueError for null."""
    if isinstance(value, str):
        return value
    if value is None:
        raise ValueError("null cannot be a key")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float32(value)
    if value >= 2**63:  # go-yaml reads it as a uint64, which sigs.k8s.io/yaml does not handle
        raise ValueError(f"{value} cannot be a key: it is too large")
    return str(value)


@lru_cache(maxsize=1024)  # a manifest repeats a few keys very often
def resolve_key(text: str) -> str:
    """`to_key` for a plain scalar."""
    return to_key(resolve(text))


def _float32(value: float) -> str:
    """Like Go's FormatFloat(value, 'g', -1, 32): the shortest digits of the same float32."""
    if value != value:
        return ".nan"
    infinite = ".inf" if value > 0 else "-.inf"
    try:
        packed = struct.pack("<f", value)
    except OverflowError:
        return infinite
    (short,) = struct.unpack("<f", packed)
    if short in (float("inf"), float("-inf")):
        return infinite
    if short == 0:
        return "-0" if packed[3] else "0"
    text = next(t for p in range(9) if struct.pack("<f", float(t := f"{short:.{p}e}")) == packed)
    mantissa, _, power = text.partition("e")
    digits = mantissa.replace(".", "").replace("-", "").rstrip("0") or "0"
    exponent, sign = int(power), "-" if short < 0 else ""
    if exponent < -4 or exponent >= 6:
        return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}e{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    padded = digits.ljust(exponent + 1, "0")
    fraction = padded[exponent + 1 :]
    return sign + padded[: exponent + 1] + ("." + fraction if fraction else "")


def to_yaml(value: Scalar, *, single_quotes: bool = False) -> str:
    """A value as YAML, in a block or in braces: without quotes if every reader takes it for that value.

    single_quotes: whether it may stand in these if it holds double ones.
    """
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN_TEXT.match(value) and isinstance(resolve(value), str):
        return value
    return f"'{value}'" if single_quotes and '"' in value and re.match(_SINGLE_QUOTED, value) else to_json(value)


def to_json(data: Any) -> str:
    """Data as JSON, so a text in double quotes, with nothing in it that YAML would not take as it is."""
    return escape(json.dumps(data, ensure_ascii=False))


def escape(text: str) -> str:
    """JSON with everything escaped that YAML does not allow unescaped, or that a terminal may interpret."""
    return text if text.isprintable() else re.sub(_UNPRINTABLE, lambda m: f"\\u{ord(m[0]):04x}", text)
