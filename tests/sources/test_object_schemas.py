"""The schemas of the files that pass values to a chart: right where the section is, and open everywhere else."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from helm_cleaner.cli import main
from helm_cleaner.sources.object_schemas import NAMES, object_schema

VALUES = "{cleaner: {imagePullPolicy: %s}, other: 1}"
FILES = {
    "flux": ["kind: HelmRelease\nspec: {interval: 1h, values: %s}"],
    "argocd": [
        "kind: Application\nspec: {project: a, source: {helm: {releaseName: b, valuesObject: %s}}}",
        "kind: Application\nspec: {sources: [{ref: a}, {helm: {valuesObject: %s}}]}",
        "kind: ApplicationSet\nspec: {template: {spec: {source: {helm: {valuesObject: %s}}}}}",
        "kind: ApplicationSet\nspec: {template: {spec: {sources: [{helm: {valuesObject: %s}}]}}}",
    ],
    "helmfile": ["releases: [{name: a, values: [b.yaml, %s]}]"],
}
CASES = [(name, text) for name in NAMES for text in FILES[name]]


@pytest.mark.parametrize(("name", "text"), CASES)
def test_the_section_is_checked_where_it_is(name: str, text: str) -> None:
    schema = object_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(yaml.safe_load(text % (VALUES % "Always")))) == []
    (wrong,) = validator.iter_errors(yaml.safe_load(text % (VALUES % "always")))
    assert list(wrong.absolute_path)[-2:] == ["cleaner", "imagePullPolicy"]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", f"--{name}"]) == 0
    assert json.loads(capsys.readouterr().out) == object_schema(name)
