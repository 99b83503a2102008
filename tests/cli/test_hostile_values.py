"""Values and flags that mean harm, or are only far too large: refused with a reason, in bounded time.

As in test_hostile_streams.py; and no input makes it do anything else than read it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helm_cleaner import polyaxon
from helm_cleaner.names import KEY
from tests.support.command import Ran, run_all, run_bounded
from tests.support.hostile import COMMANDS, DEEP, EMPTY, EXPANDS, LONG, TOO_DEEP, bomb, check, configmap

pytestmark = pytest.mark.slow


def merges(levels: int) -> str:
    lines = ["m0: &m0 {k: v}\n"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}], k{n}: v}}\n" for n in range(1, levels)]
    return "".join(lines)


# A values file, the exit code, and what is said. Where the code is 0, the file is as Helm would take it.
VALUES: dict[str, tuple[str, int, str]] = {
    "aliases of aliases": (bomb(9, 9) + "cleaner: {image: *a8}\n", 2, EXPANDS),
    "aliases of a long list": (f"a: &a [{'x,' * 50000}]\nb: [{'*a,' * 50000}]\ncleaner: {{}}\n", 2, EXPANDS),
    "aliases of a long text": (f"a: &a {'x' * LONG}\nb: [{'*a,' * 2000}]\ncleaner: {{}}\n", 2, EXPANDS),
    "merges of merges": (merges(12) + "cleaner: *m11\n", 2, EXPANDS),
    "an anchor in itself": ("cleaner: &a {x: *a}\n", 2, "an anchor's value contains itself"),
    "an anchor in its own key": ("cleaner: &a {? *a : x}\n", 2, "an anchor's value contains itself"),
    "lists in lists": (f"cleaner: {'[' * DEEP}{']' * DEEP}\n", 2, TOO_DEEP),
    "lists in lists, not closed": (f"cleaner: {'[' * DEEP}\n", 2, TOO_DEEP),
    "mappings in mappings": (f"cleaner: {'{a: ' * DEEP}{'}' * DEEP}\n", 2, TOO_DEEP),
    "dashes": (f"cleaner:\n  {'- ' * DEEP}x\n", 2, TOO_DEEP),
    "indentation": ("cleaner:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 1500)), 2, TOO_DEEP),
    "indented dashes": ("cleaner:\n" + "".join(f"{' ' * n}-\n" for n in range(1, 1500)), 2, TOO_DEEP),
    "just too deep": (f"cleaner: {'{a: ' * 101}{'}' * 101}\n", 2, "nested too deeply: more than 100 levels"),
    "too deep elsewhere": (f"cleaner: {{}}\nb: {'[' * 300}{']' * 300}\n", 2, TOO_DEEP),
    "question marks": (f"cleaner: {'? ' * DEEP}x\n", 2, "not YAML"),
    "tags": (f"cleaner: {'!a ' * DEEP}x\n", 2, "not YAML"),
    "documents": ("---\na: b\n" * 20_000 + "---\ncleaner: {}\n", 2, "a second document starts here"),
    "empty documents": ("---\n" * 20_000 + "cleaner: {}\n", 2, "a second document starts here"),
    "ends of documents": ("cleaner: {}\n" + "...\n" * 100_000, 0, ""),
    "NUL": ('cleaner: {image: "a\0b"}\n', 2, "v.yaml:1:20: error: control character U+0000 is not allowed in YAML"),
    "a terminal's escape": ('cleaner: {image: "a\x1b[2Jb"}\n', 2, "control character U+001B"),
    "escaped control characters": (
        'cleaner: {image: "a\\0\\e[2J"}\n',
        1,
        r'"a\u0000\u001b[2J" is not a valid image name',
    ),
    "NUL in a key": ('cleaner: {image: a, "\\0": a}\n', 1, r"cleaner.\x00: unknown field"),
    "half a surrogate": ('cleaner: {image: "\\ud800"}\n', 2, "error: not YAML: "),
    "beyond Unicode": ('cleaner: {image: "\\Uffffffff"}\n', 2, "error: not YAML: "),
    "keys that are no texts": ("cleaner: {image: a, 1: a, true: b, 1.5: c}\n", 1, "cleaner.true: unknown field"),
    "null as a key": ("cleaner: {~: a}\n", 2, "null cannot be a key"),
    "a list as a key": ("cleaner: {[a]: b}\n", 2, "a mapping or a list cannot be a key"),
    "a mapping as a key": ("cleaner: {{a: b}: c}\n", 2, "a mapping or a list cannot be a key"),
    "a Python tag": ("cleaner: !!python/object/apply:os.system [exit 7]\n", 1, "must be a mapping, found a list"),
    "a Python tag on a text": ("cleaner: {image: !!python/name:os.system ''}\n", 0, ""),
    "a large exponent": ("cleaner: {imageTag: 1e999999}\n", 0, ""),
    "many digits": (f"cleaner: {{imageTag: {'9' * 10_000}}}\n", 1, "characters; at most 128 are allowed"),
    "many digits, tagged": (f"cleaner: {{imageTag: !!int {'9' * 10_000}}}\n", 2, "cannot decode"),
    "many hexadecimal digits": (f"cleaner: {{imageTag: 0x{'f' * LONG}}}\n", 1, "characters; at most 128 are allowed"),
    "many zeros": (f"cleaner: {{imageTag: {'0' * LONG}9}}\n", 1, "found the number 9"),
    "a long fraction": (f"cleaner: {{imageTag: 1.{'1' * LONG}}}\n", 1, "must be a string, found the number 1.1111"),
    "a long exponent": (f"cleaner: {{imageTag: 1e-{'1' * LONG}}}\n", 1, "must be a string, found the number 0"),
    "a quantity of many digits": (f"cleaner: {{resources: {{limits: {{cpu: '{'9' * 10_000}m'}}}}}}\n", 0, "cpu"),
    "a long fraction of a quantity": (f"cleaner: {{resources: {{limits: {{cpu: '1.{'0' * LONG}1'}}}}}}\n", 0, ""),
    "a quantity with a large exponent": ("cleaner: {resources: {limits: {cpu: 1e999999999}}}\n", 0, ""),
    "a quantity with a long exponent": (
        f"cleaner: {{resources: {{limits: {{cpu: '1e{'0' * 10_000}1'}}}}}}\n",
        0,
        "",
    ),
    "many digits of a node's label": (
        (
            "cleaner: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
            f"[{{matchExpressions: [{{key: a, operator: Gt, values: ['{'9' * 10_000}']}}]}}]}}}}}}}}\n"
        ),
        1,
        "label-value",
    ),
    "bytes in base64": (f"cleaner: {{image: !!binary {'gIGC' * LONG}}}\n", 1, "is not a valid image name"),
    "no timestamp": (f"cleaner: {{imageTag: !!timestamp {'1' * LONG}}}\n", 2, "as a !!timestamp"),
    "ampersands": (f"cleaner: {{}}\nb: '{'&' * LONG} !'\n", 0, ""),
    "exclamation marks": (f"cleaner: {{}}\nb: '{'! ' * LONG}'\n", 0, ""),
    "backslashes": (f'cleaner: {{image: "{chr(92) * LONG}"}}\n', 1, "is not a valid image name"),
    "blanks": (f"cleaner: {{image: a,{' ' * LONG}imageTag{' ' * LONG}: b}}\n", 2, "not YAML"),
}


@pytest.mark.parametrize(("text", "code", "said"), VALUES.values(), ids=VALUES)
def test_values_files(text: str, code: int, said: str, tmp_path: Path) -> None:
    file = tmp_path / "v.yaml"
    file.write_bytes(text.encode())
    ran = dict(zip(COMMANDS, run_all(list(COMMANDS.values()), EMPTY, tmp_path), strict=True))
    fixed = ran.pop("fix")  # where there was one meaning; the last one to run
    check(fixed, fixed.code if code == 1 else code, "" if code == 1 else said)
    for name, done in ran.items():
        check(done, code, said)
        assert bool(done.out) == (code == 0 and name != "validate")
    assert file.read_bytes() == text.encode() or code == 1
    assert list(tmp_path.iterdir()) == [file]


def test_small_documents_by_the_ten_thousand(tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text("---\na: b\n" * 50_000 + "---\ncleaner: {}\n")
    for command in ("merge", "fix"):  # the others read it likewise
        done = run_bounded(COMMANDS[command], EMPTY, cwd=tmp_path)
        check(done, 2, "v.yaml:3:1: error: a second document starts here")
    stream = b"---\nkind: b\n" * 50_000
    done = run_bounded([], stream)
    assert (done.code, done.out == stream) == (0, True)
    done = run_bounded(["validate", "-"], stream + b"---\n" + EMPTY)
    check(done, 0, "1 section checked, no problems found")


MANY: dict[str, tuple[str, int]] = {
    "the same key": (f"cleaner: {{{'image: a, ' * 10_000}}}\n", 0),
    "the same key on lines": ("cleaner: {image: a}\n" * 3_000, 0),
    "unknown keys": ("cleaner:\n  image: a\n" + "".join(f"  k{n}: on\n" for n in range(3_000)), 1),
    "wrong labels": (f"cleaner: {{nodeSelector: {{{', '.join(f'k{n}: on' for n in range(3_000))}}}}}\n", 1),
    "wrong tolerations": (f"cleaner: {{tolerations: [{'{effect: x}, ' * 3_000}]}}\n", 1),
}


@pytest.mark.parametrize(("text", "code"), MANY.values(), ids=MANY)
def test_many_findings(text: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text(text)
    commands = [COMMANDS[name] for name in ("validate", "post-render", "fix")]  # the others find what these do
    *ran, fixed = run_all(commands, EMPTY, tmp_path)
    assert fixed.code in (0, 1)
    for done in ran:
        assert done.code == code, done.err[:2000]
        assert len(done.err) > 1000


LARGE: dict[str, tuple[str, int, str]] = {
    "beside the section": ("big: {}\ncleaner: {{}}\n", 0, ""),
    "in the section": ("cleaner:\n  image: {}\n", 1, "bytes of JSON; Kubernetes limits the data of a ConfigMap to"),
    "in an unknown field": ("cleaner: {{tag: '{}'}}\n", 1, "did you mean imageTag?"),
}


@pytest.mark.parametrize(("form", "code", "said"), LARGE.values(), ids=LARGE)
def test_a_scalar_of_5_mb(form: str, code: int, said: str, tmp_path: Path) -> None:
    content = form.format("x" * 5_000_000).encode()
    (tmp_path / "v.yaml").write_bytes(content)
    for name in ("preprocess", "fix"):  # the others do less
        done = run_bounded(COMMANDS[name], EMPTY, cwd=tmp_path)
        check(done, code, said)
        if name == "preprocess":
            assert (done.out == content) == (code == 0)
        assert (tmp_path / "v.yaml").stat().st_size == len(content)


FLAGS: dict[str, tuple[list[str], int, str]] = {
    "--set, names": (["--set", ".".join(["cleaner"] * 5000) + "=1"], 2, "a name must not nest deeper than 30 levels"),
    "--set, indexes": (["--set", f"cleaner.a{'[0]' * 20_000}=1"], 2, "a name must not nest deeper than 100 levels"),
    "--set, both": (["--set", f"cleaner{'.a[0]' * 5000}=1"], 2, "a name must not nest deeper than 100 levels"),
    "--set, a large index": (["--set", "cleaner.a[99999999999]=1"], 2, "greater than maximum supported index"),
    "--set, a long index": (["--set", f"cleaner.a[{'9' * 50_000}]=1"], 2, "is not a number"),
    "--set, many digits": (["--set", f"cleaner.imageTag={'9' * 50_000}"], 1, "128 are allowed"),
    "--set-json, deep": (["--set-json", f"cleaner={'[' * DEEP}{']' * DEEP}"], 2, TOO_DEEP),
    "--set-json, a deep whole": (["--set-json", '{"a":' * DEEP + "1" + "}" * DEEP], 2, TOO_DEEP),
    "--set-json, 150 levels": (["--set-json", '{"cleaner":' * 150 + "1" + "}" * 150], 2, TOO_DEEP),
    "--set-json, many digits": (["--set-json", f"cleaner={'9' * 50_000}"], 2, "50000 digits is out of range"),
    "--set-json, a large exponent": (["--set-json", 'cleaner={"a":1e999999}'], 2, "not JSON"),
    "--set-json, half a surrogate": (["--set-json", 'cleaner={"imageTag":"\\ud800"}'], 1, "is not a valid image tag"),
    "--set-file, no text": (["--set-file", "cleaner.imageTag=junk"], 1, "is not a valid image tag"),
    "-f, a bad list": (["-f", 'a"b,"c'], 2, ""),
    "-f, quotes": (["-f", '"a".yaml'], 2, "is not a valid list of files"),
    "--section": (["--section", "a." * 3000 + "b"], 0, ""),
}


@pytest.mark.parametrize(("flags", "code", "said"), FLAGS.values(), ids=FLAGS)
@pytest.mark.parametrize("command", ["merge", "post-render"])
def test_flags(command: str, flags: list[str], code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "junk").write_bytes(b"\x80" * LONG)
    check(run_bounded([command, *flags], EMPTY, cwd=tmp_path), code, said)


def test_an_image_that_looks_like_a_host(tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text(f"cleaner: {{image: {'a' + '.' * LONG}:x1}}\n")
    check(run_bounded(COMMANDS["fix"], cwd=tmp_path), 1, "is not a valid image name")


def test_words_below_another_cleaner(tmp_path: Path) -> None:
    lines = "    a: b c d e f\n" * 1000
    config_map = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  a.yaml: |\n   cleaner:\n{lines}"
    (tmp_path / "v.yaml").write_text(config_map)
    check(run_bounded(COMMANDS["validate"], cwd=tmp_path), 0, "no cleaner section")


GUARD = """
import os, sys
allowed = tuple(os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, sys.argv[1], *filter(None, sys.path[1:])))
inputs = {os.path.realpath(p) for p in ("v.yaml", "/dev/null")}
forbidden = ("socket.", "subprocess.", "os.exec", "os.system", "os.fork", "os.posix_spawn", "os.spawn", "os.remove",
             "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
             "ctypes.", "pty.", "urllib.", "http.", "ftplib.", "smtplib.", "shutil.", "webbrowser.", "pickle.")
def guard(event, args):
    if event.startswith(forbidden):
        os.write(2, f"GUARD: {event} {args}\\n".encode())
        os._exit(99)
    if event == "open" and isinstance(args[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(args[0]))
        writes = isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or not (path.startswith((*allowed, "/proc/")) or path in inputs):
            os.write(2, f"GUARD: open {path}\\n".encode())
            os._exit(99)
from helm_cleaner.cli import main
sys.dont_write_bytecode = True
sys.addaudithook(guard)
if sys.argv[2] == "escape":
    exec(sys.argv[3])
sys.exit(main(sys.argv[2:]))
"""


def guarded(args: list[str], folder: Path, stdin: bytes = EMPTY) -> Ran:
    root = Path(polyaxon.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", GUARD, str(root), *args], cwd=folder, input=stdin, capture_output=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


@pytest.mark.parametrize(
    "escape",
    ["open('/etc/passwd')", "open('new', 'w')", "import os; os.system('true')", "import socket; socket.socket()",
     "import subprocess; subprocess.run(['true'])", "import os; os.unlink('v.yaml')"],
)  # fmt: skip
def test_the_guard_guards(escape: str, tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text("")
    done = guarded(["escape", escape], tmp_path)
    assert done.code == 99
    assert "GUARD" in done.err


MEANT_TO_ESCAPE = [
    "cleaner: !!python/object/apply:os.system ['touch pwned']\n",
    "cleaner: {image: !!python/object/apply:subprocess.check_output [[touch, pwned]]}\n",
    "cleaner: !!python/object/new:type {args: [z, [], {}], state: {x: !!python/name:exec }}\n",
    "cleaner: {image: !!python/module:pwned x}\n",
    "cleaner: {image: !include /etc/passwd, imageTag: !file /etc/passwd, nodeSelector: !env HOME}\n",
    "cleaner: {image: file:///etc/passwd, imageTag: 'http://example.com'}\n",
    "cleaner: {image: '{{ .Files.Get \"/etc/passwd\" }}', imageTag: $(touch pwned)}\n",
    "%TAG ! tag:yaml.org,2002:python/\n---\ncleaner: !object/apply:os.system ['touch pwned']\n",
    "cleaner: {__class__: {__init__: {__globals__: x}}, image: '%(image)s %s {0.__class__}'}\n",
    '{"cleaner": {"$ref": "file:///etc/passwd", "image": {"$ref": "http://example.com"}}}\n',
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>cleaner: &b;</a>\n",
    "kind: HelmRelease\napiVersion: a\nspec: {valuesFrom: [{kind: Secret, name: a}], values: {cleaner: {image: a}}}\n",
    "bases: [/etc/passwd, http://example.com]\nreleases: [{values: [/etc/passwd, {cleaner: {image: a}}]}]\n",
]


@pytest.mark.parametrize("text", MEANT_TO_ESCAPE)
def test_no_input_makes_it_do_anything_else(text: str, tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text(text)
    runs = [
        ["merge", "-f", "v.yaml", "--show-origin", "--raw"],
        ["merge", "-f", "v.yaml"],
        ["validate", "v.yaml"],
        ["validate", "--format", "sarif", "--defaults", "v.yaml", "v.yaml"],
        ["preprocess", "", "", "", "cleaner://v.yaml"],
        ["post-render", "-f", "v.yaml"],
        ["diff", "-f", "v.yaml"],
        ["patch", "-o", "flux", "-f", "v.yaml"],
        ["explain", "-f", "v.yaml"],
        ["fix", "--diff", "v.yaml"],
    ]
    for args in runs:
        done = guarded(args, tmp_path)
        assert done.code in (0, 1, 2), done.err
    documents = text.encode() + b"\n---\n" + f"# {KEY}\n{text}".encode() + b"\n---\n" + configmap(text).encode()
    as_list = (
        f"kind: ResourceList\nitems: []\nfunctionConfig: {{data: {{values: {json.dumps(text)}}}, kind: ConfigMap}}\n"
    )
    assert guarded([], tmp_path, documents).code in (0, 1, 2)
    assert guarded([], tmp_path, as_list.encode()).code in (0, 1, 2)
    assert [file.name for file in tmp_path.iterdir()] == ["v.yaml"]


def test_too_little_memory(tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_bytes(b"cleaner: {}\nx: " + b"y" * 33_000_000)
    for args in (["merge", "-f", "v.yaml"], ["fix", "v.yaml"], ["validate", "v.yaml"]):
        done = run_bounded(args, cwd=tmp_path, memory=90 << 20)
        assert (done.code, done.out) == (2, b"")
        assert done.err.startswith("helm-cleaner: error: the input does not fit in memory; nothing was")


@pytest.mark.parametrize("name", ["merge", "fix", "validate"])
def test_a_document_that_is_too_long(name: str, tmp_path: Path) -> None:
    content = b"cleaner: {}\n" + b"a: b\n" * 7_000_000
    (tmp_path / "v.yaml").write_bytes(content)
    done = run_bounded([name, *(["-f"] if name == "merge" else []), "v.yaml"], cwd=tmp_path, memory=300 << 20)
    assert (done.code, done.out) == (2, b"")
    assert "a YAML document of 35,000,012 characters; at most 33,554,432 are read [input]" in done.err
    assert (tmp_path / "v.yaml").read_bytes() == content
