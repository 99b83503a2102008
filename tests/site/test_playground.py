"""The playground in a real browser: what it shows is what the command line says, and no request leaves the site."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.cli import main
from tests.conftest import missing
from tests.support import cases
from tests.support.web_server import serve
from tools import site

sync_api = pytest.importorskip("playwright.sync_api", reason="make test-site installs Playwright")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Chromium does not look for its own services, which cannot be reached everywhere.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SECONDS = 120  # how long the first finding may take on a busy machine
MISTAKE = "cleaner:\n  imagePullPolicy: always\n"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The site, served on loopback."""
    if not (site.TARGET / "playground" / "index.html").is_file():
        pytest.skip("the site is not built: make test-site builds it")

    with serve(site.TARGET) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("no Chromium here (Debian: apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Playground:
    """The page in a tab of its own. requests: every URL that it asked for; errors: what it wrote to the console."""

    def __init__(self, browser: Any, url: str, fragment: str = "", **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{url}/playground/{fragment}")
        self.wait("document.body.dataset.milliseconds")

    def wait(self, condition: str) -> None:
        self.page.wait_for_function(condition, timeout=SECONDS * 1000)

    def type(self, text: str) -> None:
        """Replaces the text, and waits for the answer about it."""
        self.page.evaluate("delete document.body.dataset.milliseconds")
        self.page.fill("#values", text)
        self.wait("document.body.dataset.milliseconds")

    @property
    def text(self) -> str:
        return str(self.page.input_value("#values"))

    @property
    def findings(self) -> list[str]:
        return [str(each) for each in self.page.locator("#findings li").all_inner_texts()]


@pytest.fixture(scope="module")
def playground(browser: Any, url: str) -> Iterator[Playground]:
    opened = Playground(browser, url)
    yield opened
    opened.context.close()


def test_a_mistake_is_found_fixed_and_gone(playground: Playground) -> None:
    playground.type(MISTAKE)
    (finding,) = playground.findings
    assert 'cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never' in finding
    assert "hint: write imagePullPolicy: Always" in finding
    assert playground.page.inner_text("#marks mark.error") == "always"
    playground.page.click("#findings li button.fix")
    playground.wait("document.getElementById('status').textContent === 'No problems found.'")
    assert playground.text == MISTAKE.replace("always", "Always")
    assert playground.findings == []
    assert "imagePullPolicy: Always  # values.yaml:2" in playground.page.inner_text("#section")


def test_fix_all(playground: Playground) -> None:
    playground.type("# é 🚀\ncleaner:\n  imageTag: 2.10\n  imagePullPolicy: never\n")
    assert len(playground.findings) >= 2
    playground.page.click("#fix-all")
    playground.wait("document.getElementById('status').textContent === 'No problems found.'")
    assert playground.text == '# é 🚀\ncleaner:\n  imageTag: "2.10"\n  imagePullPolicy: Never\n'


def test_positions_count_characters_as_the_command_does(playground: Playground) -> None:
    playground.type('a: "🚀é\u0301"  # 🚀\ncleaner: {x-🚀: "🚀", imagePullPolicy: "always"}\n')
    assert '"always"' in playground.page.locator("#marks mark").all_inner_texts()
    playground.page.locator("#findings li", has_text='"always" is not one of').locator("button.fix").click()
    playground.wait("!document.getElementById('findings').textContent.includes('is not one of Always')")
    assert 'imagePullPolicy: "Always"}' in playground.text or "imagePullPolicy: Always}" in playground.text


def test_the_job_follows_the_chart_and_the_store(playground: Playground) -> None:
    playground.type("cleaner:\n  nodeSelector: {pool: small}\n")
    playground.page.fill("#chart", "2.14.0")
    playground.page.select_option("#store", "S3")
    playground.wait("document.getElementById('job').textContent.includes('s3-secret')")
    job = playground.page.text_content("#job")
    assert "polyaxon/polyaxon-init:2.14.0" in job
    assert "pool: small" in job
    playground.page.fill("#chart", site.CHART_VERSION)
    playground.page.select_option("#store", "the chart's default")


def test_a_link_holds_the_text_and_sends_it_nowhere(playground: Playground, browser: Any, url: str) -> None:
    text = "# é 🚀\ncleaner:\n  imagePullPolicy: always\n"
    playground.type(text)
    playground.page.select_option("#store", "Azure")
    playground.page.click("#share")
    playground.wait("location.hash.includes('values=')")
    shared = str(playground.page.evaluate("location.hash"))
    other = Playground(browser, url, shared)
    assert other.text == text
    assert other.page.input_value("#store") == "Azure"
    assert not [request for request in other.requests if "values=" in request]
    other.context.close()
    playground.page.select_option("#store", "the chart's default")


def test_it_says_what_the_command_line_says(
    playground: Playground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = cases.lines("sections.jsonl")
    for line in lines[:: max(1, len(lines) // 40)]:
        text = json.dumps({"cleaner": json.loads(line)["section"]}, indent=1, ensure_ascii=False) + "\n"
        Path("values.yaml").write_text(text, encoding="utf-8")
        main(["validate", "--format", "json", "values.yaml"])
        expected = json.loads(capsys.readouterr().out)
        playground.type(text)
        shown = playground.findings
        assert len(shown) == len(expected), text
        for finding, row in zip(expected, shown, strict=True):
            assert f"{finding['severity']}: {finding['path']}: " in row
            assert row.split("\n")[0].endswith(f" {finding['code']}")


def test_every_example_and_the_keyboard(playground: Playground) -> None:
    for name, text in site.EXAMPLES.items():
        playground.page.evaluate("delete document.body.dataset.milliseconds")
        playground.page.select_option("#example", name)
        playground.wait("document.body.dataset.milliseconds")
        assert playground.text == text
        assert playground.page.input_value("#example") == name
    playground.type(MISTAKE)
    playground.page.focus("#values")
    playground.page.keyboard.press("Tab")  # out of the text, to the first button of the findings
    seen = []
    for _ in range(4):
        seen.append(playground.page.evaluate("document.activeElement.textContent"))
        playground.page.keyboard.press("Tab")
    assert {"Line 2", "Fix"} & set(seen)
    names = playground.page.evaluate(
        "[...document.querySelectorAll('#playground-app :is(select, input, textarea, button)')].filter((each) => "
        "!(each.labels?.length || each.getAttribute('aria-labelledby') || each.textContent.trim()))"
        ".map((each) => each.id)"
    )
    assert names == []  # what a screen reader has no name for


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 390])
def test_it_fits(browser: Any, url: str, scheme: str, width: int) -> None:
    """No line is wider than the window, and the text of both schemes is readable on its ground."""
    opened = Playground(browser, url, color_scheme=scheme, viewport={"width": width, "height": 850})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    dark = opened.page.evaluate("document.body.getAttribute('data-md-color-scheme')") == "slate"
    assert dark == (scheme == "dark")
    assert opened.errors == []
    opened.context.close()


def test_no_request_leaves_the_site(playground: Playground, url: str) -> None:
    """Of everything above in the first tab."""
    assert playground.requests
    assert [request for request in playground.requests if not request.startswith((f"{url}/", "data:", "blob:"))] == []
    assert playground.errors == []


def test_it_says_so_when_python_cannot_be_loaded(browser: Any, url: str) -> None:
    context = browser.new_context()
    context.route("**/helm-cleaner.zip", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{url}/playground/")
    page.wait_for_function(
        "document.getElementById('status').textContent.startsWith('helm-cleaner cannot run here')",
        timeout=SECONDS * 1000,
    )
    context.close()
