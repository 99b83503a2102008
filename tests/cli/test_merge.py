"""helm-cleaner merge: the section that values make, printed."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from helm_cleaner.cli import main
from tests.values.test_writing import reread

VALUES = """\
# ours
cleaner:
  tolerations:
    - key: dedicated
      operator: Exists
  imageTag: dev
  resources:
    limits: {cpu: null, memory: 1Gi}
    requests:
      cpu: 50m
  nodeSelector: {}
other: on
"""


MERGED = """\
image: polyaxon/polyaxon-init
imageTag: dev
imagePullPolicy: IfNotPresent
resources:
  limits:
    memory: 1Gi
  requests:
    cpu: 50m
    memory: 100Mi
nodeSelector: {}
tolerations:
  - key: dedicated
    operator: Exists
"""


DEFAULTS = MERGED.replace("imageTag: dev\n", "").replace("1Gi", "2000Mi").replace("50m", "100m")
DEFAULTS = DEFAULTS[: DEFAULTS.index("nodeSelector")].replace("  limits:\n", "  limits:\n    cpu: 1000m\n")


class Merge:
    """`helm-cleaner merge` in a folder of its own, which holds a values.yaml."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]) -> None:
        self.monkeypatch = monkeypatch
        self.capture = capture

    def __call__(self, *args: str, stdin: str = "") -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = main(["merge", *args])
        out, err = self.capture.readouterr()
        return code, out.decode(), err.decode()

    def fine(self, *args: str, stdin: str = "") -> str:
        code, out, err = self(*args, stdin=stdin)
        assert (code, err) == (0, "")
        return out

    def fails(self, code: int, *args: str) -> str:
        found, out, err = self(*args)
        assert (found, out) == (code, "")
        return err


@pytest.fixture
def merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Merge:
    for name in ("HELM_CLEANER_VALUES", "HELM_PLUGIN_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("values.yaml").write_text(VALUES)
    return Merge(monkeypatch, capfdbinary)


def test_a_file_over_the_defaults(merge: Merge) -> None:
    assert merge.fine("-f", "values.yaml") == MERGED


def test_the_defaults_alone(merge: Merge) -> None:
    assert merge.fine() == DEFAULTS
    assert merge.fine("--set", "cleaner=null") == DEFAULTS
    assert merge.fine("--set", "other=1") == DEFAULTS


def test_no_defaults(merge: Merge) -> None:
    assert merge.fine("--no-defaults") == "{}\n"
    assert merge.fine("--no-defaults", "--set", "cleaner.imageTag=dev") == "imageTag: dev\n"


def test_json(merge: Merge) -> None:
    out = merge.fine("-f", "values.yaml", "-o", "json")
    assert json.loads(out) == reread(MERGED)
    assert list(json.loads(out)) == list(reread(MERGED))
    assert out.startswith('{\n  "image": "polyaxon/polyaxon-init",\n')
    assert out.endswith("\n}\n")


def test_fields_stand_in_the_order_of_the_documentation(merge: Merge) -> None:
    fields = ["image", "imageTag", "imagePullPolicy", "resources", "nodeSelector", "affinity", "tolerations"]
    Path("v.yaml").write_text("cleaner:\n" + "".join(f"  {f}: {{}}\n" for f in ["own", *reversed(fields)]))
    out = merge.fine("--raw", "--no-defaults", "-f", "v.yaml")
    assert [line.partition(":")[0] for line in out.splitlines()] == [*fields, "own"]


def test_later_files_and_flags_win(merge: Merge) -> None:
    Path("b.yaml").write_text("cleaner: {imageTag: b, image: b}\n")
    args = ("-f", "values.yaml", "--set", "cleaner.image=c", "--values", "b.yaml")
    assert merge.fine(*args) == MERGED.replace("polyaxon/polyaxon-init", "c").replace("dev", "b")


@pytest.mark.parametrize(
    ("flag", "line"),
    [
        (("--set", "cleaner.imageTag=v1"), "imageTag: v1"),
        (("--set=cleaner.nodeSelector.a=v,",), "  a: v"),
        (("--set-string", "cleaner.imageTag=10"), 'imageTag: "10"'),
        (("--set-json", 'cleaner.imageTag="2.10"'), 'imageTag: "2.10"'),
        (("--set-json", '{"cleaner":{"imageTag":"on"}}'), 'imageTag: "on"'),
        (("--set-file", "cleaner.imageTag=tag.txt"), "imageTag: from-a-file"),
        (("--set", r"cleaner.nodeSelector.a\.b/c=x"), "  a.b/c: x"),
        (("--set", "cleaner.imagePullSecrets={a,b}"), "  - b"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_flags(merge: Merge, flag: tuple[str, ...], line: str) -> None:
    Path("tag.txt").write_text("from-a-file")
    assert line in merge.fine(*flag).splitlines()


def test_stdin(merge: Merge) -> None:
    assert merge.fine("-f", "-", stdin=VALUES) == MERGED


def test_the_environment_comes_before_the_files(merge: Merge) -> None:
    Path("a.yaml").write_text("cleaner: {imageTag: a, image: a}\n")
    Path("b.yaml").write_text("cleaner: {image: b}\n")
    merge.monkeypatch.setenv("HELM_CLEANER_VALUES", os.pathsep.join(["a.yaml", "", "b.yaml"]))
    assert merge.fine() == DEFAULTS.replace("polyaxon/polyaxon-init", "b\nimageTag: a")
    assert merge.fine("-f", "values.yaml") == MERGED.replace("polyaxon/polyaxon-init", "b")


CHART = """\
image: not-this-one
cleaner:
  image: theirs
  imageTag: 2.15.1
  imagePullPolicy: Always
"""


def test_the_defaults_of_a_chart(merge: Merge) -> None:
    Path("chart.yaml").write_text(CHART)
    args = ("--defaults", "chart.yaml", "--set", "cleaner.imagePullPolicy=null", "--set", "cleaner.imageTag=dev")
    assert merge.fine(*args) == "image: theirs\nimageTag: dev\n"
    assert merge.fine("--defaults", "chart.yaml") == "image: theirs\nimageTag: 2.15.1\nimagePullPolicy: Always\n"


def test_a_chart_without_the_section(merge: Merge) -> None:
    Path("chart.yaml").write_text("other: 1\n")
    assert merge.fine("--defaults", "chart.yaml") == "{}\n"


@pytest.mark.parametrize(
    "chart",
    [
        pytest.param(CHART, id="of the chart below"),
        pytest.param("polyaxon: {cleaner: {image: theirs, imagePullPolicy: Always}}\n", id="of the umbrella"),
    ],
)
def test_the_section_of_an_umbrella_chart(merge: Merge, chart: str) -> None:
    Path("chart.yaml").write_text(chart)
    Path("v.yaml").write_text("cleaner: {image: no}\npolyaxon: {cleaner: {imageTag: dev, imagePullPolicy: null}}\n")
    args = ("--section", "polyaxon.cleaner", "-f", "v.yaml", "--defaults", "chart.yaml")
    assert merge.fine(*args) == "image: theirs\nimageTag: dev\n"


def test_a_section_with_dots_in_its_path(merge: Merge) -> None:
    args = ("--no-defaults", "--section", r"a\.b.cleaner", "--set", r"a\.b.cleaner.image=x")
    assert merge.fine(*args) == "image: x\n"


def test_where_each_value_comes_from(merge: Merge) -> None:
    Path("chart.yaml").write_text(CHART)
    args = ("-f", "values.yaml", "--set-string", "cleaner.image=1", "--show-origin")
    assert merge.fine(*args) == (
        'image: "1"  # --set-string\n'
        "imageTag: dev  # values.yaml:6\n"
        "imagePullPolicy: IfNotPresent  # default\n"
        "resources:\n"
        "  limits:\n"
        "    memory: 1Gi  # values.yaml:8\n"
        "  requests:\n"
        "    cpu: 50m  # values.yaml:10\n"
        "    memory: 100Mi  # default\n"
        "nodeSelector: {}  # values.yaml:11\n"
        "tolerations:\n"
        "  - key: dedicated  # values.yaml:4\n"
        "    operator: Exists  # values.yaml:5\n"
    )
    assert merge.fine("--defaults", "chart.yaml", "--set-json", 'cleaner.imageTag="b"', "--show-origin") == (
        "image: theirs  # default (chart.yaml:3)\n"
        "imageTag: b  # --set-json\n"
        "imagePullPolicy: Always  # default (chart.yaml:5)\n"
    )


def test_raw_is_what_helm_makes_of_it(merge: Merge) -> None:
    bad = ("--set", "cleaner.imagePullPolicy=no,cleaner.resources.memory=1Gi,cleaner.imageTag=7,cleaner.own=null")
    out = merge.fine("--raw", "-o", "json", "--no-defaults", *bad)
    assert json.loads(out) == {
        "imagePullPolicy": "no",
        "resources": {"memory": "1Gi"},
        "imageTag": 7,
        "own": None,
    }


@pytest.mark.parametrize(("flag", "out"), [("cleaner=null", "null"), ("cleaner=5", "5"), ("cleaner={}", '[\n  ""\n]')])
def test_raw_may_be_no_mapping(merge: Merge, flag: str, out: str) -> None:
    assert merge.fine("--raw", "--set", flag, "-o", "json") == f"{out}\n"


FLAT = "read as resources.requests.cpu; Polyaxon cannot load resources outside requests and limits"
TWICE = "duplicate key, first used in line 3; Helm uses the last one"


def test_warnings_leave_the_result_alone(merge: Merge) -> None:
    Path("w.yaml").write_text("cleaner:\n  resources: {cpu: 50m}\n  image: a\n  image: b\n")
    code, out, err = merge("--no-defaults", "-f", "w.yaml")
    assert (code, out) == (0, "image: b\nresources:\n  requests:\n    cpu: 50m\n")
    assert [line for line in err.splitlines() if "warning" in line] == [
        f"w.yaml:2:15: warning: cleaner.resources.cpu: {FLAT} [flat-resources]",
        f"w.yaml:4:3: warning: cleaner.image: {TWICE} [duplicate-key]",
    ]


def test_warnings_elsewhere_in_the_file_are_not_ours(merge: Merge) -> None:
    Path("w.yaml").write_text("other: on\ncleaner: {image: b}\nother: off\n")
    assert merge.fine("--no-defaults", "-f", "w.yaml") == "image: b\n"


def test_an_invalid_section(merge: Merge) -> None:
    Path("bad.yaml").write_text("cleaner:\n  imageTag: 2.10\n  image: 5\n")
    err = merge.fails(1, "-f", "bad.yaml", "--set", "cleaner.imagePullPolicy=always")
    assert [line.partition(" [")[0] for line in err.splitlines() if "error" in line] == [
        "bad.yaml:2:13: error: cleaner.imageTag: must be a string, found the number 2.1",
        "bad.yaml:3:10: error: cleaner.image: must be a string, found the number 5",
        '--set: error: cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never',
    ]


def test_everything_unusable_is_said_at_once(merge: Merge) -> None:
    Path("bad.yaml").write_text("cleaner:\n\tx: 1\n")
    Path("list.yaml").write_text("- a\n")
    err = merge.fails(2, "-f", "missing.yaml", "-f", "bad.yaml", "-f", "list.yaml", "--set", "a", "--set-json", "b=x")
    heads = [line.partition(" error:")[0] for line in err.splitlines() if " error:" in line]
    assert heads == ["missing.yaml:", "bad.yaml:2:1:", "list.yaml:1:1:", "--set-json:", "--set:"]


UNUSABLE = {
    "no such file": (["-f", "missing.yaml"], "missing.yaml: error: cannot be read: No such file"),
    "a folder": (["-f", "."], ".: error: cannot be read: Is a directory"),
    "no such defaults": (["--defaults", "missing.yaml"], "missing.yaml: error: cannot be read: No such file"),
    "defaults that are no mapping": (["--defaults", "list.yaml"], "list.yaml:1:1: error: a values file must be"),
    "no such file for a flag": (["--set-file", "a=missing.txt"], "missing.txt: error: cannot be read"),
    "a section that is not below a mapping": (
        ["--section", "a.cleaner", "--set", "a=x"], "--set: error: a: must be a mapping",
    ),
    "a path with nothing between its dots": (["--section", "a..b"], "argument --section: 'a..b' is not a valid path"),
    "comments in JSON": (["--show-origin", "-o", "json"], "JSON has no comments"),
    "two kinds of defaults": (["--no-defaults", "--defaults", "x"], "not allowed with argument"),
    "another format": (["-o", "toml"], "invalid choice"),
    "an option without its value": (["--set"], "argument --set: expected one argument"),
    "a word too many": (["values.yaml"], "unrecognized arguments: values.yaml"),
}  # fmt: skip


@pytest.mark.parametrize(("args", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_used(merge: Merge, args: list[str], message: str) -> None:
    Path("list.yaml").write_text("- a\n")
    err = merge.fails(2, *args)
    assert message in err
    assert "Traceback" not in err


def test_an_argument_that_is_not_utf_8_is_shown(merge: Merge) -> None:
    assert "cleaner.\ufffd" in merge.fails(2, "--set", "cleaner.\udcff")


def test_several_files_in_one_option(merge: Merge) -> None:
    Path("b.yaml").write_text("cleaner: {imageTag: b}\n")
    assert merge.fine("-f", "values.yaml,b.yaml") == MERGED.replace("dev", "b")


def test_a_flag_from_stdin(merge: Merge) -> None:
    assert merge.fine("--no-defaults", "--set-file", "cleaner.imageTag=-", stdin="dev") == "imageTag: dev\n"


@pytest.mark.parametrize("option", ["--set", "--set-string", "--set-json", "--set-file", "--set-literal"])
def test_a_flag_that_begins_with_a_dash(merge: Merge, option: str) -> None:
    """Helm takes whatever follows for the value."""
    value = "values.yaml" if option == "--set-file" else "1"
    assert merge.fine("--no-defaults", option, f"-a={value}") == "{}\n"
    assert "has no value" in merge.fails(2, option, "--raw")


def test_a_file_whose_name_begins_with_a_dash(merge: Merge) -> None:
    Path("-b.yaml").write_text("cleaner: {imageTag: b}\n")
    assert merge.fine("--raw", "--no-defaults", "-f", "-b.yaml") == "imageTag: b\n"
    assert merge.fine("--raw", "--no-defaults", "--values", "-b.yaml") == "imageTag: b\n"


def test_an_argument_that_is_not_utf_8(merge: Merge) -> None:
    assert merge.fine("--raw", "--no-defaults", "--set", "cleaner.image=a\udcff") == 'image: "a\ufffd"\n'
