"""Strategies that several property tests share: sections, and YAML in every style."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st

KEY = "POLYAXON_AGENT_CLEANER"
NAMES = ("rel-polyaxon-agent-config", "b-agent-config", "c")

# ---- sections -----------------------------------------------------------------------------------------------------

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_labels = st.dictionaries(
    st.sampled_from(["disktype", "example.com/pool", "gpu"]), st.sampled_from(["ssd", "true", "1", ""]), max_size=2
)
_effects = st.sampled_from(["NoSchedule", "PreferNoSchedule"])
_tolerations = st.one_of(
    st.fixed_dictionaries({"operator": st.just("Exists")}, optional={"effect": _effects}),
    st.fixed_dictionaries(
        {"key": st.sampled_from(["dedicated", "a.b/c"]), "value": st.sampled_from(["x", "on", "7"])},
        optional={"operator": st.just("Equal"), "effect": _effects},
    ),
    st.fixed_dictionaries(
        {"key": st.just("k"), "operator": st.just("Exists"), "effect": st.just("NoExecute")},
        optional={"tolerationSeconds": st.integers(0, 600)},
    ),
)
_expressions = st.one_of(
    st.fixed_dictionaries({"key": st.just("zone"), "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
    st.fixed_dictionaries(
        {
            "key": st.just("zone"),
            "operator": st.sampled_from(["In", "NotIn"]),
            "values": st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2),
        }
    ),
)
_terms = st.fixed_dictionaries({"matchExpressions": st.lists(_expressions, min_size=1, max_size=2)})
_affinity = st.fixed_dictionaries(
    {},
    optional={
        "nodeAffinity": st.fixed_dictionaries(
            {_REQUIRED: st.fixed_dictionaries({"nodeSelectorTerms": st.lists(_terms, min_size=1, max_size=2)})}
        ),
        "podAntiAffinity": st.fixed_dictionaries(
            {
                _PREFERRED: st.lists(
                    st.fixed_dictionaries(
                        {
                            "weight": st.integers(1, 100),
                            "podAffinityTerm": st.fixed_dictionaries(
                                {
                                    "topologyKey": st.just("kubernetes.io/hostname"),
                                    "labelSelector": st.fixed_dictionaries({"matchLabels": _labels}),
                                }
                            ),
                        }
                    ),
                    max_size=1,
                )
            }
        ),
    },
)
_requests = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from(["100m", "0.1", 0.1]), "memory": st.sampled_from(["64Mi", "100M", 1000])}
)
_limits = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from(["1", 2, "1.5"]), "memory": st.sampled_from(["1Gi", "2000Mi"])}
)

valid_sections = st.fixed_dictionaries(
    {},
    optional={
        "image": st.sampled_from(["polyaxon/polyaxon-init", "localhost:5000/a", "a.b/c/d"]),
        "imageTag": st.sampled_from(["2.15.1", "dev", "2.10", "1@sha256:" + "a" * 64]),
        "imagePullPolicy": st.sampled_from(["Always", "IfNotPresent", "Never"]),
        "resources": st.fixed_dictionaries({}, optional={"requests": _requests, "limits": _limits}),
        "nodeSelector": _labels,
        "affinity": _affinity,
        "tolerations": st.lists(_tolerations, max_size=3),
        "imagePullSecrets": st.lists(st.sampled_from(["a", "b.c"]), max_size=2, unique=True),
    },
)
"""Sections that take effect as they stand, over the charts' defaults."""

texts = st.one_of(
    st.sampled_from(
        ["", " ", "y", "on", "null", "~", "2.10", "0777", "1e3", "always", "Exists", "a:b", "a: b", "#", "'", '"',
         "{", "[", "- a", "a\nb", "\t", "\x85", "\u2028", "\x00", "\x7f", "<&>", "*a", "&a", "!", "%", "@", "`", "é🚀"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)  # fmt: skip
_leaves = st.one_of(
    texts, st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)
anything = st.recursive(
    _leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
_slips: dict[str, st.SearchStrategy[Any]] = {
    "imageTag": st.sampled_from([2.1, 7, True, "2.10", "v 1"]),
    "image_tag": st.sampled_from(["dev", 2.1]),
    "image": st.sampled_from(["polyaxon/polyaxon-init:2.15.1", "https://a/b", "A", "a.b:5000", 5]),
    "imagePullPolicy": st.sampled_from(["always", "NEVER", "never ", True]),
    "ImagePullPolicy": st.sampled_from(["Always", "x"]),
    "resources": st.sampled_from(
        [
            {"cpu": "50m"},
            {"memory": "64Mi", "cpu": 1},
            {"requests": {"cpu": 5}},
            {"cpu": "50m", "requests": {"cpu": "50m"}},
            {"cpu": "1", "requests": {"cpu": "2"}},
            {"limits": {"memory": "4000Mb"}},
            {"Limits": {"cpu": 1}},
        ]
    ),
    "nodeSelector": st.sampled_from([{"gpu": True}, {"n": 5}, "a=b", [], {"a b": "c"}]),
    "tolerations": st.sampled_from(
        [[{"key": True}], [{"key": "a", "effect": "noSchedule"}], {"key": "a"}, [{"effect": "NoSchedule"}]]
    ),
    "imagePullSecrets": st.sampled_from(["a", [{"name": "a"}], [{"name": 5}], ["A"], [1]]),
    "priorityClassName": st.just("high"),
}
broken_sections = st.tuples(
    valid_sections, st.fixed_dictionaries({}, optional=_slips), st.dictionaries(texts, anything, max_size=1)
).map(lambda parts: {**parts[0], **parts[1], **parts[2]})
"""Sections with what people get wrong, and with what nobody would write; few are right."""

_SNAKE = {"imageTag": "image_tag", "imagePullPolicy": "image_pull_policy", "nodeSelector": "node_selector",
          "imagePullSecrets": "image_pull_secrets"}  # fmt: skip


@st.composite
def odd_sections(draw: st.DrawFn) -> dict[str, Any]:
    """Valid sections with nulls and empty values at any depth, numbers as quantities, and names in Python's spelling.

    Some of them are invalid because of that.
    """

    def odd(data: Any, depth: int) -> Any:
        if depth and draw(st.integers(0, 9)) == 0:
            empty: Any = {} if isinstance(data, dict) else [] if isinstance(data, list) else ""
            return draw(st.sampled_from([None, empty]))
        if isinstance(data, dict):
            return {
                _SNAKE[key] if depth == 0 and key in _SNAKE and draw(st.integers(0, 4)) == 0 else key: odd(
                    value, depth + 1
                )
                for key, value in data.items()
            }
        return [odd(item, depth + 1) for item in data] if isinstance(data, list) else data

    extra: dict[str, st.SearchStrategy[Any]] = {
        "resources": st.sampled_from([{}, None, {"limits": None, "requests": {"cpu": 1}}, {"claims": []}])
    }
    found = odd({**draw(valid_sections), **draw(st.fixed_dictionaries({}, optional=extra))}, 0)
    assert isinstance(found, dict)
    return found


# ---- YAML in every style ------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*\Z")
_WORDS = ("y", "n", "yes", "no", "true", "false", "on", "off", "null")
_CONTROL = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


_T = TypeVar("_T")


class Emitter:
    """Writes data as YAML and draws the style of every node. The result means the same to every reader."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.anchors = 0

    def _one_of(self, *choices: _T) -> _T:
        return self.draw(st.sampled_from(choices))

    def document(self, data: Any) -> str:
        """The text of a document, which ends with a line's end."""
        if self._one_of(False, False, True):
            return self.flow(data) + self._comment() + "\n"
        return self.block(data, 0)

    def _comment(self) -> str:
        return self._one_of("", "", "", "  # c: {[\"'", " #")

    def _anchor(self) -> str:
        """Sometimes an anchor that nothing refers to."""
        self.anchors += 1
        return self._one_of("", "", "", "", "", f"&a{self.anchors} ")

    def scalar(self, value: Any, key: bool = False) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        quoted = _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, ensure_ascii=False))
        styles: list[Callable[[], str]] = [lambda: quoted]
        if not _CONTROL.search(value) and "\n" not in value:
            styles.append(lambda: "'" + value.replace("'", "''") + "'")
        if _PLAIN.match(value) and value.lower() not in _WORDS:
            styles += [lambda: value] * 3
        style = self._one_of(*styles)
        return style() if key else self._anchor() + style()

    def flow(self, value: Any) -> str:
        """A node in flow style, over several lines at times."""
        gap = self._one_of("", " ", "\n      ")
        if isinstance(value, dict):
            entries = [f"{self.scalar(k, key=True)}: {self.flow(v)}" for k, v in value.items()]
            return self._anchor() + "{" + gap + f",{gap or ' '}".join(entries) + self._one_of("", " ") + "}"
        if isinstance(value, list):
            return self._anchor() + "[" + gap + f",{gap or ' '}".join(map(self.flow, value)) + "]"
        return self.scalar(value)

    def block(self, value: Any, indent: int) -> str:
        """The entries of a mapping or the items of a list, as lines with an indentation."""
        margin, lines = " " * indent, []
        if not value or not isinstance(value, (dict, list)):
            return f"{margin}{self.flow(value)}\n"
        for item in value.items() if isinstance(value, dict) else value:
            lines.append(self._one_of("", "", "", "\n", f"{margin}# c: |\n", "# - [\n"))
            if isinstance(value, dict):
                lines.append(f"{margin}{self.scalar(item[0], key=True)}:{self._below(item[1], indent)}")
            else:
                lines.append(f"{margin}-{self._below(item, indent, item_of_list=True)}")
        return "".join(lines)

    def _below(self, value: Any, indent: int, item_of_list: bool = False) -> str:
        """What stands behind a key's colon or an item's dash, its line's end included."""
        if value is None and self._one_of(True, False):
            return self._comment() + "\n"
        if not isinstance(value, (dict, list)) or not value or self._one_of(False, False, False, True):
            if isinstance(value, str) and self._can_be_literal(value) and self._one_of(False, True):
                return self._literal(value, indent)
            return f" {self.flow(value)}{self._comment()}\n"
        if isinstance(value, list) and not item_of_list and self._one_of(True, False):
            return self._comment() + "\n" + self.block(value, indent)  # dashes right below the key
        deeper = indent + self._one_of(2, 2, 4)
        anchor = self._anchor()
        if item_of_list and not anchor and self._one_of(True, True, False):  # the first entry stands beside the dash
            body = self.block(value, deeper)
            while body[: deeper + 1].strip(" ") in ("\n", "#") or body.startswith(("#", "\n")):
                body = body[body.index("\n") + 1 :]
            return " " * (deeper - indent - 1) + body[deeper:]
        return f"{' ' + anchor.strip() if anchor else ''}{self._comment()}\n{self.block(value, deeper)}"

    @staticmethod
    def _can_be_literal(value: str) -> bool:
        lines = value.split("\n")
        return bool(value.strip()) and not _CONTROL.search(value) and all(x == x.strip() and x for x in lines)

    def _literal(self, value: str, indent: int) -> str:
        style = self._one_of("|", ">") if "\n" not in value else "|"
        deeper = indent + self._one_of(1, 2, 4)
        body = "".join(f"{' ' * deeper}{line}\n" for line in value.split("\n"))
        return f" {self._anchor()}{style}-{self._comment()}\n{body}{self._one_of('', '', chr(10))}"


# ---- streams ------------------------------------------------------------------------------------------------------


class Piece(NamedTuple):
    """A document of a stream. kind: agent, consumer or other."""

    kind: str
    text: str


def _rendered(section: Any) -> st.SearchStrategy[Any]:
    """A section as charts render it, or might."""
    compact, wide = json.dumps(section, separators=(",", ":")), json.dumps(section)
    return st.sampled_from([compact, compact, wide, json.dumps(section, indent=1)])


@st.composite
def _agents(draw: st.DrawFn, sections: st.SearchStrategy[Any]) -> Piece:
    data: dict[str, Any] = {"POLYAXON_AGENT_INIT": draw(st.sampled_from(["{}", " {}", "{\n}"]))}
    if draw(st.sampled_from([True, True, True, False])):
        data[KEY] = draw(st.one_of(sections.flatmap(_rendered), st.sampled_from(["", "null", "{}", None])))
    metadata: dict[str, Any] = {"name": draw(st.sampled_from(NAMES))}
    if draw(st.booleans()):
        metadata["labels"] = {"app.kubernetes.io/version": "2.15.1", "a": "b"}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": _shuffled(draw, data)}
    return Piece("agent", Emitter(draw).document(_shuffled(draw, manifest)))


@st.composite
def _consumers(draw: st.DrawFn) -> Piece:
    annotations = draw(
        st.sampled_from(
            [None, {}, {"a": "b"}, {"checksum/agent-config": "old", "a": "b"}, {"checksum/agent-config": "7"}]
        )
    )
    metadata = draw(st.sampled_from([{"labels": {"app": "x"}}, {"labels": {}, "annotations": annotations}, {}]))
    pod = {"containers": [{"name": "c", "envFrom": [{"configMapRef": {"name": draw(st.sampled_from(NAMES))}}]}]}
    template = {"spec": pod} if draw(st.booleans()) else {"metadata": metadata, "spec": pod}
    manifest = {
        "kind": draw(st.sampled_from(["Deployment", "StatefulSet", "DaemonSet", "Job"])),
        "metadata": {"name": "w", "annotations": {"checksum/agent-config": "old"}},
        "spec": {"replicas": 1, "template": template},
    }
    return Piece("consumer", Emitter(draw).document(manifest))


def _shuffled(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    return {key: data[key] for key in draw(st.permutations(list(data)))}


_OTHERS = (
    "",
    "# a comment\n",
    "a: [\n",
    "kind: Secret\ndata:\n  a: b\n",
    f'kind: ConfigMap\nmetadata: {{name: d}}\ndata:\n  other: \'[{{"name":"{KEY}"}}]\'\n',
    f"# {KEY}: no\nkind: Service\n",
    "kind: Job\nmetadata:\n  annotations: {helm.sh/hook: pre-install}\n",
    'text: |\n  --- not\n  ...\n  "\n',
    "{{ not rendered }}\n",
    "\t\n",
)
_others = st.sampled_from(_OTHERS).map(lambda text: Piece("other", text))
_headers = st.sampled_from(["---\n", "---\n", "--- # c\n", "---   \n", "---\n# Source: a/b.yaml\n"])


class DrawnStream(NamedTuple):
    """A stream, and the kinds of its documents in order."""

    data: bytes
    kinds: tuple[str, ...]


@st.composite
def streams(draw: st.DrawFn, sections: st.SearchStrategy[Any] = valid_sections) -> DrawnStream:
    """Any mix of documents, with an agent's ConfigMap or without, in any style, with either line end."""
    pieces = draw(st.lists(st.one_of(_agents(sections), _consumers(), _others), max_size=5))
    text, kinds = "", []
    for number, piece in enumerate(pieces):
        header = draw(_headers) if number or draw(st.booleans()) else ""
        text += header + piece.text + draw(st.sampled_from(["", "", "", "...\n", "\n\n", "...\n# c: [\n"]))
        kinds.append(piece.kind)
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.sampled_from([False, False, True])):
        text = text.replace("\n", "\r\n")
    mark = "\ufeff" if draw(st.sampled_from([False, False, False, True])) else ""
    return DrawnStream((mark + text).encode(), tuple(kinds))


@st.composite
def values_files(draw: st.DrawFn, sections: st.SearchStrategy[Any] = broken_sections) -> bytes:
    """A values file with a section in any style among other things."""
    data: dict[str, Any] = {"global": {"a": "b"}, "other": [1, "x"], "cleaner": draw(sections)}
    kept = draw(
        st.sampled_from([("cleaner",), ("global", "cleaner", "other"), ("other", "cleaner"), ("cleaner", "other")])
    )
    text = draw(st.sampled_from(["", "---\n", "# c\n\n", "# a: [\n# b\n\n--- # c\n"]))
    text += Emitter(draw).document({key: data[key] for key in kept})
    text += draw(st.sampled_from(["", "", "# end\n", "...\n# end\n", "...\n---\n# end\n"]))
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.sampled_from([False, False, True])):
        text = text.replace("\n", "\r\n")
    mark = "\ufeff" if draw(st.sampled_from([False, False, False, True])) else ""
    return (mark + text).encode()
