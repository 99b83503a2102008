"""What is wrong with a command line."""


class UsageError(Exception):
    """The command line cannot be understood; its text is what to say."""
