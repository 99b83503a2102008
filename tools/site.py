"""Builds the site into dist/site: the guides, a page for each code, and the playground, which runs the package itself.

The pages are those of the repository, with their links turned into links of the site; mkdocs refuses a link that leads
nowhere. Pyodide, the Python of the playground, comes from npm, and the package from `make zipapp`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from helm_cleaner.codes import GROUPS, AnyCode, Code, OtherCode
from helm_cleaner.names import SECTION
from helm_cleaner.output.rule_page import rule_page
from tools import ROOT, zipapp
from tools.programs import TOOLS, Unavailable, run, say, scratch

SOURCE = ROOT / "site"
DOCS = ROOT / ".site" / "docs"  # as in site/mkdocs.yaml
TARGET = ROOT / "dist" / "site"
PYODIDE = "pyodide@314.0.7"
# What loadPyodide reads.
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip")
# The pages, by the file of the repository.
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    **{f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").glob("*.md")) if path.name != "README.md"},
}
_LINK = re.compile(r"\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^()\s]+)\)")
_COMMENT = re.compile(r"^<!--.*?-->\n?", re.DOTALL | re.MULTILINE)
CHART_VERSION = "2.15.1"
EXAMPLES = {
    "A wrong pull policy": "cleaner:\n  imagePullPolicy: always\n",
    "A tag that Helm reads as a number": "cleaner:\n  imageTag: 2.10\n",
    "Resources in the wrong place": "cleaner:\n  resources:\n    memory: 64Mi\n    cpu: 50m\n",
    "A misspelled field": "cleaner:\n  nodeSelctor:\n    pool: small\n",
    "A wrong quantity": "cleaner:\n  resources:\n    limits:\n      memory: 4000Mb\n",
    "A request over its limit": "cleaner:\n  resources:\n    requests:\n      cpu: 2\n    limits:\n      cpu: 1\n",
    "Pull secrets as objects": "cleaner:\n  imagePullSecrets:\n    - name: registry\n",
    "A toleration": "cleaner:\n  tolerations:\n    - key: dedicated\n      operator: Equals\n      value: ml\n"
    "      effect: NoScheduled\n",
    "An image with its tag": "cleaner:\n  image: polyaxon/polyaxon-init:2.15.1\n",
    "No mistake": "cleaner:\n  nodeSelector:\n    pool: small\n  resources:\n    requests:\n      cpu: 100m\n"
    "      memory: 128Mi\n",
}
STORES = {
    "the chart's default": "",
    "a claim": "artifactsStore:\n  name: artifacts\n  kind: volume_claim\n"
    "  schema: {mountPath: /artifacts, volumeClaim: artifacts}\n",
    "S3": "artifactsStore:\n  name: artifacts\n  kind: s3\n  schema: {bucket: s3://artifacts}\n"
    "  secret: {name: s3-secret}\n",
    "Google Cloud Storage": "artifactsStore:\n  name: artifacts\n  kind: gcs\n  schema: {bucket: gs://artifacts}\n"
    "  secret: {name: gcs-secret, mountPath: /gcs}\n",
    "Azure": "artifactsStore:\n  name: artifacts\n  kind: wasb\n"
    "  schema: {bucket: wasbs://artifacts@account.blob.core.windows.net/}\n  secret: {name: azure-secret}\n",
}


def page(name: str, text: str) -> str:
    """A page of the repository as a page of the site: without the tests' comments, with the site's links.

    name: its path in the repository. A link to a file that is no page becomes its text.
    """

    def link(found: re.Match[str]) -> str:
        target, _, anchor = found["target"].partition("#")
        if not target or "://" in target or target.startswith("mailto:"):
            return found[0]
        path = os.path.normpath(Path(name).parent / target)
        if path.startswith("docs/pictures/"):
            return f"[{found['text']}]({path.removeprefix('docs/')})"
        if path not in PAGES:
            return found["text"]
        return f"[{found['text']}]({PAGES[path]}{'#' if anchor else ''}{anchor})"

    return _LINK.sub(link, _COMMENT.sub("", text))


def code_page(code: AnyCode, group: str) -> str:
    """The page of a code: what `helm-cleaner rule` prints, and for a mistake in the section, a link that shows it."""
    lines = [f"# {code.code}", "", f"{code.reason}", "", f"*{code.severity}*, about {group}.", ""]
    if isinstance(code, Code | OtherCode) and code.bad:
        body = rule_page(code)
        bad, good = body.partition("bad:\n")[2].split("\ngood:\n")
        for title, block in (("Wrong", bad), ("Right", good.partition("\nwhat to do:")[0].partition("\nsource:")[0])):
            block = "\n".join(line.removeprefix("  ") for line in block.strip("\n").splitlines())
            kind = "yaml" if block.startswith((SECTION, "c:", "-")) or ":" in block.partition("\n")[0] else "sh"
            lines += [f"## {title}", "", f"```{kind}", block, "```", ""]
    if not isinstance(code, Code):
        lines += ["## What to do", "", f"{code.fix[0].upper()}{code.fix[1:]}.", ""]
    if not isinstance(code, OtherCode):
        lines += ["## Source of the rule", "", code.source, ""]
    return "\n".join(lines)


def write_pages(docs: Path) -> None:
    """Writes every page into a folder."""
    shutil.rmtree(docs, ignore_errors=True)
    (docs / "codes").mkdir(parents=True)
    for name, target in PAGES.items():
        (docs / target).write_text(page(name, (ROOT / name).read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "pictures", docs / "pictures")
    index = ["# Codes", "", "The code at the end of a finding's first line says what kind of mistake it is.", ""]
    for group, codes in GROUPS.items():
        index += [f"## {group[0].upper()}{group[1:]}", ""]
        for code in codes:
            index.append(f"- [`{code.code}`]({code.code}.md): {code.reason}")
            (docs / "codes" / f"{code.code}.md").write_text(code_page(code, group), encoding="utf-8")
        index.append("")
    (docs / "codes" / "index.md").write_text("\n".join(index), encoding="utf-8")


def write_playground(docs: Path) -> None:
    """Writes the playground into a folder with pages: its page, its program, the package, and Pyodide."""
    shutil.copy(SOURCE / "playground" / "page.md", docs / "playground.md")
    assets = docs / "assets"
    (assets / "playground").mkdir(parents=True)
    for file in ("page.css", "page.js", "worker.js", "run.py"):
        shutil.copy(SOURCE / "playground" / file, assets / "playground")
    choices = {"examples": EXAMPLES, "stores": STORES, "chart": CHART_VERSION}
    (assets / "playground" / "choices.json").write_text(json.dumps(choices), encoding="utf-8")
    archive = zipapp.build(ROOT / "dist" / "helm-cleaner.pyz")
    (assets / "helm-cleaner.zip").write_bytes(archive.read_bytes().partition(b"\n")[2])  # without the #! line
    shutil.copytree(pyodide(), assets / "pyodide")


def pyodide() -> Path:
    """The folder with Pyodide, which npm fetches into .tools once. Unavailable without npm."""
    folder = TOOLS / PYODIDE
    if folder.is_dir():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("needs npm, to fetch Pyodide")
    with scratch() as temporary:
        run([npm, "pack", "--silent", PYODIDE], os.environ, cwd=temporary)
        (package,) = temporary.glob("*.tgz")
        (temporary / "files").mkdir()
        with tarfile.open(package) as archive:
            for name in PYODIDE_FILES:
                source = archive.extractfile(f"package/{name}")
                assert source is not None
                (temporary / "files" / name).write_bytes(source.read())
        (temporary / "files").rename(folder)
    return folder


def build() -> Path:
    """Builds the site; returns its folder. Unavailable if something that it needs cannot be had."""
    write_pages(DOCS)
    write_playground(DOCS)
    mkdocs = Path(sys.executable).with_name("mkdocs")
    if not mkdocs.exists():
        raise Unavailable("needs mkdocs: make site installs it")
    done = subprocess.run(
        [str(mkdocs), "build", "--quiet", "--strict", "--config-file", str(SOURCE / "mkdocs.yaml")], check=False
    )
    if done.returncode:
        raise Unavailable("mkdocs refuses the pages, see above")
    return TARGET


def main() -> int:
    try:
        target = build()
    except Unavailable as reason:
        say(f"no site: {reason}")
        return 1
    print(f"{target.relative_to(ROOT)}: python -m http.server --directory {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
