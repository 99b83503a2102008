"""``python -m helm_cleaner``: the same as the command ``helm-cleaner``."""

import sys

from helm_cleaner.cli import main

if __name__ == "__main__":
    sys.exit(main())
