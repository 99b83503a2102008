"""The places where people write the section in YAML that can be rewritten, with something around it."""

from __future__ import annotations

from textwrap import indent

from helm_cleaner.yamltext import loaders

LOADERS = [loaders._FastLoader, loaders._PureLoader]
FLUX = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
APPLICATION_SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
spec:
  template:
    spec:
      source:
        chart: polyaxon
        helm:
"""
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n"
FROM = (
    FLUX
    + "metadata: {name: x}\nspec:\n  chart: {spec: {chart: polyaxon}}\n  valuesFrom: [{kind: KIND, name: s}]\n---\n"
)


# Its file's name, and what stands around the section, which is at SECTION with that many spaces before each line.
PLACES: dict[str, tuple[str, str, int]] = {
    "values": ("v.yaml", "a: 1\nSECTIONz: on\n", 0),
    "Flux": ("f.yaml", FLUX + "spec:\n  values:\nSECTION  interval: 5m # on\n", 4),
    "Flux, behind another document": (
        "f.yaml", "# a\nx: on\n---\n" + FLUX + "spec:\n  values:\nSECTION---\ny: on\n", 4
    ),
    "Flux in a List": (
        "f.yaml",
        ("apiVersion: v1\nkind: List\nitems:\n- apiVersion: helm.toolkit.fluxcd.io/v2\n  kind: HelmRelease\n  spec:\n"
        "    values:\nSECTION- {apiVersion: v1, kind: Namespace}\n"),
        6,
    ),
    "Argo CD, an object": ("f.yaml", ARGO + "      valuesObject:\nSECTION", 8),
    "Argo CD, literal": ("f.yaml", ARGO + "      values: |\n        # é🚀\n\nSECTION    path: on\n", 8),
    "Argo CD, literal, stripped": ("f.yaml", ARGO + "      values: |- # c\nSECTION\n\n    path: on\n", 8),
    "Argo CD, literal, kept": ("f.yaml", ARGO + "      values: &v |2+\nSECTION\n\n    path: on\n", 8),
    "Argo CD, folded": ("f.yaml", ARGO + "      values: >\nSECTION    path: on\n", 8),
    "an ApplicationSet with a template": (
        "f.yaml",
        ("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n      source:\n"
        "        helm:\n          values: |\n            env: '{{ .env }}'\nSECTION            x: {{ .y }}\n"),
        12,
    ),
    "Helmfile": (
        "helmfile.yaml",
        ("environments: {}\n---\nreleases:\n- name: p\n  chart: polyaxon/polyaxon\n  values:\n  - x: 1\nSECTION"
        "- name: q\n  chart: x/y\n  values: ['{{ .V }}']\n"),
        4,
    ),
    "a template": ("values.yaml.gotmpl", "x: {{ .Values.x }}\nSECTIONy: {{ .Values.y | quote }}\n", 0),
    "k3s": (
        "f.yaml",
        "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nspec:\n  chart: polyaxon\n  valuesContent: |-\nSECTION",
        4,
    ),
    "kustomize": (
        "kustomization.yaml",
        ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nhelmCharts:\n- name: polyaxon\n"
        "  valuesInline:\nSECTION"),
        4,
    ),
    "kustomize, by its file's name": (
        "kustomization.yaml", "helmCharts:\n- name: agent\n  valuesInline:\nSECTION  releaseName: on\n", 4
    ),
    "Argo CD, the second source": (
        "f.yaml",
        ("apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n"
        "  - {repoURL: x, ref: on}\n  - helm:\n      valuesObject:\nSECTION    chart: polyaxon\n"),
        8,
    ),
    "an ApplicationSet, an object": (
        "f.yaml",
        ("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  goTemplate: true\n  template:\n    spec:\n"
        "      source:\n        helm:\n          valuesObject:\n            env: '{{ .env }}'\nSECTION"),
        12,
    ),
    "k3s, a HelmChartConfig": (
        "f.yaml",
        ("apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: polyaxon}\nspec:\n"
        "  valuesContent: |\nSECTION---\nx: on\n"),
        4,
    ),
    "Flux with placeholders": (
        "f.yaml", FLUX + "spec:\n  interval: ${INTERVAL:=5m}\n  values:\n    env: ${ENV}\nSECTION    z: $x\n", 4
    ),
    "Fleet, a target": (
        "fleet.yaml",
        ("helm:\n  chart: polyaxon\ntargetCustomizations:\n- name: a\n  helm:\n    values:\nSECTION"
        "  clusterSelector: {}\n"),
        6,
    ),
    "Fleet": ("fleet.yaml", "helm:\n  chart: polyaxon\n  values:\nSECTION", 4),
    "Crossplane": (
        "f.yaml",
        ("apiVersion: helm.crossplane.io/v1beta1\nkind: Release\nspec:\n  forProvider:\n    chart: {name: polyaxon}\n"
        "    values:\nSECTION"),
        6,
    ),
    "a ConfigMap of values": (
        "f.yaml",
        FROM.replace("KIND", "ConfigMap") + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata:\n"
        "  values.yaml: |\nSECTION",
        4,
    ),
    "a Secret of values": (
        "f.yaml",
        FROM.replace("KIND", "Secret") + "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n"
        "  values.yaml: |\nSECTION",
        4,
    ),
}  # fmt: skip


def written(around: str, text: str, spaces: int) -> str:
    """The file with a section."""
    return around.replace("SECTION", lines(text, spaces))


def lines(text: str, spaces: int) -> str:
    """Lines with spaces before them."""
    return indent(text, " " * spaces)


def indented(text: str) -> bytes:
    """The text as the fields of a section, with other content around it."""
    lines = "".join(f"  {line}\n" if line else "\n" for line in text.split("\n"))
    return f"# top\ncleaner:\n{lines}other: {{imageTag: 2.10}}\n".encode()
