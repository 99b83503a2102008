"""The word that was probably meant by another one: the one measure behind every "did you mean"."""

from __future__ import annotations

from functools import lru_cache

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LENGTHS = (4, 8, 12)  # letters that the longer of two words must have, for each typo
_PART, _NOT = 8, 9  # beyond any number of typos


def find_nearest(word: str, choices: Iterable[str]) -> str:
    """The choice that was probably meant by a word that is none of them; "" if none is near."""
    return next(iter(find_near(word, choices)), "")


def find_near(word: str, choices: Iterable[str]) -> list[str]:
    """The choices that may be meant by a word, the nearest first.

    These have the same letters (case, `-` and `_` do not count), differ by a few typos, or are a part of the word or
    an extension of it.
    """
    return list(_find_near(word, tuple(choices)))


@lru_cache(maxsize=1024)  # the same mistake is often made in many places
def _find_near(word: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for n, choice in enumerate(choices):
        rank = _rank(bare(word), bare(choice)) if choice != word else _NOT
        if rank < _NOT:
            found.append((rank, abs(len(choice) - len(word)) if rank == _PART else 0, n, choice))
    return tuple(choice for *_, choice in sorted(found))


def is_typo(word: str, name: str) -> bool:
    """Whether a word has the letters of a name, but for a few typos."""
    return _rank(bare(word), bare(name)) < _PART


def bare(text: str) -> str:
    """A name as it is compared with others: in lower case, without `-` and `_`."""
    return text.replace("_", "").replace("-", "").lower()


def _rank(word: str, name: str) -> int:
    longer = max(len(word), len(name))
    most = sum(longer >= length for length in _LENGTHS)
    typos = distance(word, name, most)
    if typos <= most:
        return typos
    return _PART if _is_part(word, name) or _is_part(name, word) or _is_short_for(word, name) else _NOT


def _is_part(word: str, name: str) -> bool:
    """Whether it is in the name, with or without an s at its end. Two letters must be at the start."""
    part = word.removesuffix("s")
    return part in name if len(part) > 2 else len(part) == 2 and name.startswith(part)


def _is_short_for(word: str, name: str) -> bool:
    """Whether it is the name without some of its letters, as in reqs for requests."""
    if word[:1] != name[:1] or len(word) < 3 or 2 * len(word) < len(name):
        return False
    letters = iter(name)
    return all(letter in letters for letter in word)


def distance(one: str, other: str, most: int) -> int:
    """How many typos apart two words are: letters added, left out, replaced, or swapped with the next one.

    Stops, at more than `most`, as soon as there are more: nearly all words are compared with what they are not.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != wanted))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == wanted:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > most <= min(before):  # a swap goes back two rows
            return most + 1
    return row[-1]
