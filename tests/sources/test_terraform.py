"""Terraform's helm_release: that it is not checked is said."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings


def release(chart: str, values: str = "cleaner: {imageTag: dev}") -> str:
    return f"""\
locals {{ x = 1 }}

resource "helm_release" "plx" {{
  name  = "plx"
  chart = {chart}
  set {{
    name = "ui.enabled"
  }}
  values = [<<-EOT
    {values}
  EOT
  ]
}}

resource "helm_release" "redis" {{
  chart = "redis"
  values = ["cleaner: {{}}"]
}}
"""


CHART = {"charts/ml/Chart.yaml": "name: ml\ndependencies:\n- {name: agent}\n"}
SAID: dict[str, tuple[dict[str, str], list[Found]]] = {
    "a chart": ({"main.tf": release('"polyaxon"')}, [("not-checked", "main.tf", 3)]),
    "without a section": ({"main.tf": release('"agent"', "ui: {}")}, [("not-checked", "main.tf", 3)]),
    "an OCI reference": ({"main.tf": release('"oci://reg.example.com/polyaxon"')}, [("not-checked", "main.tf", 3)]),
    "a variable": ({"main.tf": release("var.polyaxon_chart")}, [("not-checked", "main.tf", 3)]),
    "a placeholder": ({"main.tf": release('"${var.repository}/polyaxon"')}, [("not-checked", "main.tf", 3)]),
    "an umbrella chart": (CHART | {"main.tf": release('"./charts/ml"')}, [("not-checked", "main.tf", 3)]),
    "another chart": ({"main.tf": release('"nginx"')}, []),
    "no release": ({"main.tf": 'variable "cleaner" { default = "polyaxon: [" }\n'}, []),
}


@pytest.mark.parametrize(("files", "expected"), SAID.values(), ids=SAID)
def test_what_is_said(files: dict[str, str], expected: list[Found]) -> None:
    assert (errors(files), warnings(files)) == ([], expected)
