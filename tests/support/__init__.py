"""What the tests, the demo and the benchmark share."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "chart"
# Real renderings of Polyaxon's charts, in a folder beside the repository; not everybody has it.
STREAMS = ROOT.parent / "shared" / "streams"
