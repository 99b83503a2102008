"""Value options where the Chart.yaml beside a values file makes it that of an umbrella chart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner

CHART = (
    "apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies:\n- {name: redis}\n- {name: polyaxon, alias: plx}\n"
)
VALUES = "plx:\n  cleaner: {imageTag: dev, resources: {cpu: 200m}}\n"
STREAM = (
    b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: cm, labels: {app.kubernetes.io/version: '1.0'}}\n"
    b"data:\n  POLYAXON_AGENT_CLEANER: '{}'\n"
)
SAID = "helm-cleaner: values.yaml: the section is plx.cleaner, as the Chart.yaml beside it says\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("Chart.yaml").write_text(CHART)
    Path("values.yaml").write_text(VALUES)
    Path("cm.yaml").write_bytes(STREAM)
    return tmp_path


@pytest.mark.parametrize(
    "args",
    [
        ["merge", "-f", "values.yaml"],
        ["explain", "-f", "values.yaml"],
        ["explain", "cm.yaml", "-f", "values.yaml"],
        ["diff", "cm.yaml", "-f", "values.yaml"],
        ["patch", "cm.yaml", "-f", "values.yaml", "-o", "jsonpatch"],
    ],
    ids=" ".join,
)
def test_every_command_with_value_options(run: Runner, args: list[str]) -> None:
    done = run(*args)
    assert done.code == 0
    assert b"dev" in done.out
    assert SAID in done.err


def test_post_render(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("post-render", "-f", "values.yaml", stdin=STREAM)
    assert done.code == 0
    assert b'"imageTag":"dev"' in done.out
    assert SAID in done.err
    monkeypatch.setenv("HELM_CLEANER_VALUES", "values.yaml")
    assert b'"imageTag":"dev"' in run("post-render", stdin=STREAM).out


NESTED = "; the charts' defaults are left out, because a chart in between may change them\n"


@pytest.mark.parametrize(
    "args",
    [
        ["validate", "values.yaml"],
        ["merge", "-f", "values.yaml"],
        ["explain", "-f", "values.yaml"],
        ["preprocess", "", "", "", "cleaner://values.yaml"],
    ],
    ids=lambda args: args[0],
)
def test_umbrellas_in_umbrellas_are_judged_without_defaults(run: Runner, args: list[str]) -> None:
    """The limit is below the default request, which the chart in between may well have changed."""
    Path("Chart.yaml").write_text(CHART.replace("{name: redis}", "{name: mid}").replace("polyaxon", "other"))
    Path("charts/mid").mkdir(parents=True)
    Path("charts/mid/Chart.yaml").write_text("apiVersion: v2\nname: mid\ndependencies: [{name: polyaxon}]\n")
    Path("values.yaml").write_text("mid: {polyaxon: {cleaner: {resources: {limits: {memory: 50Mi}}}}}\n")
    done = run(*args, stdin="")
    assert (done.code, "error" in done.err) == (0, False)
    assert "the section is mid.polyaxon.cleaner, as the Chart.yaml beside it says" + NESTED in done.err
    if "-f" in args:
        done = run(*args, "--section", "mid.polyaxon.cleaner", stdin="")
        assert (done.code, "which is the default [request-over-limit]" in done.err) == (1, True)


OVER = [
    ["validate", "prod.yaml"],
    ["merge", "-f", "prod.yaml"],
    ["merge", "-f", "prod.yaml", "--section", "plx.cleaner"],
    ["explain", "-f", "prod.yaml"],
    ["preprocess", "", "", "", "cleaner://prod.yaml"],
]


@pytest.mark.parametrize("args", OVER, ids=" ".join)
def test_a_file_is_over_the_umbrella_charts_own_values(run: Runner, args: list[str]) -> None:
    """Helm lays it over them, whether they are named or not."""
    Path("values.yaml").write_text("plx:\n  cleaner: {resources: {limits: {cpu: 4}}}\n")
    Path("prod.yaml").write_text("plx:\n  cleaner: {resources: {requests: {cpu: 3}}}\n")
    done = run(*args, stdin="")
    assert (done.code, "error" in done.err) == (0, False)
    Path("prod.yaml").write_text("plx:\n  cleaner: {resources: {requests: {cpu: 5}}}\n")
    done = run(*args, stdin="")
    assert done.code == 1
    assert "prod.yaml:2:41: error: cleaner.resources.requests.cpu: requests.cpu 5 exceeds limits.cpu 4" in done.err
    assert "values.yaml:2" in done.err


@pytest.mark.parametrize("args", OVER, ids=" ".join)
def test_umbrella_values_that_cannot_be_read(run: Runner, args: list[str]) -> None:
    Path("values.yaml").write_text("plx: [\n")
    Path("prod.yaml").write_text("plx:\n  cleaner: {resources: {requests: {cpu: 3}}}\n")
    done = run(*args, stdin="")
    assert done.code == 2
    assert "values.yaml:2:1: error: not YAML" in done.err


# What Helm 3.17 and 4.3 make of the umbrella's values.yaml and of a file over it; with the charts' default limits.
NULLS = {
    "a null in the chart's": ("{resources: {limits: null}}", "{resources: {requests: {cpu: 50m}}}", "", None),
    "a section of null": ("null", "{resources: {limits: {cpu: 2}}}", "cpu: 2", "memory: 2000Mi"),
    "a null that a mapping replaces": (
        "{resources: null}",
        "{resources: {limits: {cpu: 2}}}",
        "cpu: 2",
        "memory: 2000Mi",
    ),
    "a null in the file": ("{resources: {limits: {cpu: 4}}}", "{resources: {limits: null}}", "", None),
    "a null in the file, further down": (
        "{resources: {limits: {cpu: 4}}}",
        "{resources: {limits: {cpu: null}}}",
        "",
        "memory: 2000Mi",
    ),
}


@pytest.mark.parametrize(("own", "over", "cpu", "memory"), NULLS.values(), ids=NULLS)
def test_nulls(run: Runner, own: str, over: str, cpu: str, memory: str | None) -> None:
    Path("values.yaml").write_text(f"plx: {{cleaner: {own}}}\n")
    Path("prod.yaml").write_text(f"plx: {{cleaner: {over}}}\n")
    done = run("merge", "-f", "prod.yaml").out.decode()
    limits = done.partition("  limits:\n")[2].partition("  requests")[0].split("\n")
    assert [line.strip() for line in limits if line.strip()] == [each for each in (cpu, memory) if each]


def test_a_charts_own_values_are_in_what_it_rendered(run: Runner) -> None:
    Path("values.yaml").write_text("plx:\n  cleaner: {imageTag: own}\n")
    Path("prod.yaml").write_text("plx:\n  cleaner: {resources: {requests: {cpu: 50m}}}\n")
    assert b"own" not in run("diff", "cm.yaml", "-f", "prod.yaml").out


def test_the_charts_other_own_values(run: Runner) -> None:
    Path("values.yaml").write_text("plx: {agent: {nodeSelector: {a: own}}}\n")
    Path("prod.yaml").write_text("plx: {cleaner: {imageTag: dev}}\n")
    assert b"a: own" in run("explain", "-f", "prod.yaml", "-o", "yaml", stdin="").out
    assert b"a: own" not in run("explain", "-f", "prod.yaml", "-o", "yaml", "--no-defaults", stdin="").out


def test_section_says_otherwise(run: Runner) -> None:
    Path("values.yaml").write_text("plx:\n  cleaner: {imageTag: dev}\ncleaner: {imageTag: top}\n")
    assert b"imageTag: top" in run("merge", "-f", "values.yaml", "--section", "cleaner").out
    done = run("merge", "-f", "values.yaml")
    assert b"imageTag: dev" in done.out
    assert "values.yaml:3:1: warning: cleaner: a section at the top of an umbrella chart's values reaches" in done.err


def test_several_dependencies(run: Runner) -> None:
    Path("Chart.yaml").write_text(CHART + "- {name: agent}\n")
    assert b"imageTag: dev" in run("merge", "-f", "values.yaml").out
    Path("values.yaml").write_text("plx:\n  cleaner: {imageTag: dev}\nagent:\n  cleaner: {imageTag: x}\n")
    done = run("merge", "-f", "values.yaml")
    assert done.code == 2
    assert (
        "values.yaml has several sections: plx.cleaner and agent.cleaner\n    hint: choose one with --sec" in done.err
    )
    assert b"imageTag: x" in run("merge", "-f", "values.yaml", "--section", "agent.cleaner").out


def test_cleaner_url(run: Runner) -> None:
    done = run("preprocess", "", "", "", "cleaner://values.yaml")
    assert (done.code, done.out) == (
        0,
        b"plx:\n  cleaner: {imageTag: dev, resources: {requests: {cpu: 200m}}}\n",
    )
    assert SAID in done.err
    Path("Chart.yaml").write_text(CHART + "- {name: agent}\n")
    Path("values.yaml").write_text(VALUES + "agent:\n  cleaner: {imageTag: 2.10}\ncleaner: {}\n")
    done = run("preprocess", "", "", "", "cleaner://values.yaml")
    assert (done.code, done.out) == (1, b"")
    assert "values.yaml:4:23: error: cleaner.imageTag: must be a string" in done.err
    assert "values.yaml:5:1: warning: cleaner: a section at the top" in done.err


@pytest.mark.parametrize("chart", ["name: polyaxon\ndependencies: [{name: agent}]\n", "name: x\n", "[", "- a\n", ""])
def test_other_charts(run: Runner, chart: str) -> None:
    Path("Chart.yaml").write_text(chart)
    Path("values.yaml").write_text("cleaner: {imageTag: dev}\n")
    done = run("merge", "-f", "values.yaml")
    assert b"imageTag: dev" in done.out
    assert done.err == ""
