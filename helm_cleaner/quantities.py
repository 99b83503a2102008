"""Quantities as Kubernetes reads them: 100m, 1.5Gi, 1e3."""

from __future__ import annotations

_DIGITS = "0123456789"
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_NANO = 9
_MOST = (2**63 - 1) * 10**9  # the maximum with a binary suffix
_FAR = 400  # larger exponents make no difference

SUFFIXES = "m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi and Ei"


def parse(text: str) -> int | None:
    """The quantity in billionths, rounded away from zero; None if the text is not a quantity.

    A quantity is a sign, digits with a decimal point, and a suffix: decimal, binary, or an exponent. Kubernetes reads
    missing digits as 0, unless the suffix is too large or too small for its fast path.
    """
    text = text.strip(" ")
    if not text:
        return None
    rest = text[1:] if text[0] in "+-" else text
    whole, rest = _digits(rest)
    fraction = ""
    if rest[:1] == ".":
        fraction, rest = _digits(rest[1:])
    if not whole and not fraction and rest in ("Pi", "Ei"):
        return None
    power = _DECIMAL.get(rest)
    if power is None and rest not in _BINARY:
        power = _exponent(rest)
        if power is None or (power < -_NANO and not whole and not fraction):
            return None
    whole = whole.lstrip("0")
    if len(whole) > _FAR:
        whole = "1" + "0" * _FAR
    if fraction[2 * _FAR :].strip("0"):  # anything smaller is rounded up
        fraction = fraction[: 2 * _FAR] + "1"
    fraction = fraction[: 2 * _FAR + 1]
    digits, places = int(whole + fraction or 0), len(fraction)
    if power is None:
        value = min(_shift(digits << _BINARY[rest], _NANO - places), _MOST)
    else:
        value = _shift(digits, power + _NANO - places)
    return -value if text[0] == "-" else value


def has_digits(text: str) -> bool:
    """Whether there is a number before the suffix."""
    return text.strip(" +-.")[:1] in tuple(_DIGITS)


def _digits(text: str) -> tuple[str, str]:
    rest = text.lstrip(_DIGITS)
    return text[: len(text) - len(rest)], rest


def _exponent(suffix: str) -> int | None:
    """The exponent in e3, E-3 or e+03."""
    digits = suffix[2:] if suffix[1:2] in ("+", "-") else suffix[1:]
    if suffix[:1] not in ("e", "E") or not digits or digits.strip(_DIGITS) or len(digits.lstrip("0")) > 9:
        return None
    power = int(digits.lstrip("0") or 0)
    return max(-_FAR, -power) if suffix[1] == "-" else min(power, _FAR)


def _shift(digits: int, power: int) -> int:
    """The digits times a power of ten, rounded up."""
    tens: int = 10 ** abs(power)
    return digits * tens if power >= 0 else -(-digits // tens)


def is_whole(quantity: int) -> bool:
    """Whether Kubernetes takes an amount for an integer. It counts thousandths, rounded up, in 64 bits."""
    thousandths = -(-quantity // 10**6)
    return thousandths % 1000 == 0 and thousandths < 2**63


def suggestion(text: str, name: str = "memory") -> str:
    """The quantity of the resource that was probably meant by an invalid one; "" if that is unclear.

    Binary suffixes are for bytes: cpu is counted in thousandths (m), everything else in whole numbers.
    """
    number, rest = _number(text.strip().replace(",", "."))
    unit = rest.strip().lower()
    for ending in ("bytes", "byte", "cores", "core", "cpus", "cpu", "b"):
        if unit.endswith(ending) and (unit != ending or ending != "b"):
            unit = unit[: -len(ending)].strip()
            break
    units = {
        "": "",
        "k": "Ki",
        "kilo": "Ki",
        "mega": "Mi",
        "giga": "Gi",
        "milli": "m",
        **{u.lower(): u for u in _BINARY},
    }
    units |= {u.lower(): u + "i" for u in ("M", "G", "T", "P", "E")}
    if name == "cpu":
        units = {"": "", "m": "m", "mi": "m", "milli": "m"}
    elif name not in ("memory", "ephemeral-storage") and not name.startswith("hugepages-"):
        units = {"": ""}
    return number + units[unit] if number and unit in units and parse(number + units[unit]) is not None else ""


def _number(text: str) -> tuple[str, str]:
    whole, rest = _digits(text)
    if rest[:1] == "." and rest[1:2] in tuple(_DIGITS):
        fraction, rest = _digits(rest[1:])
        return f"{whole or 0}.{fraction}", rest
    return whole, rest
