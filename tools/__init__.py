"""Development tools: benchmarks, the demo, pictures, and fetching or building real programs."""

from pathlib import Path

import helm_cleaner

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(helm_cleaner.__file__).parent  # not below ROOT where the built wheel is tested
CHART = ROOT / "chart"
# Our chart's schema refuses typos before the post-renderer sees them; Polyaxon's charts have none and pass all on.
AS_POLYAXON = "--skip-schema-validation"
# Real renderings of Polyaxon's charts, in a folder beside the repository; not everybody has it.
STREAMS = ROOT.parent / "shared" / "streams"
