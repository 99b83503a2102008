"""``python -m helm_cleaner``: the same as the command ``helm-cleaner``."""

from helm_cleaner.cli import program

if __name__ == "__main__":
    program()
