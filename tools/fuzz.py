"""`make fuzz`: a coverage-guided fuzzer for everything that reads other people's bytes.

Atheris (libFuzzer for Python) keeps inputs that reach new code, and mutates them further. Failures are written to
`.fuzz`; minimize them and add them to the tests. Atheris has no wheels for some machines; without it, this says so and
exits.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tools import PACKAGE, ROOT

FOLDER = ROOT / ".fuzz"
KEY = b"POLYAXON_AGENT_CLEANER"
_SECTION = b'{"image":"polyaxon/polyaxon-init","imageTag":"2.15.1","resources":{"limits":{"cpu":"1000m"}}}'
_CONFIGMAP = b"kind: ConfigMap\nmetadata: {name: c}\ndata:\n"
_CONSUMER = b"---\nkind: Deployment\nspec:\n  template:\n    spec:\n      volumes: [{configMap: {name: c}}]\n"

# What the corpus starts from: small, and as people write it.
SEEDS: dict[str, list[bytes]] = {
    "splitter": [
        b"---\n# Source: a/b.yaml\na: b\n--- # c\r\nc: d\n...\n# e\n%YAML 1.1\n---\none-config: |\n  ---\n",
        b"\xef\xbb\xbfa: one-config\n---\nb: two-config",
    ],
    "edit": [
        b"\0" + _CONFIGMAP + b"  " + KEY + b": '" + _SECTION + b"'\n  POLYAXON_AGENT_INIT: x\n" + _CONSUMER,
        b"\0" + _CONFIGMAP + b"  POLYAXON_AGENT_INIT: &a x\n  other: *a\n",
        b'\0{"kind":"ConfigMap","data":{"' + KEY + b'":"{}"}}',
        b"\0kind: List\nitems:\n- kind: ConfigMap\n  data:\n    " + KEY + b": |\n      {}\n",
        b"\1 >- # c\n    " + _SECTION + b"\n\n  # d\n",
        b'\1 "{\\"imageTag\\":\n    null}"\r\n',
        b"\1 !!str {}\n",
        b"\1 &a\n",
        b"\2    metadata:\n      # c\n      annotations:\n        checksum/agent-config: old # d\n",
        b"\2    metadata: {annotations: {a: b}}\n",
        b"\2    metadata: &m\n      annotations: {<<: {checksum/agent-config: x}}\n",
        b"\2    metadata:\n",
    ],
    "values": [
        b"# c\ncleaner:\n  imageTag: 2.10 # t\n  imagePullPolicy: always\n  resources: {cpu: 50m, memory: 64Mi}\n",
        b"a: &a {cpu: 1}\ncleaner:\n  resources:\n    cpu: 50m\n    requests: *a\n  image_tag: on\n",
        b"cleaner:\r\n  imagePullSecrets:\r\n  - name: a\r\n  - {name: b} # c\r\n  image: a:b",
        b"---\ncleaner: {<<: {image: a}, tolerations: [{key: y, effect: noSchedule}]}\n...\n",
        b"\xef\xbb\xbfcleaner:\n  nodeSelector:\n    ? a\n    : |\n      b\n    'c': >-\n      d\n",
        b"kind: HelmRelease\napiVersion: a\nspec:\n  values:\n    cleaner: {imageTag: 1e3}\n",
        b"kind: Application\napiVersion: a\nspec: {source: {helm: {values: 'cleaner: {image: 5}'}}}\n",
        b"releases:\n- values:\n  - cleaner: {imageTag: 0x1F}\n",
    ],
    "flags": [
        b"\0cleaner.imageTag=dev,a.b[0].c={x,y},d\\.e=1",
        b"\1cleaner.tolerations[1].key=on",
        b'\2cleaner={"resources":{"cpu":1e3}},a=[1,{"b":null}]',
        b'\2{"cleaner":{"imageTag":"\\ud800"}}',
        b"\3a=b",
        b"\4cleaner.imageTag=a,b\\c={d}",
        b'\5{"imagePullSecrets":[{"name":"a"}],"nodeSelector":{"a":"b"}}',
    ],
}
_WORDS = (
    "---", "...", "\\x0a", "\\x0d\\x0a", "\\xef\\xbb\\xbf", ": ", "- ", "? ", "&a ", "*a", "<<: ", "!!str ", "! ", "|-",
    ">+2", "# ", "\\\"", "''", "{", "}", "[", "]", "\\x09", "\\xe2\\x80\\xa8", "\\xc2\\x85", "null", "~", "on", "0777",
    "kind: ", "ConfigMap", "List", "items:", "data:", "metadata:", "annotations:", "checksum/agent-config", "cleaner:",
    "POLYAXON_AGENT_CLEANER", "imageTag", "image_tag", "imagePullSecrets", "resources", "requests", "%YAML 1.1",
)  # fmt: skip


def splitter(data: bytes) -> None:
    """The documents are the stream; a match is found in the document that contains it."""
    from helm_cleaner.yamltext.stream import Stream

    spans = list(Stream(data).documents())
    assert b"".join(data[slice(*span)] for span in spans) == data
    line = 1
    for span in spans:
        inner = Stream(data).body(span)
        assert span.start <= inner.start <= inner.end <= span.end
        assert Stream(data).first_line(span) == line
        line += data.count(b"\n", *span)
    for needles in ((b"one-config", b"two-config"), (b"one", b"config"), (b"a",)):
        assert Stream(data).find(needles) == [s for s in spans if any(n in data[slice(*s)] for n in needles)]


def edit(data: bytes) -> None:
    """A stream is patched, and patching it again changes nothing, or it is refused; an edit never fails its
    verification.
    """
    from helm_cleaner import post_render
    from helm_cleaner.diagnostics import InputError, SectionError
    from helm_cleaner.yamltext.stream import Stream

    body = data[1:]
    entry = b"  " + KEY + b": '" + _SECTION + b"'\n"
    stream = {
        1: _CONFIGMAP + b"  " + KEY + b":" + body,
        2: _CONFIGMAP + entry + _CONSUMER.replace(b"    spec:", body + b"    spec:"),
    }.get(data[0] if data else 0, body)
    try:
        result = post_render(stream, {"cleaner": {"nodeSelector": {"a": "b"}}})
    except (InputError, SectionError):
        return
    assert post_render(result, {"cleaner": {"nodeSelector": {"a": "b"}}}) == result
    assert len(list(Stream(result).documents())) == len(list(Stream(stream).documents()))


def values(data: bytes) -> None:
    """A values file is read, fixed and normalized, or refused; the result does not change again."""
    from helm_cleaner import sources
    from helm_cleaner.diagnostics import InputError, SectionError
    from helm_cleaner.fixing.fix import FixReport, Setting, fix_files
    from helm_cleaner.fixing.preprocess import preprocess

    for work in (
        lambda: sources.find_sections([sources.File("v.yaml", data)]),
        lambda: preprocess(preprocess(data, "v.yaml").content, "v.yaml"),
        lambda: fix_files([sources.File("v.yaml", data)], Setting()),
    ):
        try:
            result: Any = work()
        except (InputError, SectionError):
            continue
        if isinstance(result, FixReport):
            new = result.contents["v.yaml"]
            assert bool(result.rewrites) == (new != data)
            assert fix_files([sources.File("v.yaml", new)], Setting()).contents["v.yaml"] == new


def flags(data: bytes) -> None:
    """A --set flag or a rendered section is read or refused; what is printed of it is read back as the same."""
    import json

    from helm_cleaner import section
    from helm_cleaner import values as tree
    from helm_cleaner.diagnostics import InputError
    from helm_cleaner.section.writing import to_json, to_yaml
    from helm_cleaner.values.overrides import merge_overrides
    from helm_cleaner.values.set_flags import Flag

    text = data[1:].decode("utf-8", "replace")
    options = ("set", "set-string", "set-json", "set-file", "set-literal")
    kind = data[0] if data else 0
    try:
        if kind < len(options):
            found: Any = merge_overrides([], [Flag(options[kind], text)], lambda path: path).values
        else:
            found = section.parse_rendered(text, "c")
    except InputError:
        return
    if found is None:
        return
    before = json.dumps(tree.to_data(found), sort_keys=True)
    again = section.parse_rendered(to_json(found), "c")
    assert again is not None
    assert json.dumps(tree.to_data(again), sort_keys=True) == before
    if isinstance(found, tree.Map) and kind < len(options):  # half a surrogate in a rendered section is no YAML
        read = tree.read(to_yaml(found).encode(), "c").values
        assert json.dumps(tree.to_data(read), sort_keys=True) == before
    section.resolve(found)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "splitter": splitter, "edit": edit, "values": values, "flags": flags,
}  # fmt: skip


def _fuzz(name: str, arguments: list[str]) -> None:
    """Fuzzes a target in this process, which exits afterwards."""
    import atheris

    with atheris.instrument_imports(include=["helm_cleaner"]):
        for path in sorted(PACKAGE.rglob("*.py")):  # those that are imported when needed, too
            if path.stem != "__main__":
                module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
                importlib.import_module(module.removesuffix(".__init__"))
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help="what to fuzz (default: all)")
    parser.add_argument("--minutes", type=float, default=10, help="for all of them together (default: 10)")
    args = parser.parse_args()
    try:
        import atheris  # noqa: F401  whether it is there
    except ImportError:
        print("Atheris is not here (pip install atheris): nothing was fuzzed.")
        return 0
    FOLDER.mkdir(exist_ok=True)
    words = FOLDER / "words"
    words.write_text("".join(f'"{word}"\n' for word in _WORDS))
    targets = args.targets or list(TARGETS)
    failed = []
    for name in targets:
        corpus, found = FOLDER / "corpus" / name, FOLDER / "found" / name
        for folder in (corpus, found):
            folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(SEEDS[name]):
            (corpus / f"seed-{number}").write_bytes(seed)
        seconds = max(int(args.minutes * 60 / len(targets)), 1)
        options = [f"-max_total_time={seconds}", f"-dict={words}", f"-artifact_prefix={found}/", "-max_len=1024",
                   "-timeout=20", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1",
                   str(corpus)]  # fmt: skip
        print(f"{name}: {seconds} s", flush=True)
        done = subprocess.run([sys.executable, "-m", "tools.fuzz", "--one", name, *options], cwd=ROOT, check=False)
        failed += [name] if done.returncode else []
    if failed:
        print(f"Something was found in {', '.join(failed)}: look into {FOLDER / 'found'}.")
    return bool(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _fuzz(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
