"""docs/pictures/growth.svg: time and memory of 1, 10 and 100 times the input, from docs/growth.json, which
`python -m tools.bench --save docs/growth.json` writes. Drawn by `make pictures`."""

from __future__ import annotations

import json
import math
from typing import Any
from xml.sax.saxutils import escape

from tools import ROOT

DATA = ROOT / "docs" / "growth.json"
TITLE = "Time and memory of 1, 10 and 100 times the input"
_WIDTH, _HEIGHT = 880, 400
_TOP, _PLOT, _LEFT, _PANEL = 58, 230, 52, 340  # of the plots: where they begin, height, left edge, width
_DASHES = ("", "7 3", "2 3", "10 3 2 3", "14 4", "5 5")  # colors are not all that tells lines apart
# Dark enough for a white page and bright enough for a dark one: at least 3:1 on #ffffff and #0d1117.
_INK, _GRID = "#727b86", "#8b949e"
_COLORS = ("#1f77d0", "#c2570c", "#2a8f4f", "#8b5cf6", "#d1366f", "#8a7a00")


def main() -> None:
    """Draws the picture."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    picture = ROOT / "docs" / "pictures" / "growth.svg"
    picture.write_text(svg(data["growth"]), encoding="utf-8", newline="\n")
    print(picture.relative_to(ROOT))


def svg(rows: list[dict[str, Any]]) -> str:
    """The picture: a panel for time and one for memory, each as a multiple of the smallest input's, in logarithms."""
    panels = "".join(
        _panel(_LEFT + number * (_PANEL + 88), heading, [[each / row[key][0] for each in row[key]] for row in rows])
        for number, (heading, key) in enumerate(
            (("Processor time, by the input", "ms"), ("Memory, by the input", "MiB"))
        )
    )
    legend = "".join(_entry(number, row) for number, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-labelledby="title description">\n'
        f'<title id="title">{TITLE}</title>\n<desc id="description">{escape(describe(rows))}</desc>\n'
        f'<g font-family="system-ui, sans-serif" font-size="13" fill="{_INK}">\n{panels}{legend}</g>\n</svg>\n'
    )


def describe(rows: list[dict[str, Any]]) -> str:
    """What the picture shows, in words."""
    each = (
        f"{row['title']}: {row['sizes'][-1]:,} {row['unit']} take {row['ms'][-1] / row['ms'][0]:.0f} times as long as "
        f"{row['sizes'][0]:,}, and {row['MiB'][-1] / row['MiB'][0]:.0f} times the memory."
        for row in rows
    )
    return "Lines at or below the diagonal grow in proportion to the input or less. " + " ".join(each)


def table(rows: list[dict[str, Any]]) -> str:
    """The same in figures, for the page that shows the picture."""
    lines = ["| | input | processor time | memory |", "|---|---|---|---|"]
    for row in rows:
        sizes, times, memory = (" · ".join(f"{each:,.0f}" for each in row[key]) for key in ("sizes", "ms", "MiB"))
        lines.append(f"| {row['title']} | {sizes} {row['unit']} | {times} ms | {memory} MiB |")
    return "\n".join(lines) + "\n"


def _panel(left: float, heading: str, lines: list[list[float]]) -> str:
    def point(x: float, y: float) -> str:
        return f"{left + _PANEL * math.log10(x) / 2:.1f},{_TOP + _PLOT * (1 - math.log10(max(y, 1)) / 2):.1f}"

    parts = [f'<text x="{left}" y="{_TOP - 30}" font-size="15" font-weight="600">{heading}</text>\n']
    for value in (1, 10, 100):
        y = _TOP + _PLOT * (1 - math.log10(value) / 2)
        x = left + _PANEL * math.log10(value) / 2
        parts += [
            f'<path d="M{left},{y:.1f}h{_PANEL}M{x:.1f},{_TOP}v{_PLOT}" stroke="{_GRID}" stroke-opacity=".35"/>\n',
            f'<text text-anchor="end" x="{left - 8}" y="{y + 4:.1f}">{value}x</text>\n',
            f'<text text-anchor="middle" x="{x:.1f}" y="{_TOP + _PLOT + 20}">{value}x</text>\n',
        ]
    diagonal = f"M{point(1, 1)}L{point(100, 100)}"
    parts.append(f'<path d="{diagonal}" stroke="{_GRID}" stroke-width="6" stroke-opacity=".3" fill="none"/>\n')
    at = point(10, 13).split(",")
    parts.append(f'<text text-anchor="end" x="{at[0]}" y="{at[1]}">in proportion</text>\n')
    for number, line in enumerate(lines):
        points = " ".join(point(10**step, y) for step, y in enumerate(line))
        parts.append(f'<polyline points="{points}" {_stroke(number)}/>\n')
    return "".join(parts)


def _entry(number: int, row: dict[str, Any]) -> str:
    x, y = _LEFT + number % 2 * (_PANEL + 88), _TOP + _PLOT + 48 + number // 2 * 21
    text = f"{row['title']}: {row['sizes'][0]:,} to {row['sizes'][-1]:,} {row['unit']}"
    return f'<path d="M{x},{y - 4}h34" {_stroke(number)}/>\n<text x="{x + 42}" y="{y}">{escape(text)}</text>\n'


def _stroke(number: int) -> str:
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    return f'stroke="{_COLORS[number]}" stroke-width="2"{dash} fill="none"'


if __name__ == "__main__":
    main()
