"""Kubernetes' rules for names: label keys and values, DNS names. Each `…_problem` says what is wrong, or ""."""

from __future__ import annotations

import re

from helm_cleaner.text import quote

_NUMBER = re.compile(r"[+-]?[0-9]{1,400}\Z")
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_ALNUM = _LOWER + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

KEY_HINT = (
    "use letters, digits, '-', '_' and '.' only, as in disktype or, with a domain before it, example.com/disktype"
)
VALUE_HINT = (
    "use letters, digits, '-', '_' and '.' only, starting and ending with a letter or digit, at most 63 characters"
)
DNS_HINT = "use lowercase letters, digits, '-' and '.' only, as in my-name"


def key_problem(key: str) -> str:
    """Why this text is not a valid label key."""
    prefix, slash, name = key.rpartition("/")
    if not key:
        return "must not be empty"
    if "/" in prefix:
        return f"{quote(key)} has more than one slash"
    if slash and not prefix:
        return f"{quote(key)} has nothing before the slash"
    if slash and subdomain_problem(prefix):
        return f"before the slash, {subdomain_problem(prefix)}"
    if not name:
        return f"{quote(key)} has nothing after the slash"
    return _word_problem(name)


def value_problem(value: str) -> str:
    """Why this text is not a valid label value; an empty one is valid."""
    return _word_problem(value) if value else ""


def label_number(value: str) -> int | None:
    """The number that Gt and Lt compare a label value as; None if it is not one.

    As Go's strconv.ParseInt reads it, in base 10 and 64 bits.
    """
    number = int(value) if _NUMBER.match(value) else None
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _word_problem(word: str) -> str:
    if odd := word.strip(_ALNUM + "-_."):
        return f"{quote(word)} contains {_character(odd[0])}"
    if word[0] not in _ALNUM or word[-1] not in _ALNUM:
        return f"{quote(word)} must start and end with a letter or digit"
    return f"{quote(word)} has {len(word)} characters; at most 63 are allowed" if len(word) > 63 else ""


def subdomain_problem(name: str) -> str:
    """Why this text is not a valid DNS subdomain, such as the name of a Secret or node."""
    if not name:
        return "must not be empty"
    if odd := name.strip(_LOWER + "-."):
        return f"{quote(name)} contains {_character(odd[0])}"
    if any(not part or part[0] == "-" or part[-1] == "-" for part in name.split(".")):
        return f"{quote(name)} must start and end with a letter or digit, and so must each part between dots"
    return f"{quote(name)} has {len(name)} characters; at most 253 are allowed" if len(name) > 253 else ""


def label_problem(name: str) -> str:
    """Why this text is not a valid DNS label, such as the name of a namespace."""
    if "." in name:
        return f"{quote(name)} contains {_character('.')}"
    problem = subdomain_problem(name)
    if not problem and len(name) > 63:
        return f"{quote(name)} has {len(name)} characters; at most 63 are allowed"
    return problem


def _character(char: str) -> str:
    if char == " ":
        return "a space"
    if char == "/":
        return "a slash"
    if "A" <= char <= "Z":
        return f"the uppercase letter {char}"
    return f"{quote(char)}, which is not allowed"
