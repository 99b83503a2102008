"""Draws docs/pictures/playground.png: the playground of the built site, in Chromium."""

from __future__ import annotations

import functools
import http.server
import shutil
import sys
import threading

from playwright.sync_api import sync_playwright

from tools import ROOT, site
from tools.programs import say

TARGET = ROOT / "docs" / "pictures" / "playground.png"
TEXT = """\
cleaner:
  imageTag: 2.10
  nodeSelctor:
    pool: small
"""
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def main() -> int:
    program = shutil.which("chromium")
    if program is None or not site.TARGET.is_dir():
        say("no picture: needs Chromium, and the site, which make site builds")
        return 1
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site.TARGET))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        page.goto(f"http://127.0.0.1:{server.server_port}/playground/")
        page.wait_for_selector("#findings li", timeout=120_000)
        page.fill("#values", TEXT)
        page.wait_for_function("document.querySelectorAll('#findings li').length >= 2", timeout=60_000)
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.screenshot(path=TARGET)
        browser.close()
        server.shutdown()
    say(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
