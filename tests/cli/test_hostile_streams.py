"""Streams that mean harm, or are only far too large: refused with a reason or passed untouched, in bounded time.

Each run is a process of its own with a limit of memory and of time. The limits are far above what is needed, so that
only what grows with no end meets them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_cleaner import polyaxon
from helm_cleaner.names import KEY
from tests.support.command import run_all, run_bounded
from tests.support.hostile import DEEP, EMPTY, EXPANDS, LONG, NO_JSON, TOO_DEEP, bomb, check, configmap

pytestmark = pytest.mark.slow

SHOWN = [["diff"], ["diff", "-o", "jsonpatch"], ["patch", "-o", "kustomize"], ["patch", "-o", "flux"], ["explain"],
         ["explain", "-o", "yaml"], ["explain", "-o", "json"]]  # fmt: skip


CONTROL = re.compile("[^\\n\\x20-\\x7e\\xa0-\\U0010ffff]")


def agent(json_text: str) -> Callable[[], bytes]:
    return lambda: configmap(json_text).encode()


STREAMS: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "a deep section": (agent('{"a":' * DEEP + "1" + "}" * DEEP), 2, TOO_DEEP),
    "a deep list": (agent("[" * DEEP + "]" * DEEP), 2, TOO_DEEP),
    "a deep list, not closed": (agent("[" * DEEP), 2, TOO_DEEP),
    "a section of 200 levels": (agent('{"affinity":' * 200 + "1" + "}" * 200), 2, TOO_DEEP),
    "a section of 450 levels": (agent('{"affinity":' * 450 + "1" + "}" * 450), 2, TOO_DEEP),
    "a section of 900 levels": (agent('{"affinity":' * 900 + "1" + "}" * 900), 2, TOO_DEEP),
    "half a surrogate": (agent('{"imageTag":"\\ud800"}'), 1, r'"\ud800" is not a valid image tag'),
    "half a surrogate in a key": (agent('{"\\udfff":1}'), 1, r"cleaner.\udfff: unknown field"),
    "many digits": (agent('{"imageTag":' + "9" * 10_000 + "}"), 2, "a number of 10000 digits is out of range"),
    "a large exponent": (agent('{"imageTag":1e999999}'), 2, "is out of range"),
    "not a number": (agent('{"imageTag":NaN}'), 2, NO_JSON),
    "a key twice": (agent('{"imageTag":"a","imageTag":"b"}'), 0, ""),
    "a long label": (agent(json.dumps({"nodeSelector": {"a." * LONG + "!": "b"}})), 1, "label-key"),
    "a long label with dashes": (agent(json.dumps({"nodeSelector": {"a" + "-" * LONG: "b"}})), 1, "label-key"),
    "a long prefix": (agent(json.dumps({"nodeSelector": {"a-." * LONG + "/b": "c"}})), 1, "label-key"),
    "a long value": (agent(json.dumps({"nodeSelector": {"a": "a-.-" * LONG + "!"}})), 1, "label-value"),
    "a long image": (agent(json.dumps({"image": "a/" * LONG + "!"})), 1, "is not a valid image name"),
    "an image of dots": (agent(json.dumps({"image": "a" + "." * LONG + ":x1"})), 1, "is not a valid image name"),
    "an image of separators": (agent(json.dumps({"image": "a__" * LONG + "-"})), 1, "is not a valid image name"),
    "an image of hosts": (agent(json.dumps({"image": "1." * LONG + ":1/"})), 1, "is not a valid image name"),
    "an image of digests": (agent(json.dumps({"image": "a@" + "a+" * LONG + ":"})), 1, "is not a valid image name"),
    "a long quantity": (agent(json.dumps({"resources": {"limits": {"cpu": "1" * LONG + "x"}}})), 1, "quantity"),
    "pages of many digits": (agent(json.dumps({"resources": {"limits": {"hugepages-" + "9" * 6000: 1}}})), 1, "huge"),
    "aliases of aliases": (lambda: (bomb(9, 9) + f"# {KEY}\n").encode(), 2, EXPANDS),
    "a deep document": (lambda: f"# {KEY}\na: {'[' * DEEP}{']' * DEEP}\n".encode(), 2, TOO_DEEP),
    "lists of lists": (
        lambda: f"kind: List\nitems: [{{{'kind: List, items: [{' * 450}data: {{{KEY}: ''}}{'}]' * 450}}}]\n".encode(),
        2,
        TOO_DEEP,
    ),
    "NUL": (lambda: EMPTY + b"  \0\n", 2, "control character U+0000"),
    "a C1 control character": (lambda: EMPTY + "  # \x81\n".encode(), 2, "control character U+0081"),
    "not UTF-8": (lambda: EMPTY + b"  # \xff\n", 2, "byte 0xff is not UTF-8"),
    "half a surrogate in UTF-8": (lambda: EMPTY + b"  # \xed\xa0\x80\n", 2, "byte 0xed is not UTF-8"),
    "an overlong NUL": (lambda: EMPTY + b"  # \xc0\x80\n", 2, "byte 0xc0 is not UTF-8"),
    "UTF-16": (lambda: EMPTY.decode().encode("utf-16"), 2, "the input is in UTF-16"),
    "UTF-32": (lambda: EMPTY.decode().encode("utf-32"), 2, "the input is in UTF-32"),
}  # fmt: skip


@pytest.mark.parametrize(("stream", "code", "said"), STREAMS.values(), ids=STREAMS)
def test_streams(stream: Callable[[], bytes], code: int, said: str) -> None:
    data = stream()
    commands = [[], ["--warn-only"], ["validate", "-"], *SHOWN]
    plain, warned, validated, *shown = run_all(commands, data, Path.cwd())
    check(plain, code, said)
    assert bool(plain.out) == (code == 0)
    check(warned, 0, said)
    assert warned.out == data or code == 0
    check(validated, code, "")
    for done in shown:
        check(done, code, said)
        assert bool(done.out) == (code == 0)
        assert not CONTROL.search(done.out.decode() + done.err)


UNTOUCHED: dict[str, Callable[[], bytes]] = {
    "aliases of aliases": lambda: bomb(9, 9).encode(),
    "a deep document": lambda: b"a: " + b"[" * 1_000_000,
    "NUL": lambda: b"a: \0\n",
    "not UTF-8": lambda: b"---\n\xff\xfe\x80\n---\n" + b"\xed\xa0\x80\n",
    "a line of 50 MB": lambda: b"a: " + b"x" * 50_000_000,
    "dashes": lambda: b"---" * 1_000_000 + b"\n--" * 1_000_000,
    "near misses": lambda: b"\n---x" * 1_000_000,
}


@pytest.mark.parametrize("stream", UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_does_not_matter_passes_untouched(stream: Callable[[], bytes]) -> None:
    alone = run_bounded(
        [], stream()
    )  # no manifests at all, which is told where the text is more than `---` and comments
    assert (alone.code, alone.out) in ((2, b""), (0, stream()))
    assert ("[no-manifests]" in alone.err) == (alone.code == 2)
    data = b"kind: Service\n---\n" + stream()
    done = run_bounded([], data)
    assert (done.code, done.out == data) == (0, True)
    done = run_bounded([], data + b"\n---\n" + EMPTY)
    assert done.code == 0
    assert done.out.startswith(data)


def test_agents_by_the_thousand() -> None:
    one = configmap("{}").replace("name: c", "name: c%d") + "---\nkind: Deployment\nspec: {template: {spec: "
    one += "{volumes: [{configMap: {name: c%d}}]}}}\n---\n"
    done = run_bounded([], "".join(one % (n, n) for n in range(2000)).encode())
    assert done.code == 0
    assert done.out.count(b"checksum/agent-config") == 2000


FALL_BACKS: dict[str, tuple[str, str, int, str]] = {
    "deep": (polyaxon.SCHEDULING, '{"affinity":' * DEEP + "1" + "}" * DEEP, 0, "not JSON: nested too"),
    "a list, not closed": (polyaxon.SCHEDULING, "[" * DEEP, 0, "is not JSON: nested too deeply"),
    "200 levels": (polyaxon.SCHEDULING, '{"affinity":' * 200 + "1" + "}" * 200, 2, TOO_DEEP),
    "many digits": (polyaxon.SCHEDULING, f'{{"tolerations":[{"9" * DEEP}]}}', 0, "is out of range"),
    "half a surrogate": (
        polyaxon.SCHEDULING,
        '{"nodeSelector":{"a":"\\udfff"}}',
        1,
        r'invalid label value: "\udfff" contains',
    ),
    "half a surrogate as a field": (
        polyaxon.SCHEDULING,
        '{"\\udfff":"a"}',
        1,
        r".\udfff: unknown field; allowed: nodeS",
    ),
    "an escape": (polyaxon.SCHEDULING, '{"nodeSelector":{"a\\u001b[2J":"b"}}', 1, "invalid label key"),
    "a long key": (polyaxon.SCHEDULING, json.dumps({"nodeSelector": {"a-." * LONG: "b"}}), 1, "label-key"),
    "many wrong": (polyaxon.SCHEDULING, json.dumps({"tolerations": [{"effect": "x"}] * 10}), 1, "toleration-effect"),
    "deep secrets": (polyaxon.PULL_SECRETS, "[" * DEEP + "]" * DEEP, 0, "is not JSON: nested too deeply"),
    "secrets of 200 levels": (polyaxon.PULL_SECRETS, "[" * 200 + "]" * 200, 2, TOO_DEEP),
    "odd secrets": (polyaxon.PULL_SECRETS, '["\\ud800\\u001b[2J\\n\\u009b"]', 0, r"(\ud800\x1b[2J\n\x9b) do not reach"),
    "a long secret": (polyaxon.PULL_SECRETS, json.dumps(["a" * LONG]), 0, "do not reach this job"),
    "an odd account": (polyaxon.RUNS_ACCOUNT, "a\x1b[2J\n# b\x9b", 0, ""),
}


@pytest.mark.parametrize(("key", "text", "code", "said"), FALL_BACKS.values(), ids=FALL_BACKS)
def test_default_scheduling(key: str, text: str, code: int, said: str) -> None:
    stream = configmap("{}", f"  {key}: {json.dumps(text)}\n").encode()
    for done in run_all([command for command in SHOWN if command[0] == "explain"], stream, Path.cwd()):
        check(done, code, said)
        assert bool(done.out) == (code == 0)
        assert not CONTROL.search(done.out.decode() + done.err)


LIST = "kind: ResourceList\nitems:\n- " + EMPTY.decode().replace("\n", "\n  ").rstrip() + "\n"


def config(values_text: str) -> Callable[[], bytes]:
    return lambda: f"{LIST}functionConfig: {{kind: ConfigMap, data: {{values: {json.dumps(values_text)}}}}}\n".encode()


# A stream, the exit code, what is said, and whether there is an answer.
LISTS: dict[str, tuple[Callable[[], bytes], int, str, bool]] = {
    "aliases of aliases": (lambda: (LIST + bomb(9, 9)).encode(), 2, EXPANDS, False),
    "a deep item": (lambda: f"{LIST}- {'[' * DEEP}{']' * DEEP}\n".encode(), 2, TOO_DEEP, False),
    "deep values": (
        lambda: f"{LIST}functionConfig: {{spec: {{values: {'{a: ' * 200}{'}' * 200}}}}}\n".encode(), 2, TOO_DEEP, True,
    ),
    "deep values in a text": (config("{a: " * DEEP + "}" * DEEP), 2, TOO_DEEP, True),
    "aliases of aliases in a text": (config(bomb(9, 9)), 2, EXPANDS, True),
    "control characters in a text": (config("cleaner: {image: '\x1b[2J'}\n"), 2, "control character U+001B", True),
    "escapes in a text": (config('cleaner: {image: "\\e[2J\\x9b"}\n'), 1, "is not a valid image name", True),
    "an anchor in itself": (lambda: f"{LIST}functionConfig: &a {{spec: *a}}\n".encode(), 2, "contains itself", False),
    "a list in its items": (lambda: f"{LIST}- {{kind: ResourceList, items: [{{}}]}}\n".encode(), 0, "", True),
    "items of every kind": (lambda: f"{LIST}- 5\n- []\n- ~\n- {{kind: []}}\n- {{data: 7}}\n".encode(), 0, "", True),
    "items by the thousand": (lambda: (LIST + "- {kind: ConfigMap}\n" * 20_000).encode(), 0, "", True),
    "an item of 20 MB": (lambda: f"{LIST}- {{kind: a, b: {'x' * 20_000_000}}}\n".encode(), 0, "", True),
    "20 MB in JSON": (
        lambda: f'{{"items":[{{"kind":"ConfigMap","data":{{"{KEY}":"{{}}"}}}},{{"kind":"{"x" * 20_000_000}"}}],'
        '"kind":"ResourceList"}'.encode(), 0, "", True,
    ),
    "NUL": (lambda: f"{LIST}# \0\n".encode(), 2, "control character U+0000", False),
    "not UTF-8": (lambda: LIST.encode() + b"# \xff\n", 2, "is not UTF-8", False),
}  # fmt: skip


@pytest.mark.parametrize(("stream", "code", "said", "answered"), LISTS.values(), ids=LISTS)
def test_resource_lists(stream: Callable[[], bytes], code: int, said: str, answered: bool) -> None:
    data = stream()
    done = run_bounded([], data, memory=2 << 30)
    check(done, code, said)
    assert bool(done.out) == answered
    assert not CONTROL.search(done.err)
    if answered:
        assert b"results" in done.out
        assert len(done.out) < len(data) + 10_000
        assert len(done.out) > len(data)
