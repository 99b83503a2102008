"""Turns Go templates that render YAML into YAML with marks in place of the actions.

Every remaining character keeps its index, so that all places are those in the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from helm_cleaner.typed import NamedTuple

MARK = "\ue000"  # replaces each character of an action: a private use character, which YAML allows in plain scalars
_CONTROL = re.compile(
    r"\{\{-?\s*(?:/\*|(if|else|end|range|with|define|block|break|continue)\b|\$\w*(?:\s*,\s*\$\w*)?\s*:?=)"
)
_INDENT = re.compile(r"\bn?indent\s+([0-9]+)")
_CONDITIONAL, _DEFINING = ("if", "range", "with"), ("define", "block")
_CONDITION = re.compile(r"\{\{-?\s*(?:else\s+)?(?:if|with|range)\b(.*?)-?\}\}\Z", re.DOTALL)
_ANGLES = re.compile(r"<<(-?\s[^\n]*?)>>")
MOST_VARIANTS = 64
Conditions = frozenset[str]  # what stands after `if`, `with` or `range` where it is met
_OPENINGS = ('"', "`", "'", "/*")  # of what may contain braces
_QUOTES = {
    '"': re.compile(r'"(?:\\.|[^"\\])*"', re.S),
    "`": re.compile(r"`[^`]*`"),
    "'": re.compile(r"'(?:\\.|[^'\\])'"),
}


def unmask(text: str) -> str:
    """A text for a message, without marks."""
    return re.sub(f"{MARK}+", "{{ … }}", text)


class Action(NamedTuple):
    """An action of a template.

    start, end: its span. word: `if`, `else`, `end` …, or "" if it outputs something. condition: that of an `if`,
    `with`, `range`, `else if` or `else with`, else "".
    """

    start: int
    end: int
    word: str
    condition: str = ""


@lru_cache(maxsize=4)  # a template is masked once for each of its variants
def actions(text: str) -> list[Action] | None:
    """The actions of a template, in order; None if one of them does not end."""
    found: list[Action] = []
    at = 0
    while (start := text.find("{{", at)) >= 0:
        end = _end(text, start + 2)
        if end < 0:
            return None
        control = _CONTROL.match(text, start, end)
        conditional = _CONDITION.match(text[start:end]) if control else None
        condition = " ".join(conditional[1].split()) if conditional else ""
        found.append(Action(start, end, (control[1] or "set") if control else "", condition))
        at = end
    return found


def _end(text: str, at: int) -> int:
    """Where the action that began before an index ends; -1 if it does not."""
    close = text.find("}}", at)
    if close < 0 or not any(quote in text[at:close] for quote in _OPENINGS):
        return close + 2 if close >= 0 else -1
    body = text[at : at + 4].lstrip("- \n")
    if body.startswith("/*"):
        close = text.find("*/", at)
        end = text.find("}}", close) if close >= 0 else -1
        return end + 2 if end >= 0 else -1
    while at < len(text):
        if text.startswith("}}", at):
            return at + 2
        quote = _QUOTES.get(text[at])
        quoted = quote.match(text, at) if quote else None
        at = quoted.end() if quoted else at + 1
    return -1


def with_braces(text: str) -> str:
    """A template of the Flux Operator, whose actions are in `<< … >>`, as one with braces."""
    return _ANGLES.sub(r"{{\1}}", text)


def variants(text: str) -> list[Conditions]:
    """What a template may come out as: for each branch the conditions under which it alone does, each set once.

    That is not every combination: of branches that do not depend on each other, one is taken at a time. A condition
    that is written several times is met everywhere, or nowhere. At most MOST_VARIANTS, the last one without any.
    """
    found: dict[Conditions, None] = {}
    nothing: Conditions = frozenset()
    enclosing = [nothing]
    for action in actions(text) or ():
        if action.word in _CONDITIONAL:
            enclosing.append(enclosing[-1] | {action.condition})
        elif action.word in _DEFINING:
            enclosing.append(enclosing[-1])
        elif action.word == "else" and len(enclosing) > 1:
            enclosing[-1] = enclosing[-2] | ({action.condition} if action.condition else nothing)
        elif action.word == "end" and len(enclosing) > 1:
            enclosing.pop()
        if enclosing[-1]:
            found[enclosing[-1]] = None
    return [*list(found)[: MOST_VARIANTS - 1], nothing]


def mask(text: str, conditions: Conditions | None = None) -> str | None:
    """The template with marks in place of its actions; None if it cannot be read.

    A line of control actions becomes empty; a line of output actions becomes a placeholder key or item. conditions:
    those that are met; None if all are, of each `if … else if …` the first one.
    """
    found = actions(text)
    if found is None:
        return None
    result = list(text)
    silent = bytearray(len(text))  # 1 where nothing is put out
    for start, end in _left_out(found, conditions):
        silent[start:end] = b"\1" * (end - start)
        _blank(result, text, start, end)
    found = [action for action in found if not silent[action.start]]
    for action in found:
        if action.word:
            silent[action.start : action.end] = b"\1" * (action.end - action.start)
    for action in found:
        is_blank = action.word and not _is_within_text(text, silent, action)
        _blank(result, text, action.start, action.end, " " if is_blank else MARK)
    by_line: dict[int, list[Action]] = {}
    for action in found:
        by_line.setdefault(text.rfind("\n", 0, action.start) + 1, []).append(action)
    for start, those in by_line.items():
        last = text.find("\n", those[-1].end)
        end = last if last >= 0 else len(text)
        _line(result, text, start, end, those)
    return "".join(result)


def _is_within_text(text: str, silent: bytearray, action: Action) -> bool:
    """Whether a control action has text on both sides, or begins a line that goes on with text."""
    before, after = action.start - 1, action.end
    while before >= 0 and silent[before]:
        before -= 1
    while after < len(text) and silent[after]:
        after += 1
    begins = not text[text.rfind("\n", 0, before + 1) + 1 : before + 1].strip()
    is_text_before = before >= 0 and not text[before].isspace()
    return after < len(text) and not text[after].isspace() and (begins or is_text_before)


def _blank(result: list[str], text: str, start: int, end: int, mark: str = " ") -> None:
    """Replaces a part of the text by marks. Line breaks stay; of several lines only the first one is marked."""
    for i in range(start, end):
        if text[i] in "\r\n":
            mark = " "
        else:
            result[i] = mark


def _line(result: list[str], text: str, start: int, end: int, those: list[Action]) -> None:
    """Turns a line that consists of actions into YAML."""
    rest = "".join(result[start:end]).replace(MARK, "")
    if rest.strip() or (text[end - 1 : end] == "\r" and rest.strip("\r\n ")):
        return
    first = text.find("\n", start)
    stop = min(end, first) if first >= 0 else end
    stop -= text[stop - 1 : stop] == "\r"
    for i in range(start, end):
        if text[i] not in "\r\n":
            result[i] = " "
    put_out = next((action for action in those if not action.word), None)
    if put_out is None:
        return
    indented = _INDENT.search(text, put_out.start, put_out.end)
    column = int(indented[1]) if indented else put_out.start - start
    item = _is_item(result, start, column)
    new = f"- {MARK}" if item else f"{MARK}:"
    if column + len(new) <= stop - start:
        result[start + column : start + column + len(new)] = list(new)


def _is_item(result: list[str], start: int, column: int) -> bool:
    """Whether the nearest line above that is not deeper than a column is a list item at this column."""
    for line in reversed("".join(result[:start]).splitlines()):
        content = line.strip()
        if content and not content.startswith("#"):
            indent = len(line) - len(line.lstrip(" "))
            if indent <= column:
                return indent == column and content.startswith("-")
    return False


def _left_out(found: list[Action], conditions: Conditions | None) -> Iterator[tuple[int, int]]:
    """The parts of a template that belong to branches that are not taken."""
    stack: list[list[Action]] = []
    for action in found:
        if action.word in _CONDITIONAL or action.word in _DEFINING:
            stack.append([action])
        elif action.word == "else" and stack:
            stack[-1].append(action)
        elif action.word == "end" and stack:
            branches = stack.pop()
            taken = next((n for n, each in enumerate(branches) if _is_taken(each, conditions)), None)
            for n, (a, b) in enumerate(pairwise((*branches, action))):
                if n != taken:
                    yield a.end, b.start


def _is_taken(branch: Action, conditions: Conditions | None) -> bool:
    """Whether the branch that begins with an action is taken, unless one before it is."""
    return not branch.condition or conditions is None or branch.condition in conditions
